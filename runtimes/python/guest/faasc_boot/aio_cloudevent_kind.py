"""CloudEvent functions of functions_framework.aio: def f(cloud_event), asynchronous or not."""

import sys

from faasc_boot import event_reader, handler
from faasc_boot.answers import busy, crashed_plainly, timed_out
from faasc_boot.asgi import Loop
from faasc_boot.message import text_response
from faasc_boot.server import Server


def answer_of(error):
    """The answer that a starlette HTTPException stands for; None for what is none. Only a function that imported
    starlette can raise one."""
    exceptions = sys.modules.get("starlette.exceptions")
    if exceptions is None or not isinstance(error, exceptions.HTTPException):
        return None
    return text_response(error.status_code, error.detail, list((error.headers or {}).items()))


def make_server(function, settings, load):
    module = load(function.MODULE)
    target = handler.find(module, function.NAME)
    loop = Loop()

    def handle(request):
        if request.method != "POST":
            return text_response(405, "events are sent by POST", [("Allow", "POST")])
        try:
            events = event_reader.events_of(request)
        except event_reader.NoEvent as error:
            return text_response(400, str(error))
        try:
            for event in events:
                loop.call(target, event)
        except Exception as error:
            answer = answer_of(error)
            if answer is None:
                raise
            return answer
        return text_response(200, "OK")

    return Server(settings, handle, crashed_plainly, timed_out(settings), busy)
