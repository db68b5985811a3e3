"""What the scripts find in modules, and the byte code that they make."""

import marshal
import os
import struct
import subprocess
import sys
import unittest
import zlib

SCRIPTS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "scripts")
sys.path.insert(0, SCRIPTS)

from staging import binaries, nodes  # noqa: E402
from staging.bytecode import bytecode_of, without_columns  # noqa: E402
from staging.imports import imports_of  # noqa: E402

TOP_LEVEL = {"asyncio", "cmath", "code", "decimal", "re", "uuid", "zoneinfo"}
TEXTS = ["(tree fragment)?", "need more than %d values"]
NAMES = sorted(["__main__", "__name__", "__test__", "build", "cmath", "decimal", "encode", "format", "items", "join", "keys",
                "parse", "range", "split", "tz", "values", "zoneinfo", "zoneinfo._zoneinfo"])
VERSION = b"\0cython_3_3_1.cython_function_or_method\0"


def literal(text):
    """LZSS without references."""
    return b"".join(b"\xff" + text[i : i + 8] for i in range(0, len(text), 8))


def module_of(table, lengths, more=b""):
    array = struct.pack("<%dI" % len(lengths), *lengths)
    return VERSION + more + bytes(-len(VERSION + more) % 4) + b"\xff" * 8 + array + b"\xff" * 8 + table


class Binaries(unittest.TestCase):
    def named(self, data):
        return binaries.modules_named(data, TOP_LEVEL)

    def test_strings_of_c(self):
        data = b"\0decimal\0zoneinfo._common\0other\0decimalx\0\0re\0asyncio.coroutines\0"
        self.assertEqual(self.named(data), ["decimal", "re", "zoneinfo._common"])

    def test_tables_of_cython(self):
        text = "".join(TEXTS + NAMES).encode()
        lengths = [len(one) for one in TEXTS + NAMES]
        said = b"\0LZSS string data decompression failed\0"
        exact = ["cmath", "decimal", "zoneinfo", "zoneinfo._zoneinfo"]
        self.assertEqual(self.named(module_of(zlib.compress(text), lengths)), exact)
        self.assertEqual(self.named(module_of(literal(text), lengths, said)), exact)
        # Without lengths there is more than is meant, and no less.
        found = self.named(module_of(literal(text), [1], said))
        self.assertLessEqual(set(exact), set(found))
        self.assertNotIn("re", found)

    def test_references_of_lzss(self):
        # "abcabc", by a reference over no distance; then one of each longer kind.
        self.assertEqual(binaries.without_lzss(b"\x07abc\x00\x00", 0, 6), b"abcabc")
        long = bytes(range(0x20, 0x7F)) * 4
        packed = literal(long[:376]) + bytes([0b0]) + bytes([0x80 | (300 - 128 & 0x7F), (300 - 128 >> 7) << 5 | 2])
        self.assertEqual(binaries.without_lzss(packed, 0, 381)[376:], long[71:76])
        packed = literal(long[:376]) + bytes([0b0]) + bytes([0x80 | (300 - 128 & 0x7F), 0x80 | (300 - 128 >> 7), 2])
        self.assertEqual(binaries.without_lzss(packed, 0, 381)[376:], long[71:76])

    def test_what_cannot_be_read_may_be_anything(self):
        self.assertEqual(self.named(VERSION + b"\0LZSS string data decompression failed\0" + bytes(200)), ["*"])
        text = "".join(TEXTS + NAMES).encode()
        whole = module_of(literal(text), [1], b"\0LZSS string data decompression failed\0")
        for length in range(0, len(whole), 7):  # damaged ones end somehow
            self.named(whole[:length])

    def test_strings_of_rust(self):
        self.assertEqual(self.named(b"pyo3decimaluuidcoderesult"), ["decimal", "uuid"])


class ByteCode(unittest.TestCase):
    SOURCE = b'def f(x, y="<"):\n    """doc"""\n    return x in {"if", "endif", y} or x in ("if", "<", 1, 1.0, True)\nclass F: pass\n'

    def test_it_does_not_depend_on_what_ran_before(self):
        program = ("import sys; sys.path.insert(0, %r)\n%s\nfrom staging import nodes\nfrom staging.bytecode import bytecode_of\n"
                   "text = %r\nsys.stdout.buffer.write(bytecode_of(nodes.parse(text, 'a'), text, '/a.py', True))\n")
        made = {subprocess.check_output([sys.executable, "-S", "-c", program % (SCRIPTS, before, self.SOURCE)],
                                        env={"PYTHONHASHSEED": "0"})
                for before in ("", "import argparse, html.entities, ftplib, _markupbase", "x = {'if', 'endif'}; sys.intern('<')")}
        self.assertEqual(len(made), 1)

    def test_columns_go_and_lines_stay(self):
        tree = nodes.parse(self.SOURCE, "a")
        with_columns = bytecode_of(tree, self.SOURCE, "/a.py", True)
        plain = bytecode_of(nodes.parse(self.SOURCE, "a"), self.SOURCE, "/a.py", False)
        self.assertEqual(without_columns(with_columns), plain)

        def lines(data):
            code = marshal.loads(data[16:])
            found = []
            for one in [code] + [c for c in code.co_consts if hasattr(c, "co_code")]:
                if hasattr(one, "co_lines"):
                    found.append([(at, line) for begin, end, line in one.co_lines() for at in range(begin, end, 2)])
            return found

        self.assertEqual(lines(plain), lines(with_columns))
        if hasattr(compile("", "", "exec"), "co_positions"):
            self.assertLess(len(plain), len(with_columns))
            code = marshal.loads(plain[16:])
            self.assertEqual({place[2:] for place in code.co_positions()}, {(None, None)})


class Imports(unittest.TestCase):
    def test_marks(self):
        for source, mark in (("x = '\\\\N{DASH}'", "name:\\N{"), ("compile('1', '', 'eval')", "name:eval"),
                             ("a.encode('IDNA')", "codec:idna"), ("x = 'é'", "text:"), ("time.strptime", "name:strptime")):
            text = source.encode()
            self.assertIn(mark, imports_of(nodes.parse(text, "a"), text)[2], source)
        if sys.version_info >= (3, 12):
            text = b"class Box[T]: pass"
            self.assertIn("name:type_params", imports_of(nodes.parse(text, "a"), text)[2])


if __name__ == "__main__":
    unittest.main()
