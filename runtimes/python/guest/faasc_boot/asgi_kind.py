"""ASGI functions: async def handle(scope, receive, send), and Knative's new(), which makes an object with such a
method and, if it likes, start(), stop(), alive() and ready()."""

import asyncio
import inspect
import os
import threading

from faasc_boot import handler
from faasc_boot.answers import busy, crashed, timed_out
from faasc_boot.message import Response
from faasc_boot.routes import Health
from faasc_boot.server import Server


class Loop:
    """An event loop in a thread of its own, for all calls."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, name="faasc-asyncio", daemon=True).start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    def call(self, function, *arguments):
        """Calls a function that may be asynchronous."""
        result = function(*arguments)
        return self.run(result) if inspect.isawaitable(result) else result


def scope_of(request, settings):
    from urllib.parse import unquote

    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": request.version,
        "method": request.method,
        "scheme": "http",
        "path": unquote(request.path),
        "raw_path": request.path.encode("latin-1"),
        "query_string": request.query.encode("latin-1"),
        "root_path": "",
        "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.headers],
        "client": (request.peer, 0),
        "server": ("0.0.0.0", settings.port),
    }


async def respond(application, request, settings):
    status, headers, body = 500, [], bytearray()
    finished = asyncio.Event()
    received = False

    async def receive():
        nonlocal received
        if received:
            await finished.wait()
            return {"type": "http.disconnect"}
        received = True
        return {"type": "http.request", "body": request.body, "more_body": False}

    async def send(message):
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message.get("headers", [])]
        elif message["type"] == "http.response.body":
            body.extend(message.get("body", b""))
            if not message.get("more_body", False):
                finished.set()

    await application(scope_of(request, settings), receive, send)
    if not finished.is_set() and status == 500 and not headers:
        raise RuntimeError("the function returned without a response")
    return Response(status, headers, bytes(body))


def make_server(function, settings, load):
    module = load(function.MODULE)
    target = handler.find(module, function.NAME)
    loop = Loop()
    health = Health()
    stop = None
    application = target
    if function.NAME == "new":
        instance = target()
        application = handler.method(instance, "handle")
        start = getattr(instance, "start", None)
        if start:
            loop.call(start, dict(os.environ))
        stop = getattr(instance, "stop", None)
        for name in ("alive", "ready"):
            probe = getattr(instance, name, None)
            if probe:
                setattr(health, name, lambda probe=probe: loop.call(probe))

    def handle(request):
        return loop.run(respond(application, request, settings))

    server = Server(settings, handle, crashed, timed_out(settings), busy, health)
    if stop:
        server.on_stop = lambda: loop.call(stop)
    return server
