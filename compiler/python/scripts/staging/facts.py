"""What a source says: its functions and names, for choosing a handler; calls that a unikernel cannot serve."""

import os

from staging import nodes
from staging.cache import stamp_of


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
        nodes.parse(source.decode("utf-8-sig"), path)
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
        if isinstance(statement, nodes.Import):
            for alias in statement.names:
                if alias.asname:
                    self.aliases[alias.asname] = alias.name
                else:
                    root = alias.name.split(".")[0]
                    self.aliases[root] = root
        elif isinstance(statement, nodes.ImportFrom) and statement.module and not statement.level:
            for alias in statement.names:
                self.aliases[alias.asname or alias.name] = statement.module + "." + alias.name

    def resolve(self, node):
        """'functions_framework.http' for ff.http; None for what is no name."""
        if isinstance(node, nodes.Call):
            return self.resolve(node.func)
        parts = []
        while isinstance(node, nodes.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, nodes.Name):
            return None
        parts.append(self.aliases.get(node.id, node.id))
        return ".".join(reversed(parts))


def top_level(body):
    """Statements of a module that run when it is imported, those under if, try and with included."""
    for statement in body:
        yield statement
        for part in ("body", "orelse", "finalbody"):
            if isinstance(statement, (nodes.If, nodes.Try, nodes.With)):
                yield from top_level(getattr(statement, part, []))
        if isinstance(statement, nodes.Try):
            for handler in statement.handlers:
                yield from top_level(handler.body)


def attributes_of(function, parameters):
    used = {name: set() for name in parameters}
    for node in nodes.walk(function):
        if isinstance(node, nodes.Attribute) and isinstance(node.value, nodes.Name) and node.value.id in used:
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
        "async": isinstance(node, nodes.AsyncFunctionDef),
        "parameters": positional,
        "required": len(positional) - len(arguments.defaults),
        "keyword_only": sum(1 for default in arguments.kw_defaults if default is None),
        "varargs": arguments.vararg is not None,
        "decorators": decorators,
        "attributes": attributes_of(node, positional[:2]),
    }


def is_main_guard(statement):
    """if __name__ == "__main__":"""
    test = statement.test if isinstance(statement, nodes.If) else None
    return (
        isinstance(test, nodes.Compare)
        and isinstance(test.left, nodes.Name)
        and test.left.id == "__name__"
    )


def other_names(statement):
    """Names that a statement gives to something other than a function."""
    if isinstance(statement, nodes.ClassDef):
        return [(statement.name, "class")]
    if isinstance(statement, nodes.Assign):
        return [(target.id, "variable") for target in statement.targets if isinstance(target, nodes.Name)]
    if isinstance(statement, nodes.AnnAssign) and isinstance(statement.target, nodes.Name) and statement.value:
        return [(statement.target.id, "variable")]
    if isinstance(statement, nodes.ImportFrom):
        return [(alias.asname or alias.name, "import") for alias in statement.names if alias.name != "*"]
    return []


# What needs a second process, or a kernel interface that a unikernel does not have.
FORKING = {
    "subprocess": "run call check_call check_output Popen getoutput getstatusoutput",
    "os": "fork forkpty system popen execl execle execlp execlpe execv execve execvp execvpe spawnl spawnle spawnlp spawnlpe "
          "spawnv spawnve spawnvp spawnvpe posix_spawn posix_spawnp",
    "multiprocessing": "Process Pool Manager",
    "multiprocessing.pool": "Pool",
    "pty": "fork spawn",
    "concurrent.futures": "ProcessPoolExecutor",
    "concurrent.futures.process": "ProcessPoolExecutor",
    "asyncio": "create_subprocess_exec create_subprocess_shell",
}


def is_forking(name):
    module, _, function = name.rpartition(".")
    return name.startswith("gunicorn.") or function in FORKING.get(module, "").split()


def lint(tree, names):
    found = []
    for node in nodes.walk(tree):
        if isinstance(node, nodes.Call):
            name = names.resolve(node.func)
            if name and is_forking(name):
                found.append({"name": name, "line": node.lineno, "column": node.col_offset + 1})
    return sorted(found, key=lambda one: (one["line"], one["column"]))


class Source:
    """One file: its bytes, and its tree unless something is wrong with it."""

    def __init__(self, root, path):
        self.host = os.path.join(root, path)
        self.path = path
        self.stamp = self.text = self.tree = self.error = None
        try:
            with open(self.host, "rb") as file:
                self.stamp = stamp_of(os.fstat(file.fileno()))
                self.text = file.read()
            self.tree = nodes.parse(self.text, path)
        except SyntaxError as error:
            self.error = syntax_error(in_characters(self.text, path) or error)
        except (ValueError, RecursionError, MemoryError, OSError) as error:
            self.error = {"line": 1, "column": 1, "message": str(error) or type(error).__name__, "text": ""}

    def facts(self):
        facts = {"path": self.path, "error": self.error, "functions": [], "names": [], "lint": [], "main_guard": False}
        if self.error:
            return facts
        lines = self.text.splitlines()
        names = Names()
        statements = list(top_level(self.tree.body))
        for statement in statements:
            names.add(statement)
        for statement in statements:
            if isinstance(statement, (nodes.FunctionDef, nodes.AsyncFunctionDef)):
                facts["functions"].append(function_facts(statement, names, lines))
            elif is_main_guard(statement):
                facts["main_guard"] = True
            for name, kind in other_names(statement):
                facts["names"].append({"name": name, "kind": kind, "line": statement.lineno})
        for node in nodes.walk(self.tree):
            names.add(node)  # imports inside of functions, too
        facts["lint"] = lint(self.tree, names)
        return facts

    def for_staging(self, guest, cache, keep):
        entry = [[], False, "", []]
        if not self.error:
            entry = cache.read(guest, self.text, self.tree)
            if keep:
                cache.remember(self.host, guest, [self.stamp] + entry)
        imports, changes_path, name, marks = entry
        # Where in the file an import stands is told only of one that nothing answers, so it is left in.
        return {"imports": imports, "changes_path": changes_path, "marks": marks,
                "bytecode": cache.pyc_path(name) if name else ""}
