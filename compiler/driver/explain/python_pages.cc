#include "compiler/driver/explain/pages.h"

namespace faasc {
namespace {

constexpr ExplainPage kPages[] = {
    {"FAASC0300", "a Python source does not parse",
     "The parser of the interpreter that goes into the image refuses the file; the message is its own.",
     "def hello(request)\n    return 'Hello'",
     "Correct it, or leave the file out of the function with 'exclude'. A file that is written for a newer "
     "Python "
     "needs that version in 'runtime'."},
    {"FAASC0301", "the Python handler was not found",
     "'handler' names a function as module.function, or as function, which is then in main.py. There is no "
     "such "
     "module among the sources, or no such function in it; without 'handler', nothing looks like one.",
     "handler: main.helo",
     "Correct the name, or set 'source' to the directory of the modules. The message lists what comes near."},
    {"FAASC0302", "it cannot be told which function is the handler, or of which kind it is",
     "Several functions could be the handler, or the handler takes (event, context), which fits AWS Lambda, "
     "Google's "
     "events and OpenFaaS alike. faasc does not guess, because the wrong kind runs and is wrong.",
     "def handle(event, context): ...",
     "Write 'handler: MODULE.FUNCTION', or 'signature: lambda', 'signature: event' or 'signature: openfaas', "
     "into "
     "the manifest."},
    {"FAASC0303", "the handler's name is not that of a function of a module",
     "A handler is written as Python would import it: modules and the function, with dots between them.",
     "handler: main.py:hello", "Write for example 'handler: main.hello'."},
    {"FAASC0304", "the function cannot be called as a handler",
     "The number of its parameters fits no kind of handler, or not the one that 'signature' names; or it is "
     "asynchronous, and nobody would await what it returns. Functions of kind 'http', 'cloudevent' and "
     "'asgi' "
     "may "
     "be asynchronous.",
     "def hello(): ...",
     "A handler takes (request), (cloud_event), (event, context) or (scope, receive, send). Parameters with "
     "a default "
     "are not counted."},
    {"FAASC0305", "the handler is not of the kind that 'signature' says",
     "The handler's decorator says what kind it is, and the manifest says something else.",
     "signature: cloudevent", "Remove 'signature', or change the decorator."},
    {"FAASC0306", "the handler is no function of this module",
     "The name is that of a variable, a class, or something that another module defines. That is allowed, "
     "but its "
     "kind cannot be read from the source.",
     "handler = Mangum(app)", "Say what it is with 'signature', for example 'signature: lambda'."},
    {"FAASC0307", "there is no Python source", "The directory of the function holds no .py file.",
     "source: src   # in which all files are called *.txt",
     "Set 'source' to the directory that holds the modules."},
    {"FAASC0310", "a module that the function imports is nowhere",
     "Neither the function, its requirements nor the standard library has the module. Where the import is "
     "sure to "
     "happen when the handler's module is loaded, that is an error, else a warning.",
     "import requests  # with no requirements.txt",
     "Add the distribution that has the module to requirements.txt. One that is not always needed can be "
     "imported "
     "inside of 'try: … except ImportError:'."},
    {"FAASC0320", "a requirements file is missing",
     "The file that 'build.python.requirements', or a -r or -c line, names does not exist.",
     "build: {python: {requirements: requirments.txt}}",
     "Correct its name; it is relative to the file that names it."},
    {"FAASC0321", "a requirement names no single version",
     "'build.locked' promises that every build takes the same versions, and this requirement lets pip "
     "choose.",
     "flask>=3",
     "Run 'faasc lock', which writes one version of each into requirements.lock, or remove 'locked'."},
    {"FAASC0322", "the requirements cannot be resolved",
     "pip found no set of distributions that satisfies the requirements, or could not reach the index. Its "
     "own words "
     "stand below the message.",
     "flask==3.0.3\nwerkzeug==2.0",
     "Loosen the versions that contradict each other, or name a directory of wheels in "
     "'build.python.wheels'."},
    {"FAASC0323", "there is no wheel for a requirement",
     "faasc installs wheels only: building a source distribution runs code of others on the host, and may "
     "need a compiler. There is no wheel for this version of Python and this machine, or no such "
     "distribution at all.",
     "# requirements.txt\nreqeusts==2.31.0",
     "Correct the name or version, or build the wheel yourself with 'pip wheel NAME -w wheels' and set "
     "'build.python.wheels: wheels'."},
    {"FAASC0324", "the directory of wheels cannot be read",
     "'build.python.wheels' names a directory, relative to the manifest, from which requirements are "
     "installed "
     "instead of from the index.",
     "build: {python: {wheels: ../wheelhouse}}",
     "Correct the name; 'pip wheel -r requirements.txt -w DIR' fills one."},
    {"FAASC0325", "the interpreter has no pip",
     "Requirements are resolved with the pip of the interpreter that goes into the image, and it has none.",
     "faasc: error: '/usr/bin/python3' has no pip, which is needed for requirements [FAASC0325]",
     "Install it: 'apt install python3-pip', or 'python3 -m ensurepip'."},
    {"FAASC0326", "requirements would have to be downloaded, but --offline forbids it",
     "What pip resolved is kept, so a build that was done once needs no network; these requirements were not "
     "resolved on this host yet.",
     "echo 'requests==2.31.0' >requirements.txt; faasc build --offline",
     "Build once without --offline, or set 'build.python.wheels' to a directory of wheels."},
    {"FAASC0330", "the function starts another process",
     "A unikernel runs one process: fork and exec do not exist there, and no other program is in the image. "
     "The call "
     "will fail when it is reached.",
     "subprocess.run(['convert', path])",
     "Do it in Python or with a library; use threads instead of processes. The Linux family can start "
     "processes, but "
     "the image holds no other programs."},
    {"FAASC0340", "there is no Python of that version on this host",
     "The interpreter that goes into the image is one of the host's: on PATH, of pyenv, or the system's.",
     "runtime: python:3.99", "Install it, or name one of the versions that the message lists."},
    {"FAASC0341", "the Python on this host is too old", "faasc's runtime needs Python 3.8 or newer.",
     "runtime: python:3.7", "Name a newer version in 'runtime', for example 'python:3.11'."},
    {"FAASC0342", "the interpreter is of no use", "The program does not run, or is not CPython.",
     "faasc: error: '/usr/bin/python3' is no interpreter that faasc can use: it is pypy, not CPython "
     "[FAASC0342]",
     "Install CPython, for example with 'apt install python3', or name another version in 'runtime'."},
    {"FAASC0350", "there is no requirements.lock",
     "'build.locked' promises that every build takes the same files. The versions and digests of these are "
     "in "
     "requirements.lock beside the manifest, or in the requirements themselves as '--hash'; here they are in "
     "neither.",
     "build: {locked: true}", "Run 'faasc lock', and keep the file with the sources."},
    {"FAASC0351", "requirements.lock answers other requirements",
     "The requirements, or the constraints, were changed after the file was written. A build that is "
     "'locked' refuses that; another one does without the file.",
     "faasc lock; echo 'flask==3.0.3' >>requirements.txt; faasc build   # with 'build: {locked: true}'",
     "Run 'faasc lock' again."},
    {"FAASC0352", "requirements.lock was edited",
     "The file ends in a digest of itself, which it does not have any more: a line was changed, or a merge "
     "went wrong.",
     "sed -i s/3.0.2/3.0.3/ requirements.lock; faasc build",
     "Change the requirements instead, and run 'faasc lock' again."},
    {"FAASC0353", "requirements.lock is for another Python",
     "Wheels are made for one version of Python and one kind of machine, and so is the list of them.",
     "runtime: python:3.13", "Name the version that it is for in 'runtime', or run 'faasc lock' again."},
    {"FAASC0355", "an import is relative to nothing",
     "The handler's module is a file of its own, in no package, so an import that begins with a dot has no "
     "package to "
     "look in. Functions of Google's framework may do it all the same: there the module is made a package.",
     "from .helper import greet   # in lambda_function.py",
     "Leave the dots out: modules beside the handler's are found by their names."},
    {"FAASC0391", "a script of faasc's failed",
     "One of the scripts that faasc has the interpreter run ended in a way that was not foreseen.",
     "faasc: error: faasc's script scan.py failed: it ended with status 2 [FAASC0391]",
     "Please report it, with the function that shows it."},
};

}  // namespace

std::span<const ExplainPage> python_pages() {
  return kPages;
}

}  // namespace faasc
