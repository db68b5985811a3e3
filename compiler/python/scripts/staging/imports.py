"""The imports of one module."""

from staging import nodes
from staging.optional import MENTIONS


def names_of_test(test):
    return {node.id if isinstance(node, nodes.Name) else node.attr for node in nodes.walk(test)
            if isinstance(node, (nodes.Name, nodes.Attribute))}


def is_other_system(test):
    """Whether `sys.platform == "win32"` and the like is true elsewhere only (True), or always here (False)."""
    if not (isinstance(test, nodes.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], (nodes.Eq, nodes.NotEq))):
        return None
    left, right = test.left, test.comparators[0]
    if not (isinstance(left, nodes.Attribute) and isinstance(left.value, nodes.Name) and isinstance(right, nodes.Constant)):
        return None
    here = {("sys", "platform"): "linux", ("os", "name"): "posix"}.get((left.value.id, left.attr))
    if here is None:
        return None
    return (right.value == here) == isinstance(test.ops[0], nodes.NotEq)


class Imports(nodes.Visitor):
    """Every import of a module: [name, level, names, line, column, certain, instead of]. Certain ones are sure to
    happen when the module is imported, None stands for those of a module that is run as a program; those in "except
    ImportError" are instead of others, which the last part lists."""

    def __init__(self):
        self.found = []
        self.certain = True
        self.instead_of = []
        self.changes_path = False
        self.marks = set()  # see optional.py

    def follow(self, node):
        if getattr(node, "type_params", None):  # `class Box[T]`, for which the interpreter calls typing
            self.mention("type_params")
        super().follow(node)

    def maybe(self, node):
        before, self.certain = self.certain, False
        self.follow(node)
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
        elsewhere = is_other_system(node.test)
        if elsewhere is not None:
            for statement in node.orelse if elsewhere else node.body:
                self.visit(statement)
            return
        if "TYPE_CHECKING" in names and not isinstance(node.test, nodes.UnaryOp):
            for statement in node.orelse:
                self.visit(statement)
        elif "__name__" in names and isinstance(node.test, nodes.Compare):
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

    def mention(self, name):
        if name in MENTIONS:
            self.marks.add("name:" + name)

    def visit_Name(self, node):
        self.mention(node.id)

    def visit_Constant(self, node):
        if not isinstance(node.value, str):
            return
        if node.value.endswith(".py") or node.value in MENTIONS:
            self.marks.add("py:" if node.value.endswith(".py") else "name:" + node.value)
        if "\\N{" in node.value:
            self.mention("\\N{")

    def argument(self, kind, node):
        constant = isinstance(node, nodes.Constant)
        if not constant or isinstance(node.value, str):
            self.marks.add(kind + ":" + (node.value.lower() if constant else "?"))

    def arguments_of_call(self, node, called):
        """Names of encodings and digests."""
        if called in ("encode", "decode", "lookup", "getreader", "getwriter", "getdecoder", "getencoder") and node.args:
            self.argument("codec", node.args[0])
        elif called in ("str", "bytes", "bytearray") and len(node.args) > 1:
            self.argument("codec", node.args[1])
        elif called == "new" and isinstance(node.func, nodes.Attribute) and isinstance(node.func.value, nodes.Name):
            if node.func.value.id == "hashlib" and node.args:
                self.argument("hash", node.args[0])
        for keyword in node.keywords:
            if keyword.arg in ("encoding", "charset"):
                self.argument("codec", keyword.value)

    def visit_Import(self, node):
        for alias in node.names:
            self.mention(alias.name)
            self.add(node, alias.name, 0, [])

    def visit_ImportFrom(self, node):
        for alias in node.names:
            self.mention(alias.name)
        self.add(node, node.module or "", node.level, [alias.name for alias in node.names])

    def visit_Call(self, node):
        called = node.func.attr if isinstance(node.func, nodes.Attribute) else getattr(node.func, "id", "")
        constant = node.args[0].value if node.args and isinstance(node.args[0], nodes.Constant) else None
        if called in ("import_module", "__import__", "lazy_import", "importorskip") and isinstance(constant, str):
            level = len(constant) - len(constant.lstrip("."))
            before, self.certain = self.certain, False
            self.add(node, constant[level:], level, [])
            self.certain = before
        if called == "compile" and isinstance(node.func, nodes.Name):
            self.mention("eval")
        self.arguments_of_call(node, called)
        self.follow(node)

    def visit_Attribute(self, node):
        self.mention(node.attr)
        if node.attr == "path" and isinstance(node.value, nodes.Name) and node.value.id == "sys":
            self.changes_path = True
        self.follow(node)


def imports_of(tree, text):
    visitor = Imports()
    visitor.visit(tree)
    if not text.isascii():
        visitor.marks.add("text:")
    return visitor.found, visitor.changes_path, sorted(visitor.marks)
