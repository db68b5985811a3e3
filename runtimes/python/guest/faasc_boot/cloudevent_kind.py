"""CloudEvent functions: def f(cloud_event)."""

from faasc_boot import event_reader, handler
from faasc_boot.answers import busy, crashed, timed_out
from faasc_boot.message import text_response
from faasc_boot.server import Server


def make_server(function, settings, load):
    module = load(function.MODULE)
    target = handler.find(module, function.NAME)

    def handle(request):
        if request.method != "POST":
            return text_response(405, "events are sent by POST", [("Allow", "POST")])
        try:
            events = event_reader.events_of(request)
        except event_reader.NoEvent as error:
            return text_response(400, str(error))
        for event in events:
            target(event)
        return text_response(200, "OK")

    return Server(settings, handle, crashed, timed_out(settings), busy)
