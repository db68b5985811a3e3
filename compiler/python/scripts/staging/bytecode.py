"""Byte code whose bytes depend on the source alone."""

import marshal
from sys import intern

import _imp

try:
    from _frozen_importlib_external import MAGIC_NUMBER
except ImportError:
    from importlib.util import MAGIC_NUMBER

CODE = type((lambda: None).__code__)
HEAD = 16  # bytes before the code
HAS_COLUMNS = hasattr(CODE, "co_positions")


def bytecode_of(tree, source, guest, columns):
    """An unchecked hash-based .pyc (PEP 552). Without columns, a traceback cannot point into a line, which it cannot do
    anyway where the line is not there to be shown."""
    key = int.from_bytes(MAGIC_NUMBER, "little")
    head = MAGIC_NUMBER + (1).to_bytes(4, "little") + _imp.source_hash(key, source)
    return head + dumped(compile(tree, guest, "exec", dont_inherit=True), columns)


def without_columns(bytecode):
    """What bytecode_of() would have made without columns."""
    return bytecode[:HEAD] + dumped(marshal.loads(bytecode[HEAD:]), False) if HAS_COLUMNS else bytecode


def dumped(code, columns):
    code, held = canonical(code, columns)
    return marshal.dumps(code)


def canonical(code, columns):
    """The same code, and what has to live on until it is written.

    marshal writes an object once however often it occurs, marks those that may occur again, which it tells from their
    reference counts, and says which strings are interned. All this depends on what ran before in this process. So equal
    constants are made one object here, strings are interned, and there is another reference to each.
    """
    known = {}
    held = []

    def constant(value):
        if isinstance(value, CODE):
            return of_code(value)
        if isinstance(value, str):
            value = intern(value)
        elif isinstance(value, (tuple, frozenset)):
            items = [constant(one) for one in value]
            if isinstance(value, frozenset):
                items.sort(key=plain)  # the order of a set shows in which order it was filled
            value = known.setdefault((type(value), plain(tuple(items))), type(value)(items))
        held.append(value)
        return value

    def of_code(value):
        for names in (value.co_names, value.co_varnames, value.co_freevars, value.co_cellvars, (value.co_name,)):
            held.extend(names)
        changed = {"co_consts": tuple([constant(one) for one in value.co_consts]),
                   "co_filename": constant(value.co_filename)}
        if not columns and HAS_COLUMNS:
            changed["co_linetable"] = lines_of(value)
        return value.replace(**changed)

    return of_code(code), held


def plain(value):
    """Bytes that stand for a constant: those of the format without marks."""
    return marshal.dumps(value, 2)


def lines_of(code):
    """The location table of Python 3.11 and later with nothing but lines, as `-X no_debug_ranges` leaves it: entries of
    one byte (0x80, what follows, the number of instructions less one), the line as a difference to the last one."""
    no_column, no_line, most = 13, 15, 8
    table = bytearray()
    last = code.co_firstlineno
    for start, end, line in code.co_lines():
        left = (end - start) // 2
        while left > 0:
            count = min(left, most)
            left -= count
            table.append(0x80 | (no_line if line is None else no_column) << 3 | count - 1)
            if line is not None:
                table += signed(line - last)
                last = line
    return bytes(table)


def signed(number):
    """Six bits at a time, the lowest bit of all for the sign; 0x40 where more follow."""
    rest = -number << 1 | 1 if number < 0 else number << 1
    table = bytearray()
    while rest >= 0x40:
        table.append(0x40 | rest & 0x3F)
        rest >>= 6
    table.append(rest)
    return table
