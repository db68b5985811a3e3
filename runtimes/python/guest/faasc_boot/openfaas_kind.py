"""OpenFaaS handlers of the python3-http template: def handle(event, context), which returns a dictionary with
statusCode, headers and body."""

import json
import socket

from faasc_boot import handler
from faasc_boot.answers import busy, crashed, timed_out
from faasc_boot.message import Response
from faasc_boot.server import Server


class Headers(dict):
    """Request headers; names in any case."""

    def __init__(self, pairs):
        super().__init__()
        for name, value in pairs:
            name = "-".join(part.capitalize() for part in name.split("-"))
            self[name] = self[name] + "," + value if name in self else value

    def get(self, name, default=None):
        return super().get("-".join(part.capitalize() for part in name.split("-")), default)


class Query(dict):
    """The first value of each name by subscript, all of them by getlist()."""

    def __init__(self, text):
        from urllib.parse import parse_qs

        self.lists = parse_qs(text, keep_blank_values=True)
        super().__init__((name, values[0]) for name, values in self.lists.items())

    def getlist(self, name):
        return self.lists.get(name, [])


class Event:
    def __init__(self, request):
        self.body = request.body
        self.headers = Headers(request.headers)
        self.method = request.method
        self.query = Query(request.query)
        self.path = request.path


class Context:
    def __init__(self, hostname):
        self.hostname = hostname


def response_of(result):
    if result is None:
        return Response(200, [], b"")
    if not isinstance(result, dict):
        result = {"body": result}
    status = result.get("statusCode", 200)
    given = result.get("headers") or {}
    headers = list(given.items() if isinstance(given, dict) else given)
    body = result.get("body", "")
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
        if not any(name.lower() == "content-type" for name, _ in headers):
            headers.append(("Content-Type", "application/json"))
    if isinstance(body, str):
        body = body.encode("utf-8")
    elif not isinstance(body, (bytes, bytearray)):
        body = str("" if body is None else body).encode("utf-8")
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "text/html; charset=utf-8"))
    return Response(int(status), headers, bytes(body))


def make_server(function, settings, load):
    module = load(function.MODULE)
    target = handler.find(module, function.NAME)
    context = Context(socket.gethostname())

    def handle(request):
        return response_of(target(Event(request), context))

    return Server(settings, handle, crashed, timed_out(settings), busy)
