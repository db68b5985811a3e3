"""CloudEvents out of requests: the HTTP binding of CloudEvents 1.0, and the shape that Google's functions received
before it."""

import json

from cloudevents.http import CloudEvent

from faasc_boot.no_event import NoEvent
from faasc_boot.percent import decode_value

REQUIRED = ("id", "source", "specversion", "type")


def events_of(request):
    content_type = (request.header("content-type") or "").strip().lower()
    if content_type.startswith("application/cloudevents-batch"):
        items = parse(request.body)
        if not isinstance(items, list):
            raise NoEvent("a batch of events is a JSON array, and this is none")
        return [structured(item) for item in items]
    if content_type.startswith("application/cloudevents"):
        return [structured(parse(request.body))]
    attributes = binary_attributes(request)
    if any(name in attributes for name in ("id", "source", "type", "specversion")):
        return [binary(request, attributes, content_type)]
    from faasc_boot.legacy_event import convert

    return [CloudEvent(*convert(request, parse))]


def parse(body):
    try:
        return json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise NoEvent("the body is not JSON: %s" % error) from None


def check(attributes):
    missing = [name for name in REQUIRED if not attributes.get(name)]
    if missing:
        raise NoEvent("this is no CloudEvent: it lacks %s" % ", ".join(missing))
    if attributes["specversion"] not in ("0.3", "1.0"):
        raise NoEvent("specversion is '%s', but must be 0.3 or 1.0" % attributes["specversion"])


def structured(item):
    if not isinstance(item, dict):
        raise NoEvent("a structured event is a JSON object, and this is none")
    attributes = {name: value for name, value in item.items() if name not in ("data", "data_base64")}
    check(attributes)
    data = item.get("data")
    if data is None and isinstance(item.get("data_base64"), str):
        import base64

        try:
            data = base64.b64decode(item["data_base64"], validate=True)
        except ValueError:
            raise NoEvent("data_base64 is not base64") from None
    return CloudEvent(attributes, data)


def binary_attributes(request):
    attributes = {}
    for name, value in request.headers:
        if name.lower().startswith("ce-"):
            try:
                attributes[name.lower()[3:]] = decode_value(value)
            except UnicodeDecodeError:
                raise NoEvent("header %s is not UTF-8" % name) from None
    return attributes


def is_json(content_type):
    media = content_type.partition(";")[0].strip()
    return media.endswith(("/json", "+json"))


def binary(request, attributes, content_type):
    check(attributes)
    data = request.body or None
    if content_type:
        attributes["datacontenttype"] = request.header("content-type")
    if data is not None and (not content_type or is_json(content_type)):
        data = parse(data)
    elif data is not None and content_type.startswith("text/"):
        try:
            data = data.decode("utf-8")
        except UnicodeDecodeError:
            pass
    return CloudEvent(attributes, data)
