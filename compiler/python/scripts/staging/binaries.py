"""Which modules an extension module may import, as far as its bytes tell.

C and C++ have names as strings that end in a zero byte. Rust puts strings side by side. Cython did as C does; from version
3.2 on it may put all strings of a module into one table, which may be compressed: those that are no names, sorted, then
those that are, sorted, with an array of their lengths elsewhere.
"""

import re
import struct

WORD = re.compile(rb"\0([a-z_][a-z0-9_.]{1,60})(?=\0)")
CYTHON = re.compile(rb"cython_(\d)_(\d+)")
LZSS = b"LZSS string data"  # of what Cython says where it is damaged
# Where strings are not told apart, shorter names are part of too many words; these few are worth it.
SHORTEST = 5
SHORT = {"copy", "enum", "json", "math", "time", "uuid"}
# Cython asks for it in case there is such a thing, and does without.
NOT_NEEDED = {"asyncio.coroutines"}
# What texts have of control characters.
SPACES = b"\t\n\v\f\r"
# Only so many strings and bytes are a table.
FEWEST, LEAST = 16, 64
EVERYTHING = "*"


def modules_named(data, top_level):
    """Names of `top_level` modules, and of what may be modules in these; EVERYTHING where the names cannot be read."""
    found = {word.decode() for word in WORD.findall(data)}
    version = CYTHON.search(data)
    if version and (int(version.group(1)), int(version.group(2))) >= (3, 2) and b"\0__main__\0" not in data:
        begin, end = read_only(data)
        text = longest_table(data, begin, end)
        if text is None:
            return [EVERYTHING]
        strings = divided(text, data, begin, end)
        found |= {one.decode() for one in strings} if strings else names_within(text, top_level)
    if b"pyo3" in data:
        found |= {name for name in top_level if is_telling(name) and name.encode() in data}
    return sorted(name for name in found - NOT_NEEDED if name.partition(".")[0] in top_level)


def is_telling(name):
    return (len(name) >= SHORTEST or name in SHORT) and not name.startswith("_")


def names_within(text, top_level):
    found = set()
    for name in filter(is_telling, top_level):
        for match in re.finditer(re.escape(name.encode()) + rb"((?:\.[a-z_]{1,24})?)", text):
            # Where the second part ends is not told.
            found |= {name + match.group(1)[:end].decode() for end in range(2, len(match.group(1)) + 1)} | {name}
    return found


def longest_table(data, begin, end):
    """The table, and perhaps something behind it; None where there is none."""
    best = None
    for text in lzss_tables(data, begin, end) if LZSS in data else zlib_tables(data):
        if b"__name__" in text and (best is None or len(text) > len(best)):
            best = text
    return best


def zlib_tables(data):
    import zlib

    view = memoryview(data)
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        try:
            text = zlib.decompressobj().decompress(view[match.start() :])
        except zlib.error:
            continue
        if len(text) >= LEAST:
            yield text


def lzss_tables(data, begin, end):
    # Eight flags, of which the first three stand for bytes, since there is nothing yet to repeat.
    start = re.compile(rb"[" + re.escape(bytes(range(7, 256, 8))) + rb"](?=[\0\t-\r\x20-\x7e]{3})")
    for match in start.finditer(data, begin, end):
        text = without_lzss(data, match.start(), LEAST)
        if len(text) >= LEAST and is_text(text):
            yield without_lzss(data, match.start(), 1 << 24)


def is_text(text):
    try:
        text[:-4].decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def without_lzss(data, at, most):
    """As __pyx_lzss_decompress() of Cython 3.3 does it: eight flags, each for a byte or a reference to what was there
    before. Ends where it is not much of a text any more."""
    out = bytearray()
    strange = 0
    try:
        while len(out) < most:
            flags = data[at] | 0xFF00
            at += 1
            while flags & 0x100:
                if flags & 1:
                    byte = data[at]
                    if byte < 0x20 and byte not in SPACES:
                        strange += 1
                        if strange > 16 + len(out) // 64:
                            return out
                    out.append(byte)
                    at += 1
                else:
                    low, high = data[at], data[at + 1]
                    at += 2
                    if not low & 0x80:
                        offset, length = low, high
                    elif not high & 0x80:
                        offset, length = 0x80 + ((high << 2 & 0x180) | low & 0x7F), high & 0x1F
                    else:
                        offset, length = 0x80 + ((high & 0x7F) << 7 | low & 0x7F), data[at]
                        at += 1
                    length += 3
                    from_ = len(out) - offset - length
                    if from_ < 0:
                        return out
                    out += out[from_ : from_ + length]
                flags >>= 1
    except IndexError:
        pass
    return out


def divided(text, data, begin, end):
    """The strings of the table, where an array of lengths divides it into sorted ones; else None."""
    begin += -begin % 4
    lengths = struct.unpack("<%dI" % ((end - begin) // 4), data[begin : begin + (end - begin) // 4 * 4])
    first = 0
    while first < len(lengths):
        if not 0 < lengths[first] < 1 << 16:
            first += 1
            continue
        strings = divided_by(text, lengths, first)
        if len(strings) >= FEWEST and b"__name__" in strings:
            return strings
        first += 1
    return None


def divided_by(text, lengths, first):
    at = descents = 0
    strings = []
    for i in range(first, len(lengths)):
        one = bytes(text[at : at + lengths[i]])
        if len(one) < lengths[i] or not is_text(one + b"...."):
            break
        if strings and one < strings[-1]:
            descents += 1
            if descents > 1:
                break
        strings.append(one)
        at += lengths[i]
    return strings


def read_only(data):
    """Where .rodata begins and ends in an ELF file of 64 bits."""
    if data[:5] != b"\x7fELF\x02":
        return 0, len(data)
    table, size, count, names = struct.unpack_from("<Q10xHHH", data, 0x28)
    sections = [struct.unpack_from("<IIQQQQ", data, table + i * size) for i in range(count)]
    for section in sections:
        name = sections[names][4] + section[0]
        if data[name : name + 8] == b".rodata\0":
            return section[4], section[4] + section[5]
    return 0, len(data)
