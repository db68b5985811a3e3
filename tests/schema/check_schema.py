#!/usr/bin/env python3
"""Holds schema/faas.schema.json against the reader, with a validator that is not ours.

usage: check_schema.py SOURCE_DIR PRINT_CASES

What the reader accepts, the schema must accept. What the reader refuses, the schema must refuse, unless every reason of
the reader's is one that a schema cannot say (BEYOND). Exit status 77: the validator is not installed.
"""
import json
import pathlib
import re
import subprocess
import sys

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing}; install python3-jsonschema and python3-yaml")
    sys.exit(77)

# Codes of the reader whose checks JSON Schema has no words for, and why.
BEYOND = {
    "FAASC0117": "anchors, tags and documents are gone once YAML is parsed",
    "FAASC0118": "bytes and depth of the file",
    "FAASC0114": "a parser keeps one of two equal keys",
    "FAASC0105": "whether '..' leads out of the project",
    "FAASC0106": "looks at files",
    "FAASC0150": "looks at files",
    "FAASC0152": "looks at files",
    "FAASC0220": "looks at files",
    "FAASC0107": "names that the runtime of this kind of function sets",
    "FAASC0108": "the grammar of patterns",
    "FAASC0111": "a sum over all variables",
    "FAASC0112": "variables of the host",
    "FAASC0120": "the range of a size with a unit",
    "FAASC0122": "the range of a size with a unit",
    "FAASC0132": "the range of a size with a unit",
    "FAASC0171": "the range of a size with a unit",
    "FAASC0130": "the range of a time with a unit",
    "FAASC0131": "the range of a time with a unit",
    "FAASC0123": "depends on the runtime",
    "FAASC0124": "depends on the runtime",
    "FAASC0133": "depends on the signature",
    "FAASC0141": "depends on the signature",
    "FAASC0175": "the range of a size with a unit",
    "FAASC0176": "the grammar of addresses, and addresses that contradict each other",
    "FAASC0178": "whether '..' leads out of the project",
    "FAASC0180": "depends on compat",
    "FAASC0181": "the range of a size with a unit, and keys that exclude each other",
    "FAASC0183": "paths and names that another key takes",
    "FAASC0224": "keys that exclude each other",
    "FAASC0151": "paths that collide, and the parts of a path",
    "FAASC0153": "paths that collide, and keys that exclude each other",
    "FAASC0172": "the grammar of kernel names",
    "FAASC0174": "names that faasc sets itself",
    "FAASC0190": "regular expressions, and keys that exclude each other",
    "FAASC0222": "a list of flags",
}
# The same for single keys and files, where the code as such is one that the schema must agree on.
BEYOND_AT = {
    ("FAASC0115", "handler"): "names of functions and paths of programs, which differ by runtime",
    ("FAASC0115", "handler-call.yaml"): "names of functions",
    ("FAASC0115", "handler-file.yaml"): "names of functions",
    ("FAASC0115", "handler-sentence.yaml"): "names of functions",
    ("FAASC0115", "files.mode"): "octal digits; a parser hands over a number",
    ("FAASC0221", "cpp-standard.yaml"): "two keys that contradict each other",
}


class CoreLoader(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors read it: 'no' is text, '010' is ten."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("bool", r"^(?:true|false)$", "tf"),
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("int", r"^[-+]?[0-9]+$|^0o[0-7]+$|^0x[0-9a-fA-F]+$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+0123456789."),
]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def core_int(loader, node):
    text = node.value
    return int(text, 8) if text.startswith("0o") else int(text, 16) if text.startswith("0x") else int(text)


CoreLoader.add_constructor("tag:yaml.org,2002:int", core_int)


def core_mapping(loader, node):
    """Keys are text, whatever they look like."""
    return {str(key.value): loader.construct_object(value, deep=True) for key, value in node.value}


CoreLoader.add_constructor("tag:yaml.org,2002:map", core_mapping)


def main():
    source, print_cases = pathlib.Path(sys.argv[1]), sys.argv[2]
    schema = json.loads((source / "schema/faas.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)

    def complaint(text):
        """What the schema says against a text, or None."""
        try:
            document = yaml.load(text, CoreLoader)
        except (yaml.YAMLError, ValueError, UnicodeDecodeError, RecursionError) as error:
            return f"not YAML: {error}"
        error = jsonschema.exceptions.best_match(validator.iter_errors(document))
        return None if error is None else f"{error.json_path}: {error.message}"

    failures, used, count = [], set(), 0

    def hold(name, text, codes):
        nonlocal count
        count += 1
        said = complaint(text)
        if not codes and said is not None:
            failures.append(f"{name}: the reader accepts what the schema refuses: {said}\n{text}")
        elif codes and said is None:
            used.update(codes)
            used.update((code, name) for code in codes)
            if any(code not in BEYOND and (code, name) not in BEYOND_AT for code in codes):
                failures.append(f"{name}: the schema accepts what the reader refuses with {codes}\n{text}")

    for line in subprocess.run([print_cases], check=True, capture_output=True, text=True).stdout.splitlines():
        case = json.loads(line)
        hold(case["path"], case["text"], case["codes"])

    wrong = sorted((source / "tests/data/manifests/wrong").glob("*.yaml"))
    for path in wrong:
        expected = path.with_suffix(".expected").read_text(errors="replace")
        codes = re.findall(r"^faas\.yaml:.*?error: .*\[(FAASC\d{4})\]$", expected, re.MULTILINE)
        hold(path.name, path.read_bytes(), codes)
    right = [*source.glob("tests/data/manifests/right/*.yaml"), *source.glob("tests/data/importers/*.faas.yaml"),
             *source.glob("templates/*/faas.yaml")]
    for path in sorted(right):
        hold(str(path.relative_to(source)), path.read_bytes(), [])

    for code in [*BEYOND, *BEYOND_AT]:
        if code not in used:
            failures.append(f"{code}: listed as beyond the schema, but no case needs that")
    print(f"{count} manifests, {len(wrong)} of them wrong and {len(right)} right by hand")
    for failure in failures:
        print(failure)
    sys.exit(1 if failures or count < 1000 else 0)


main()
