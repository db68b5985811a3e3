"""Calls a WSGI application (PEP 3333) for a Request."""

import io
import sys
from urllib.parse import unquote_to_bytes

from faasc_boot.message import Response


def environ_of(request, settings):
    target = request.target
    if not target.startswith("/") and "://" in target:
        target = "/" + target.partition("://")[2].partition("/")[2]
    path, _, query = target.partition("?")
    host = request.header("host") or ""
    name, colon, port = host.rpartition(":")
    environ = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": request.target,
        "REQUEST_URI": request.target,
        "SERVER_NAME": (name if colon else host) or "localhost",
        "SERVER_PORT": port if colon and port.isdigit() else str(settings.port),
        "SERVER_PROTOCOL": "HTTP/" + request.version,
        "SERVER_SOFTWARE": "faasc",
        "REMOTE_ADDR": request.peer,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(request.body)),
    }
    for header, value in request.headers:
        key = header.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ["CONTENT_TYPE"] = value
        elif key not in ("CONTENT_LENGTH", "TRANSFER_ENCODING") and "_" not in header:
            key = "HTTP_" + key
            environ[key] = environ[key] + ("; " if key == "HTTP_COOKIE" else ",") + value if key in environ else value
    if not request.body and request.header("content-length") is None:
        del environ["CONTENT_LENGTH"]
    return environ


class Body:
    """What the application returns, closed when it is over."""

    def __init__(self, written, pieces):
        self.written = written
        self.pieces = pieces

    def __iter__(self):
        yield from self.written
        yield from self.pieces

    def close(self):
        close = getattr(self.pieces, "close", None)
        if close:
            close()


def call(application, request, settings):
    state = {}
    written = []

    def start_response(status, headers, exc_info=None):
        state["status"] = int(status.split(" ", 1)[0])
        state["headers"] = headers
        return written.append

    pieces = application(environ_of(request, settings), start_response)
    if isinstance(pieces, (list, tuple)) or (hasattr(pieces, "__len__") and len(pieces) == 1):
        body = b"".join(written) + b"".join(pieces)
        response = Response(state["status"], state["headers"], body)
        close = getattr(pieces, "close", None)
        if close:
            close()
        return response
    iterator = Body(written, pieces)
    if "status" not in state:
        first = next(iter(pieces), b"")  # some applications begin only when they are asked
        written.append(first)
    return Response(state["status"], state["headers"], iterator)
