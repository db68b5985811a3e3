"""Decides which modules a function needs and compiles them, without importing or running any of them.

Standard input is one JSON object:

  trees     where modules come from, in the order of the guest's sys.path: {"kind", "host", "guest"} and, for
            "user", "files": the paths that belong to the function. Kinds: user, runtime, stdlib, dynload, site.
  roots     modules that are needed in any case
  keep      modules of the manifest's build.python.include
  prune     none, stdlib or all
  bytecode  whether to compile
  cache     a directory for byte code and what is known of unchanged sources; shared with other builds
  builtin, extension_suffixes   of the interpreter (probe.py)

The answer: "files", a list of [guest path, host path, reason], sorted; "unresolved", imports of the user's own
modules that nothing answers; "modules", how many are staged.

The same sources give the same bytes: no time, no order of a set, no host path gets into a .pyc.
"""

import ast
import hashlib
import json
import marshal
import os
import re
import sys
import tempfile
from importlib.util import MAGIC_NUMBER

import _imp

# Needed by the interpreter itself or by its C modules, where no import statement shows it.
ALWAYS = [
    "_collections_abc", "_weakrefset", "abc", "codecs", "copyreg", "encodings", "functools", "genericpath",
    "importlib", "io", "keyword", "linecache", "locale", "operator", "os",
    "posixpath", "re", "reprlib", "signal", "stat", "threading", "tokenize", "traceback", "types", "warnings",
    "weakref", "_sitebuiltins", "__future__",
]
# Part of the interpreter, whatever their files are.
FROZEN = ["_frozen_importlib", "_frozen_importlib_external", "importlib._bootstrap", "importlib._bootstrap_external", "zipimport"]
BY_C_MODULE = {
    "_asyncio": ["asyncio"], "_ctypes": ["ctypes"], "_datetime": ["_strptime"], "_decimal": ["numbers"],
    "_elementtree": ["copy", "xml.etree.ElementPath"], "_pickle": ["_compat_pickle", "copyreg"],
    "_sqlite3": ["sqlite3"], "_zoneinfo": ["zoneinfo"], "datetime": ["_strptime"],
    "_ssl": ["ssl"], "array": ["collections.abc"], "unicodedata": [],
    "_contextvars": [], "pyexpat": [], "_curses": ["curses"], "_lzma": [], "_socket": [],
}
# Parts of the standard library that serve developers, or need what a unikernel has not.
NEVER_WHOLE = {
    "test", "tests", "idlelib", "tkinter", "turtledemo", "turtle", "ensurepip", "lib2to3", "venv", "pydoc_data",
    "distutils", "site-packages", "dist-packages", "__pycache__", "__phello__", "antigravity", "this", "sitecustomize", "usercustomize",
}
# What the standard library itself imports only for someone who sits at a terminal, or to test itself.
FOR_DEVELOPERS = {
    "cProfile", "code", "doctest", "ensurepip", "idlelib", "lib2to3", "pdb", "profile", "pydoc", "pydoc_data", "test", "tkinter",
    "turtle", "unittest", "webbrowser", "_aix_support", "_osx_support", "_pydatetime", "_pydecimal", "_pyio", "_pylong", "_pyrepl",
}
TEST_EXTENSION = re.compile(r"^(_test|_ctypes_test|xx|_xxtestfuzz|_tkinter)")
TEST_DIRECTORIES = {"test", "tests"}
# Of an installed distribution: where it was put from, by what, and files for compilers.
SITE_LEFT_OUT = re.compile(r"(^|/)(__pycache__|bin)(/|$)|\.dist-info/(RECORD|INSTALLER|REQUESTED|direct_url\.json)$"
                           r"|\.(pyi|pyc|pyx|pxd|c|h|hpp|cpp|a|la|o)$")
IDENTIFIER_IN_BINARY = re.compile(rb"\0([a-z_][a-z0-9_.]{2,40})(?=\0)")


def names_of_test(test):
    return {node.id if isinstance(node, ast.Name) else node.attr for node in ast.walk(test)
            if isinstance(node, (ast.Name, ast.Attribute))}


class Imports(ast.NodeVisitor):
    """Every import of a module: [name, level, names, line, column, certain, instead of]. Certain ones are sure to
    happen when the module is imported, None stands for those of a module that is run as a program; those in "except
    ImportError" are instead of others, which the last part lists."""

    def __init__(self):
        self.found = []
        self.certain = True
        self.instead_of = []
        self.changes_path = False

    def maybe(self, node):
        before, self.certain = self.certain, False
        self.generic_visit(node)
        self.certain = before

    visit_Lambda = maybe

    def as_program(self, node):
        first = len(self.found)
        self.maybe(node)
        for one in self.found[first:]:
            one[5] = None

    def visit_FunctionDef(self, node):
        if node.name in ("main", "_main") or node.name.startswith("_test"):
            self.as_program(node)
        else:
            self.maybe(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_If(self, node):
        names = names_of_test(node.test)
        if "TYPE_CHECKING" in names and not isinstance(node.test, ast.UnaryOp):
            for statement in node.orelse:
                self.visit(statement)
        elif "__name__" in names and isinstance(node.test, ast.Compare):
            self.as_program(node)
        else:
            self.maybe(node)

    def visit_Try(self, node):
        before, self.certain = self.certain, False
        first = len(self.found)
        for statement in node.body:
            self.visit(statement)
        tried = [[one[0], one[1]] for one in self.found[first:]]
        for handler in node.handlers:
            names = names_of_test(handler.type) if handler.type is not None else set()
            outer = self.instead_of
            if names and names <= {"ImportError", "ModuleNotFoundError"}:
                self.instead_of = tried
            self.visit(handler)
            self.instead_of = outer
        for statement in node.orelse + node.finalbody:
            self.visit(statement)
        self.certain = before

    def add(self, node, name, level, names):
        self.found.append([name, level, names, node.lineno, node.col_offset + 1, self.certain, self.instead_of])

    def visit_Import(self, node):
        for alias in node.names:
            self.add(node, alias.name, 0, [])

    def visit_ImportFrom(self, node):
        self.add(node, node.module or "", node.level, [alias.name for alias in node.names])

    def visit_Call(self, node):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        constant = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        if called in ("import_module", "__import__", "lazy_import", "importorskip") and isinstance(constant, str):
            level = len(constant) - len(constant.lstrip("."))
            before, self.certain = self.certain, False
            self.add(node, constant[level:], level, [])
            self.certain = before
        self.generic_visit(node)

    def visit_Attribute(self, node):
        if node.attr == "path" and isinstance(node.value, ast.Name) and node.value.id == "sys":
            self.changes_path = True
        self.generic_visit(node)


def imports_of(tree):
    visitor = Imports()
    visitor.visit(tree)
    return visitor.found, visitor.changes_path


def bytecode_of(tree, source, guest):
    """An unchecked hash-based .pyc (PEP 552)."""
    code = compile(tree, guest, "exec", dont_inherit=True)
    try:
        # Later formats mark objects by their reference counts, which depend on what ran before.
        data = marshal.dumps(code, 2)
    except ValueError:
        data = marshal.dumps(code)
    key = int.from_bytes(MAGIC_NUMBER, "little")
    return MAGIC_NUMBER + (1).to_bytes(4, "little") + _imp.source_hash(key, source) + data


class Cache:
    """What is known of sources that have not changed since, and their byte code."""

    def __init__(self, directory, bytecode):
        self.directory = directory
        self.bytecode = bytecode
        # What another version of this script found is of no use.
        with open(__file__, "rb") as file:
            version = hashlib.sha256(file.read()).hexdigest()[:12]
        self.path = os.path.join(directory, "modules-%s.json" % version)
        self.known = {}
        self.changed = False
        self.compiled = 0
        try:
            with open(self.path, "rb") as file:
                known = json.load(file)
            if isinstance(known, dict):
                self.known = known
        except (OSError, ValueError):
            pass

    def pyc_path(self, name):
        return os.path.join(self.directory, "pyc", name[:2], name + ".pyc")

    def look_up(self, host, guest, text=None):
        """[stamp, imports, changes_path, name of the byte code or ""]"""
        if text is None:
            status = os.stat(host)
            stamp = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
        else:
            stamp = [hashlib.sha256(text).hexdigest()]
        key = guest + "\n" + host
        entry = self.known.get(key)
        if entry and entry[0] == stamp and (not entry[3] or os.path.exists(self.pyc_path(entry[3]))):
            return entry
        entry = [stamp] + self.read(host, guest, text)
        self.known[key] = entry
        self.changed = True
        return entry

    def read(self, host, guest, text):
        if text is None:
            with open(host, "rb") as file:
                text = file.read()
        try:
            tree = ast.parse(text, guest)
            imports, changes_path = imports_of(tree)
            if not self.bytecode:
                return [imports, changes_path, ""]
            data = bytecode_of(tree, text, guest)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            # A template, a test of the parser, a source for another version: it is not for this interpreter.
            return [[], False, ""]
        self.compiled += 1
        name = hashlib.sha256(data).hexdigest()[:40]
        write_whole(self.pyc_path(name), data)
        return [imports, changes_path, name]

    def binary_names(self, host):
        """Words in an extension module that may be names of modules which it imports."""
        status = os.stat(host)
        stamp = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
        entry = self.known.get(host)
        if not entry or entry[0] != stamp:
            with open(host, "rb") as file:
                words = {word.decode() for word in IDENTIFIER_IN_BINARY.findall(file.read())}
            entry = self.known[host] = [stamp, sorted(words & STDLIB_NAMES)]
            self.changed = True
        return entry[1]

    def save(self):
        if self.changed:
            write_whole(self.path, json.dumps(self.known, separators=(",", ":")).encode())


STDLIB_NAMES = set()


def write_whole(path, data):
    directory = os.path.dirname(path)
    os.makedirs(directory, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=directory)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


class Module:
    def __init__(self, name, tree, path, is_package, is_extension):
        self.name = name
        self.tree = tree
        self.path = path  # relative to the tree
        self.is_package = is_package
        self.is_extension = is_extension

    @property
    def package(self):
        return self.name if self.is_package else self.name.rpartition(".")[0]


class Tree:
    """One entry of sys.path."""

    def __init__(self, description, suffixes):
        self.kind = description["kind"]
        self.host = description["host"]
        self.guest = description["guest"]
        self.suffixes = suffixes
        self.texts = description.get("texts", {})
        self.listed = {}
        if "files" in description:
            self.files = description["files"]
            for path in self.files:
                directory, _, name = path.rpartition("/")
                self.listed.setdefault(directory, set()).add(name)
                while directory:
                    directory, _, name = directory.rpartition("/")
                    self.listed.setdefault(directory, set()).add(name)
        else:
            self.files = None

    def entries(self, directory):
        if directory not in self.listed:
            names = set()
            if self.files is None:
                try:
                    names = set(os.listdir(os.path.join(self.host, directory)))
                except OSError:
                    pass
            self.listed[directory] = names
        return self.listed[directory]

    def find(self, name):
        """The module called `name`, or True for a namespace package."""
        parent, _, last = name.rpartition(".")
        directory = parent.replace(".", "/")
        entries = self.entries(directory)
        base = directory + "/" + last if directory else last
        if last in entries and (self.files is not None or os.path.isdir(os.path.join(self.host, base))):
            inside = self.entries(base)
            for file in ["__init__" + suffix for suffix in self.suffixes] + ["__init__.py", "__init__.pyc"]:
                if file in inside:
                    return Module(name, self, base + "/" + file, True, not file.endswith((".py", ".pyc")))
            namespace = self.kind in ("user", "site") and bool(inside)
        else:
            namespace = False
        for suffix in self.suffixes + [".py", ".pyc"]:
            if last + suffix in entries:
                return Module(name, self, base + suffix, False, suffix not in (".py", ".pyc"))
        return True if namespace else None

    def walk(self):
        """Every file, relative to the tree, sorted."""
        if self.files is not None:
            return sorted(self.files)
        found = []
        for directory, directories, files in os.walk(self.host):
            relative = os.path.relpath(directory, self.host)
            relative = "" if relative == "." else relative + "/"
            if self.kind == "stdlib":
                directories[:] = [d for d in directories if d not in NEVER_WHOLE and not d.startswith("config-") and not d == "lib-dynload"]
            found.extend(relative + file for file in files)
        return sorted(found)


def module_name(path, suffixes):
    for suffix in suffixes + [".py"]:
        if path.endswith(suffix):
            name = path[: -len(suffix)].replace("/", ".")
            return name[: -len(".__init__")] if name.endswith(".__init__") else name
    return None


class Staging:
    def __init__(self, request):
        self.request = request
        self.suffixes = request["extension_suffixes"]
        self.builtin = set(request["builtin"]) | set(FROZEN)
        self.trees = [Tree(tree, self.suffixes) for tree in request["trees"]]
        self.shared = Cache(request["cache"], request["bytecode"])
        self.own = Cache(request["own_cache"], request["bytecode"])
        self.found = {}  # name -> Module, None or True
        self.reason = {}  # name -> why
        self.todo = []
        self.files = {}  # guest -> (host, why)
        self.unresolved = []
        self.path_is_changed = False
        self.tag = "." + sys.implementation.cache_tag

    def tree(self, kind):
        return next((tree for tree in self.trees if tree.kind == kind), None)

    def cache_of(self, tree):
        return self.own if tree.kind in ("user", "generated") else self.shared

    def find(self, name):
        if name not in self.found:
            result = None
            for tree in self.trees:
                result = tree.find(name)
                if result:
                    break
            self.found[name] = result
        return self.found[name]

    def need(self, name, why):
        """True where there is such a module. Takes its packages along."""
        if not name:
            return True
        if name in self.reason or name in self.builtin:
            return True
        parent = name.rpartition(".")[0]
        if parent and not self.need(parent, why):
            return False
        module = self.find(name)
        if not module:
            return False
        self.reason[name] = why
        if module is not True:
            self.todo.append(module)
        return True

    @staticmethod
    def absolute(module, name, level):
        if not level:
            return name
        base = module.package
        for _ in range(level - 1):
            base = base.rpartition(".")[0]
        return base + "." + name if base and name else base or name

    def exists(self, name):
        return name in self.builtin or bool(self.find(name))

    def follow(self, module, imports):
        why = "imported by " + module.name
        standard = module.tree.kind in ("stdlib", "dynload")
        for name, level, names, line, column, certain, instead_of in imports:
            if certain is None and module.tree.kind != "user":
                continue
            name = self.absolute(module, name, level)
            if standard and not certain and name.partition(".")[0] in FOR_DEVELOPERS:
                continue
            if instead_of and standard and all(
                    self.exists(self.absolute(module, other, depth)) for other, depth in instead_of):
                continue
            ok = self.need(name, why)
            if ok:
                for one in names:
                    if one != "*":
                        self.need(name + "." + one, why)
            elif module.tree.kind == "user":
                self.unresolved.append(
                    {"module": name, "file": module.path, "line": line, "column": column,
                     "certain": bool(certain) and not level})

    def take(self, module):
        tree = module.tree
        why = {"stdlib": "standard library", "dynload": "standard library", "runtime": "faasc's runtime",
               "site": "requirement", "user": "the function", "generated": "faasc's runtime",
               "fallback": "faasc's runtime"}[tree.kind]
        self.stage(tree, module.path, why + ": " + self.reason[module.name])
        if module.is_extension:
            for name in BY_C_MODULE.get(module.name, []):
                self.need(name, "imported by " + module.name)
            if tree.kind in ("site", "user"):
                for name in self.shared.binary_names(os.path.join(tree.host, module.path)):
                    self.need(name, "perhaps imported by " + module.name)
            return
        if not module.path.endswith(".py"):
            return
        entry = self.entry(tree, module.path)
        self.follow(module, entry[1])
        if tree.kind == "user" and entry[2]:
            self.path_is_changed = True
        for name in BY_C_MODULE.get(module.name, []):
            self.need(name, "imported by " + module.name)
        if module.name == "sysconfig":
            for file in sorted(self.tree("stdlib").entries("")):
                if file.startswith("_sysconfigdata") and file.endswith(".py"):
                    self.need(file[:-3], "imported by sysconfig")
        if module.name == "encodings":
            for file in sorted(tree.entries("encodings")):
                if file.endswith(".py"):
                    self.need("encodings." + file[:-3], "codecs are looked up by name")
        if tree.kind == "stdlib" and module.is_package:
            self.data_of_package(tree, module)

    def data_of_package(self, tree, module):
        directory = os.path.dirname(module.path)
        for file in sorted(tree.entries(directory)):
            path = directory + "/" + file
            if not file.endswith((".py", ".pyc", ".so", ".exe", ".sh")) and os.path.isfile(os.path.join(tree.host, path)):
                self.stage(tree, path, "standard library: data of " + module.name)

    def entry(self, tree, path):
        guest = tree.guest + "/" + path
        return self.cache_of(tree).look_up(os.path.join(tree.host, path), guest,
                                           tree.texts[path].encode() if path in tree.texts else None)

    def stage(self, tree, path, why):
        guest = tree.guest + "/" + path
        host = os.path.join(tree.host, path)
        if guest in self.files:
            return
        name = ""
        if path.endswith(".py"):
            name = self.entry(tree, path)[3]
        if not name:
            if path in tree.texts:
                return
            self.files[guest] = (host, why)
            return
        pyc = self.cache_of(tree).pyc_path(name)
        if tree.kind in ("stdlib", "runtime", "generated", "fallback"):
            # Byte code in the place of the source: nothing is looked at twice.
            self.files[guest + "c"] = (pyc, why)
            return
        directory, _, file = guest.rpartition("/")
        self.files[guest] = (host, why)
        self.files[directory + "/__pycache__/" + file[:-3] + self.tag + ".pyc"] = (pyc, "byte code of " + guest)

    def run(self):
        prune = self.request["prune"]
        for name in ALWAYS:
            self.need(name, "the interpreter needs it")
        for name in self.request["roots"]:
            self.need(name, "every function needs it")
        for name in self.request["keep"]:
            if not self.need(name, "build.python.include"):
                self.unresolved.append({"module": name, "file": "", "line": 0, "column": 0, "certain": True})
        self.drain()
        self.whole_tree(self.tree("user"))
        self.drain()
        site = self.tree("site")
        if site and prune != "all":
            self.whole_tree(site)
            self.drain()
        elif site:
            self.data_of_site(site)
            self.drain()
        if prune == "none":
            for kind in ("stdlib", "dynload"):
                self.whole_tree(self.tree(kind))
            self.drain()

    def whole_tree(self, tree):
        """All modules of a tree, with what they import, and all its data. Tests are taken only where something
        else imports them."""
        reason = {"user": "it belongs to the function", "site": "it belongs to a requirement"}.get(
            tree.kind, "build.python.prune is none")
        for path in tree.walk():
            if tree.kind == "site" and (SITE_LEFT_OUT.search(path) or TEST_DIRECTORIES & set(path.split("/")[:-1])):
                continue
            if tree.kind in ("stdlib", "dynload"):
                if path.rpartition("/")[2].split(".")[0] in NEVER_WHOLE or TEST_EXTENSION.match(path) or path.endswith(".exe"):
                    continue
                if not path.endswith((".py", ".so")):
                    continue
            name = module_name(path, self.suffixes)
            if name and all(part.isidentifier() for part in name.split(".")):
                module = self.find(name)
                if isinstance(module, Module) and module.tree is tree and module.path == path:
                    self.need(name, reason)
                    continue
            kind = {"user": "the function", "site": "requirement"}.get(tree.kind, "standard library")
            self.stage(tree, path, kind + ": " + reason)

    def data_of_site(self, site):
        """Data of the distributions that have a module in the image, and their metadata."""
        used = {name.split(".")[0] for name, module in self.found.items()
                if name in self.reason and (module is True or module.tree is site)}
        for path in site.walk():
            top = path.split("/")[0]
            if SITE_LEFT_OUT.search(path) or path.endswith(".py") or TEST_DIRECTORIES & set(path.split("/")[:-1]):
                continue
            if top.endswith(".dist-info") or top.split(".")[0] in used or top.endswith((".libs", ".pth")):
                if module_name(path, self.suffixes) is None or ".libs/" in path:
                    self.stage(site, path, "requirement: data of " + top.split(".")[0])

    def drain(self):
        while self.todo:
            self.take(self.todo.pop())

    def answer(self):
        files = sorted([guest, host, why] for guest, (host, why) in self.files.items())
        return {
            "files": files,
            "unresolved": self.unresolved,
            "modules": len(self.reason),
            "compiled": self.shared.compiled + self.own.compiled,
            "path_is_changed": self.path_is_changed,
        }


def main():
    sys.setrecursionlimit(10000)
    request = json.load(sys.stdin)
    staging = Staging(request)
    stdlib = staging.tree("stdlib")
    for name in stdlib.entries(""):
        STDLIB_NAMES.add(name[:-3] if name.endswith(".py") else name)
    staging.run()
    staging.shared.save()
    staging.own.save()
    json.dump(staging.answer(), sys.stdout, separators=(",", ":"))


main()
