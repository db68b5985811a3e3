"""An event as handlers receive it, and as they send it."""

import base64
import datetime
import json
import os

from cloudevents.exceptions import InvalidRequiredFields, MissingRequiredFields

__all__ = ["CloudEvent", "to_binary", "to_json", "to_structured"]


class CloudEvent:
    """Attributes by subscript, the payload as `data`."""

    def __init__(self, attributes, data=None):
        self._attributes = {name.lower(): value for name, value in dict(attributes).items()}
        self.data = data
        self._attributes.setdefault("specversion", "1.0")
        self._attributes.setdefault("id", os.urandom(16).hex())
        self._attributes.setdefault("time", datetime.datetime.now(datetime.timezone.utc).isoformat())
        if self._attributes["specversion"] not in ("0.3", "1.0"):
            raise InvalidRequiredFields("specversion '%s' is neither 0.3 nor 1.0" % self._attributes["specversion"])
        missing = [name for name in ("source", "type") if name not in self._attributes]
        if missing:
            raise MissingRequiredFields("the event lacks %s" % ", ".join(missing))

    @classmethod
    def create(cls, attributes, data):
        return cls(attributes, data)

    def get_attributes(self):
        return dict(self._attributes)

    def get_data(self):
        return self.data

    def get(self, key, default=None):
        return self._attributes.get(key, default)

    def __getitem__(self, key):
        return self._attributes[key]

    def __setitem__(self, key, value):
        self._attributes[key] = value

    def __delitem__(self, key):
        del self._attributes[key]

    def __iter__(self):
        return iter(self._attributes)

    def __len__(self):
        return len(self._attributes)

    def __contains__(self, key):
        return key in self._attributes

    def __eq__(self, other):
        return isinstance(other, CloudEvent) and (self._attributes, self.data) == (other._attributes, other.data)

    __hash__ = None

    def __repr__(self):
        return str({"attributes": self._attributes, "data": self.data})


def _as_dict(event):
    out = event.get_attributes()
    if isinstance(event.data, (bytes, bytearray)):
        out["data_base64"] = base64.b64encode(event.data).decode()
    elif event.data is not None:
        out["data"] = event.data
    return out


def to_json(event):
    return json.dumps(_as_dict(event)).encode()


def to_structured(event):
    """(headers, body)"""
    return {"content-type": "application/cloudevents+json"}, to_json(event)


def to_binary(event):
    """(headers, body)"""
    headers = {"ce-" + name: str(value) for name, value in event.get_attributes().items() if name != "datacontenttype"}
    if event.get("datacontenttype"):
        headers["content-type"] = event["datacontenttype"]
    data = event.data
    return headers, data if isinstance(data, (bytes, bytearray)) else json.dumps(data).encode()
