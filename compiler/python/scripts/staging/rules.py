"""What is known of the standard library and of distributions beyond what their imports say."""

import re
import sys

# Needed by the interpreter itself or by its C and frozen modules, where no import statement shows it.
ALWAYS = [
    "_collections_abc", "_weakrefset", "abc", "codecs", "copyreg", "encodings", "functools", "genericpath",
    "importlib", "io", "keyword", "linecache", "operator", "os",
    "posixpath", "re", "reprlib", "signal", "stat", "threading", "tokenize", "traceback", "types", "warnings",
    "weakref", "_sitebuiltins", "__future__",
]
if sys.version_info < (3, 11):
    ALWAYS.append("locale")  # later ones ask the C library for a file's encoding
if sys.version_info >= (3, 12):
    ALWAYS.append("_pylong")  # integers of more than 9000 bits are divided there
# Modules that others put in their place.
OTHERS = {"os.path": "posixpath"}
# Part of the interpreter, whatever their files are.
FROZEN = ["_frozen_importlib", "_frozen_importlib_external", "importlib._bootstrap", "importlib._bootstrap_external", "zipimport"]
BY_C_MODULE = {
    "_asyncio": ["asyncio"], "_ctypes": ["ctypes"], "_datetime": ["_strptime"], "_decimal": ["numbers"],
    "_elementtree": ["copy", "xml.etree.ElementPath"], "_pickle": ["_compat_pickle", "copyreg"],
    "_sqlite3": ["sqlite3"], "_zoneinfo": ["zoneinfo", "datetime"], "datetime": ["_strptime"],
    "_ssl": ["ssl"], "array": ["collections.abc"], "unicodedata": [],
    "_contextvars": [], "pyexpat": [], "_curses": ["curses"], "_lzma": [], "_socket": [],
    "importlib.resources": ["importlib.readers"],  # by the loaders, which are frozen
    "dbm": ["dbm.dumb", "dbm.gnu", "dbm.ndbm", "dbm.sqlite3"],  # by names in a list
}
# Parts of the standard library that serve developers, or need what a unikernel has not.
NEVER_WHOLE = {
    "test", "tests", "idlelib", "tkinter", "turtledemo", "turtle", "ensurepip", "lib2to3", "venv", "pydoc_data",
    "distutils", "site-packages", "dist-packages", "__pycache__", "__phello__", "antigravity", "this", "sitecustomize", "usercustomize",
}
# What libraries import inside of functions for someone who sits at a terminal, or to test themselves.
FOR_DEVELOPERS = {
    "cProfile", "code", "doctest", "ensurepip", "idlelib", "lib2to3", "pdb", "profile", "pydoc", "pydoc_data",
    "readline", "rlcompleter", "test", "tkinter",
    "turtle", "unittest", "webbrowser", "_aix_support", "_osx_support", "_pydatetime", "_pydecimal", "_pyio", "_pylong", "_pyrepl",
}
TEST_EXTENSION = re.compile(r"^(_test|_ctypes_test|xx|_xxtestfuzz|_tkinter)")
TEST_DIRECTORIES = {"test", "tests"}
# Of an installed distribution: where it was put from, by what, and files for compilers.
SITE_LEFT_OUT = re.compile(r"(^|/)(__pycache__|bin)(/|$)|\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json)$"
                           r"|\.(pyi|pyc|pyx|pxd|c|h|hpp|cpp|a|la|o)$")
