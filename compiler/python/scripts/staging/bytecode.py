"""Byte code whose bytes depend on the source alone."""

import marshal

import _imp

try:
    from _frozen_importlib_external import MAGIC_NUMBER
except ImportError:
    from importlib.util import MAGIC_NUMBER


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
