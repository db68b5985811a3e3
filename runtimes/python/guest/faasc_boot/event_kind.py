"""Google's functions from before CloudEvents: def f(event, context), called with the data and a Context. CloudEvents
are converted, so that a trigger of today works, too."""

from faasc_boot import event_reader, handler
from faasc_boot.answers import busy, crashed, timed_out
from faasc_boot.legacy_event import TYPES, parts_of, resource_of
from faasc_boot.message import text_response
from faasc_boot.server import Server

OLD_TYPES = {new: old for old, new in reversed(list(TYPES.items()))}


class Context:
    """What the second argument tells about the event."""

    def __init__(self, event_id="", timestamp="", event_type="", resource=None):
        self.event_id = event_id
        self.timestamp = timestamp
        self.event_type = event_type
        self.resource = resource if resource is not None else {}

    def __str__(self):
        return "{event_id: %s, timestamp: %s, event_type: %s, resource: %s}" % (
            self.event_id, self.timestamp, self.event_type, self.resource)


def from_cloud_event(event):
    """(data, Context)"""
    attributes = event.get_attributes() if hasattr(event, "get_attributes") else dict(event)
    source = attributes.get("source", "")
    service, _, name = source[2:].partition("/") if source.startswith("//") else ("", "", source)
    if attributes.get("subject"):
        name += "/" + attributes["subject"]
    data = event.data
    if service == "pubsub.googleapis.com" and isinstance(data, dict) and isinstance(data.get("message"), dict):
        data = {key: value for key, value in data["message"].items() if key not in ("messageId", "publishTime")}
    kind = attributes.get("type", "")
    return data, Context(attributes.get("id", ""), str(attributes.get("time", "")), OLD_TYPES.get(kind, kind),
                         {"service": service, "name": name, "type": ""})


def arguments_of(request):
    headers = {name.lower() for name, _ in request.headers}
    content_type = (request.header("content-type") or "").strip().lower()
    if content_type.startswith("application/cloudevents") or "ce-id" in headers:
        return [from_cloud_event(event) for event in event_reader.events_of(request)]
    item = event_reader.parse(request.body)
    context, data = parts_of(item)
    if not context.get("eventId") and not context.get("eventType"):
        raise event_reader.NoEvent("this is no event: it has neither eventId nor eventType")
    service, name = resource_of(context)
    resource = context.get("resource") if isinstance(context.get("resource"), (dict, str)) else {"service": service, "name": name}
    return [(data, Context(context.get("eventId", ""), context.get("timestamp", ""), context.get("eventType", ""), resource))]


def make_server(function, settings, load):
    module = load(function.MODULE)
    target = handler.find(module, function.NAME)

    def handle(request):
        if request.method == "GET":
            return text_response(200, "")  # what load balancers ask
        if request.method != "POST":
            return text_response(405, "events are sent by POST", [("Allow", "POST")])
        try:
            arguments = arguments_of(request)
        except event_reader.NoEvent as error:
            return text_response(400, str(error))
        for data, context in arguments:
            target(data, context)
        return text_response(200, "OK")

    return Server(settings, handle, crashed, timed_out(settings), busy)
