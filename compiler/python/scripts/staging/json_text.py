"""JSON, without the json package: importing that takes as long as reading a function."""

try:
    from _json import encode_basestring_ascii as quoted
except ImportError:
    from json.encoder import py_encode_basestring_ascii as quoted


def json_text(value):
    """Of None, booleans, integers, strings, and lists, tuples and dictionaries of these."""
    if isinstance(value, str):
        return quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join([quoted(key) + ":" + json_text(one) for key, one in value.items()]) + "}"
    return "[" + ",".join([json_text(one) for one in value]) + "]"
