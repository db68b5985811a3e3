"""The runtime's own lines on the console."""

import os
import sys

_format = "json"


def set_format(name):
    global _format
    _format = name


def quoted(text):
    """A JSON string. Written out here because the json module is not needed by every function."""
    out = []
    for character in text:
        code = ord(character)
        if character in '"\\':
            out.append("\\" + character)
        elif code < 0x20 or 0xD800 <= code <= 0xDFFF:
            out.append("\\u%04x" % code)
        else:
            out.append(character)
    return '"' + "".join(out) + '"'


def write_line(fd, text):
    """One write for the whole line, so that lines of several threads do not mix."""
    data = (text + "\n").encode("utf-8", "replace")
    while data:
        try:
            data = data[os.write(fd, data) :]
        except OSError:
            return  # nobody is left to tell


def log(severity, message, **fields):
    """{"severity":"INFO","message":"listening","port":8080,"logger":"faasc"}, or "INFO faasc: listening port=8080".
    Info goes to standard output, the rest to standard error."""
    fd = 1 if severity == "INFO" else 2
    if _format == "text":
        rest = "".join(" %s=%s" % item for item in fields.items())
        return write_line(fd, "%s faasc: %s%s" % (severity, message, rest))
    rest = "".join(
        ',"%s":%s' % (key, value if isinstance(value, int) else quoted(str(value))) for key, value in fields.items()
    )
    write_line(fd, '{"severity":"%s","message":%s%s,"logger":"faasc"}' % (severity, quoted(message), rest))


def flush_output():
    """Pushes out what the function wrote: the machine may be frozen or gone right after a response."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            pass
