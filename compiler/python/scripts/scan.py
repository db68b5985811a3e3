"""Reads Python sources with the interpreter's own parser and prints what faasc must know to choose a handler.

Nothing is imported or run. Standard input is {"root": DIRECTORY, "files": [PATH, ...], "guest": DIRECTORY,
"own_cache": DIRECTORY, "bytecode": BOOLEAN}; the answer is {"files": [FACTS, ...]} in the same order. Lines and columns
count from 1, columns count bytes. What stage.py asks of these files, their imports and byte code, is answered and kept
in passing, so that an edit costs one start of an interpreter.
"""

import ast
import gc
import json
import os
import re
import sys

from staging.cache import Cache


def byte_column(text, offset):
    """The column in bytes of a column in characters, which is how SyntaxError counts."""
    if not text or not offset or offset < 1:
        return 1
    return len(text[: offset - 1].encode("utf-8", "replace")) + 1


def syntax_error(error):
    text = (error.text or "").rstrip("\r\n")
    return {
        "line": error.lineno or 1,
        "column": byte_column(text, error.offset),
        "message": error.msg or "invalid syntax",
        "text": text,
    }


def in_characters(source, path):
    """The error of the same source as text: before Python 3.13 the column is off where the source is bytes."""
    try:
        ast.parse(source.decode("utf-8-sig"), path)
    except SyntaxError as error:
        return error
    except ValueError:
        pass
    return None


class Names:
    """What a module's own names stand for: import aliases, resolved to dotted names."""

    def __init__(self):
        self.aliases = {}

    def add(self, statement):
        if isinstance(statement, ast.Import):
            for alias in statement.names:
                if alias.asname:
                    self.aliases[alias.asname] = alias.name
                else:
                    root = alias.name.split(".")[0]
                    self.aliases[root] = root
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            for alias in statement.names:
                self.aliases[alias.asname or alias.name] = statement.module + "." + alias.name

    def resolve(self, node):
        """'functions_framework.http' for ff.http; None for what is no name."""
        if isinstance(node, ast.Call):
            return self.resolve(node.func)
        parts = []
        while isinstance(node, ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, ast.Name):
            return None
        parts.append(self.aliases.get(node.id, node.id))
        return ".".join(reversed(parts))


def top_level(body):
    """Statements of a module that run when it is imported, those under if, try and with included."""
    for statement in body:
        yield statement
        for part in ("body", "orelse", "finalbody"):
            if isinstance(statement, (ast.If, ast.Try, ast.With)):
                yield from top_level(getattr(statement, part, []))
        if isinstance(statement, ast.Try):
            for handler in statement.handlers:
                yield from top_level(handler.body)


def attributes_of(function, parameters):
    used = {name: set() for name in parameters}
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in used:
            used[node.value.id].add(node.attr)
    return [sorted(used[name]) for name in parameters]


def function_facts(node, names, lines):
    arguments = node.args
    positional = [a.arg for a in getattr(arguments, "posonlyargs", []) + arguments.args]
    line = lines[node.lineno - 1] if node.lineno <= len(lines) else b""
    at = line.find(node.name.encode("utf-8"), line.find(b"def", node.col_offset) + 3)
    decorators = []
    for decorator in node.decorator_list:
        name = names.resolve(decorator)
        if name:
            decorators.append({"name": name, "line": decorator.lineno, "column": decorator.col_offset + 1})
    return {
        "name": node.name,
        "line": node.lineno,
        "column": (at if at >= 0 else node.col_offset) + 1,
        "async": isinstance(node, ast.AsyncFunctionDef),
        "parameters": positional,
        "required": len(positional) - len(arguments.defaults),
        "keyword_only": sum(1 for default in arguments.kw_defaults if default is None),
        "varargs": arguments.vararg is not None,
        "decorators": decorators,
        "attributes": attributes_of(node, positional[:2]),
    }


def is_main_guard(statement):
    """if __name__ == "__main__":"""
    test = statement.test if isinstance(statement, ast.If) else None
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.left, ast.Name)
        and test.left.id == "__name__"
    )


def other_names(statement):
    """Names that a statement gives to something other than a function."""
    if isinstance(statement, ast.ClassDef):
        return [(statement.name, "class")]
    if isinstance(statement, ast.Assign):
        return [(target.id, "variable") for target in statement.targets if isinstance(target, ast.Name)]
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name) and statement.value:
        return [(statement.target.id, "variable")]
    if isinstance(statement, ast.ImportFrom):
        return [(alias.asname or alias.name, "import") for alias in statement.names if alias.name != "*"]
    return []


# What needs a second process, or a kernel interface that a unikernel does not have.
FORKING = re.compile(
    r"^(subprocess\.(run|call|check_call|check_output|Popen|getoutput|getstatusoutput)"
    r"|os\.(fork|forkpty|system|popen|exec[lv]p?e?|spawn[lv]p?e?|posix_spawnp?)"
    r"|multiprocessing\.(Process|Pool|Manager|pool\.Pool)|pty\.(fork|spawn)"
    r"|concurrent\.futures\.(process\.)?ProcessPoolExecutor"
    r"|asyncio\.create_subprocess_(exec|shell)|gunicorn\..*)$"
)


def lint(tree, names):
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = names.resolve(node.func)
            if name and FORKING.match(name):
                found.append({"name": name, "line": node.lineno, "column": node.col_offset + 1})
    return sorted(found, key=lambda one: (one["line"], one["column"]))


def scan(root, path):
    facts = {"path": path, "error": None, "functions": [], "names": [], "lint": [], "main_guard": False}
    try:
        with open(os.path.join(root, path), "rb") as file:
            source = file.read()
        tree = ast.parse(source, path)
    except SyntaxError as error:
        facts["error"] = syntax_error(in_characters(source, path) or error)
        return facts
    except (ValueError, RecursionError, MemoryError, OSError) as error:
        facts["error"] = {"line": 1, "column": 1, "message": str(error) or type(error).__name__, "text": ""}
        return facts
    lines = source.splitlines()
    names = Names()
    statements = list(top_level(tree.body))
    for statement in statements:
        names.add(statement)
    for statement in statements:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef)):
            facts["functions"].append(function_facts(statement, names, lines))
        elif is_main_guard(statement):
            facts["main_guard"] = True
        for name, kind in other_names(statement):
            facts["names"].append({"name": name, "kind": kind, "line": statement.lineno})
    for node in ast.walk(tree):
        names.add(node)  # imports inside of functions, too
    facts["lint"] = lint(tree, names)
    return facts


def for_staging(facts, request, cache):
    host = os.path.join(request["root"], facts["path"])
    imports, changes_path, name, marks = [], False, "", []
    if not facts["error"]:
        _, imports, changes_path, name, marks = cache.look_up(host, request["guest"] + "/" + facts["path"])
    # Where in the file an import stands is told only of one that nothing answers, so it is left in.
    facts["imports"] = imports
    facts["changes_path"] = changes_path
    facts["marks"] = marks
    facts["bytecode"] = cache.pyc_path(name) if name else ""
    return facts


def main():
    gc.disable()  # nothing lives longer than this program
    sys.setrecursionlimit(10000)
    request = json.load(sys.stdin)
    cache = Cache(request["own_cache"], request["bytecode"] and bool(request["own_cache"]))
    answer = {"files": [for_staging(scan(request["root"], path), request, cache) for path in request["files"]]}
    if request["own_cache"]:  # faasc lock keeps nothing
        cache.save()
    json.dump(answer, sys.stdout)


main()
