"""The values of ce-* headers."""

import re

ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")


def decode_value(text):
    """Unquoted where quoted, then %XX decoded once; raises UnicodeDecodeError where that is not UTF-8."""
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    data = ESCAPE.sub(lambda match: bytes([int(match.group(1), 16)]), text.encode("latin-1"))
    return data.decode("utf-8")
