"""ASGI functions: async def handle(scope, receive, send), and Knative's new(), which makes an object with such a
method and, if it likes, start(), stop(), alive() and ready()."""

import os

from faasc_boot import handler
from faasc_boot.answers import busy, crashed, timed_out
from faasc_boot.asgi import Loop, respond
from faasc_boot.routes import Health
from faasc_boot.server import Server


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
        return respond(loop, application, request, settings)

    server = Server(settings, handle, crashed, timed_out(settings), busy, health)
    if stop:
        server.on_stop = lambda: loop.call(stop)
    return server
