"""Python's syntax tree, without the ast module: importing that takes longer than the interpreter's own start."""

import _ast
from _ast import *  # noqa: F403: the classes of nodes


def parse(source, path):
    """As ast.parse(): SyntaxError and ValueError say what is wrong with the source."""
    return compile(source, path, "exec", _ast.PyCF_ONLY_AST, dont_inherit=True)


def children(node):
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, _ast.AST):
            yield value
        elif isinstance(value, list):
            for item in value:
                if isinstance(item, _ast.AST):
                    yield item


def walk(node):
    """The node and everything below it, level by level."""
    found = [node]
    for one in found:
        found.extend(children(one))
    return found


class Visitor:
    """Calls visit_NAME() of each node's class, or follow()."""

    def visit(self, node):
        getattr(self, "visit_" + type(node).__name__, self.follow)(node)

    def follow(self, node):
        for child in children(node):
            self.visit(child)
