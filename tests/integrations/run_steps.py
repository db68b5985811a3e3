"""Runs the commands of an integration as its service would, as far as that goes without the service.

usage: run_steps.py github|gitlab FILE FAASC PROJECT

The steps run in PROJECT, with faasc first in PATH. Steps that use other people's actions, or sudo, are named and
left out. Exits with the status of the first command that fails.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml


def run(name, script, environment):
    print(f"== {name}", flush=True)
    status = subprocess.run(["bash", "-e", "-o", "pipefail", "-c", script], env=environment).returncode
    if status:
        sys.exit(status)


def github(action, environment):
    inputs = {name: value.get("default", "") for name, value in action["inputs"].items()}
    temporary = pathlib.Path(tempfile.mkdtemp())
    environment |= {"GITHUB_ACTIONS": "true", "RUNNER_TEMP": str(temporary)}
    for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY"):
        environment[name] = str(temporary / name)
        pathlib.Path(environment[name]).touch()

    def filled(text):
        return re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda match: inputs[match[1]], text)

    conditions = {
        "inputs.package != ''": inputs["package"] != "",
        "inputs.kernel != ''": inputs["kernel"] != "",
        "inputs.test == 'true'": inputs["test"] == "true",
    }
    for step in action["runs"]["steps"]:
        if "uses" in step:
            print(f"-- {step['name']}: left out, it is {step['uses']}", flush=True)
        elif conditions[step["if"]] if "if" in step else True:
            run(step["name"], filled(step["run"]), environment)
    outputs = dict(line.split("=", 1) for line in pathlib.Path(environment["GITHUB_OUTPUT"]).read_text().splitlines())
    for name, output in action["outputs"].items():
        written = re.fullmatch(r"\$\{\{ steps\.build\.outputs\.(\w+) \}\}", output["value"])[1]
        print(f"output {name}={outputs[written]}")


def gitlab(pipeline, environment):
    environment |= {name: str(value) for name, value in pipeline["variables"].items()}
    for name, job in pipeline.items():
        if isinstance(job, dict) and "script" in job:
            run(name, "\n".join(job["script"]), environment)
            for report in job.get("artifacts", {}).get("reports", {}).values():
                print(f"report {report}: {pathlib.Path(report).stat().st_size > 0}")


service, file, faasc, project = sys.argv[1:]
text = yaml.safe_load(pathlib.Path(file).read_text())
os.chdir(project)
path = str(pathlib.Path(faasc).parent) + os.pathsep + os.environ["PATH"]
{"github": github, "gitlab": gitlab}[service](text, os.environ | {"PATH": path})
