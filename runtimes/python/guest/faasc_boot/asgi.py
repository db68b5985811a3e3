"""Calls an ASGI application for a Request."""

import asyncio
import inspect
import threading

from faasc_boot.message import Response

# Pieces of a response that the application is ahead of the client.
AHEAD = 8
# What an application does once its response is complete is mostly nothing.
MOMENT = 0.01


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


class Exchange:
    """One call. Everything here runs in the loop."""

    def __init__(self, request):
        self.request = request
        self.status = None
        self.headers = []
        self.pieces = asyncio.Queue(AHEAD)  # (body, whether more follows)
        self.received = False
        self.over = asyncio.Event()  # the response is complete, or nobody wants it any more
        self.task = None

    async def receive(self):
        if self.received:
            await self.over.wait()
            return {"type": "http.disconnect"}
        self.received = True
        return {"type": "http.request", "body": self.request.body, "more_body": False}

    async def send(self, message):
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message.get("headers", [])]
        elif message["type"] == "http.response.body" and not self.over.is_set():
            if self.status is None:
                raise RuntimeError("the function sent a body before the response's start")
            more = message.get("more_body", False)
            await self.pieces.put((bytes(message.get("body", b"")), more))
            if not more:
                self.over.set()

    async def begin(self, application, scope):
        """The first piece of the response."""
        self.task = asyncio.ensure_future(application(scope, self.receive, self.send))
        first = await self.next()
        if first is None:
            raise RuntimeError("the function returned without a response")
        if not first[1]:
            await asyncio.wait({self.task}, timeout=MOMENT)
        return first

    async def next(self):
        """The next piece, or None where the application ended without one. What it raised is raised here."""
        getter = asyncio.ensure_future(self.pieces.get())
        await asyncio.wait({getter, self.task}, return_when=asyncio.FIRST_COMPLETED)
        if getter.done():
            return getter.result()
        getter.cancel()
        self.task.result()
        return None

    async def end(self):
        """Waits for what the application does after its response."""
        await asyncio.wait({self.task})
        self.task.result()

    async def abandon(self):
        """The client is gone: what is still sent goes nowhere."""
        self.over.set()
        while not self.pieces.empty():
            self.pieces.get_nowait()


class Pieces:
    """The body of a response that is sent while the application makes it."""

    def __init__(self, loop, exchange, first):
        self.loop = loop
        self.exchange = exchange
        self.first = first

    def __iter__(self):
        piece = self.first
        while True:
            yield piece[0]
            if not piece[1]:
                return self.loop.run(self.exchange.end())
            piece = self.loop.run(self.exchange.next())
            if piece is None:
                raise RuntimeError("the function ended in the middle of its response")

    def close(self):
        self.loop.run(self.exchange.abandon())


def respond(loop, application, request, settings):
    """The response as soon as it begins."""

    async def begin():
        exchange = Exchange(request)
        return exchange, await exchange.begin(application, scope_of(request, settings))

    exchange, first = loop.run(begin())
    body, more = first
    if not more and exchange.task.done():
        exchange.task.result()
        return Response(exchange.status, exchange.headers, body)
    headers = exchange.headers
    if not more and not any(name.lower() == "content-length" for name, _ in headers):
        headers = headers + [("Content-Length", str(len(body)))]
    return Response(exchange.status, headers, Pieces(loop, exchange, first))
