"""The events that Google's functions received before CloudEvents, as CloudEvents. The mapping is the one that Google
publishes with the conformance tests of its Functions Framework."""

import re

from faasc_boot.no_event import NoEvent

SERVICES = [
    ("providers/cloud.firestore/", "firestore.googleapis.com"),
    ("providers/google.firebase.analytics/", "firebaseanalytics.googleapis.com"),
    ("providers/firebase.auth/", "firebaseauth.googleapis.com"),
    ("providers/firebase.remoteConfig/", "firebaseremoteconfig.googleapis.com"),
    ("providers/google.firebase.database/", "firebasedatabase.googleapis.com"),
    ("providers/cloud.pubsub/", "pubsub.googleapis.com"),
    ("google.pubsub.", "pubsub.googleapis.com"),
    ("google.storage.object.", "storage.googleapis.com"),
    ("providers/cloud.storage/", "storage.googleapis.com"),
]
FIRESTORE = "google.cloud.firestore.document.v1."
DATABASE = "google.firebase.database.ref.v1."
STORAGE = "google.cloud.storage.object.v1."
PUBSUB = "google.cloud.pubsub.topic.v1.messagePublished"
TYPES = {
    "google.pubsub.topic.publish": PUBSUB,
    "providers/cloud.pubsub/eventTypes/topic.publish": PUBSUB,
    "google.storage.object.finalize": STORAGE + "finalized",
    "google.storage.object.delete": STORAGE + "deleted",
    "google.storage.object.archive": STORAGE + "archived",
    "google.storage.object.metadataUpdate": STORAGE + "metadataUpdated",
    "providers/cloud.storage/eventTypes/object.change": STORAGE + "finalized",
    "providers/cloud.firestore/eventTypes/document.write": FIRESTORE + "written",
    "providers/cloud.firestore/eventTypes/document.create": FIRESTORE + "created",
    "providers/cloud.firestore/eventTypes/document.update": FIRESTORE + "updated",
    "providers/cloud.firestore/eventTypes/document.delete": FIRESTORE + "deleted",
    "providers/firebase.auth/eventTypes/user.create": "google.firebase.auth.user.v1.created",
    "providers/firebase.auth/eventTypes/user.delete": "google.firebase.auth.user.v1.deleted",
    "providers/firebase.remoteConfig/remoteconfig.update": "google.firebase.remoteconfig.remoteConfig.v1.updated",
    "providers/google.firebase.analytics/eventTypes/event.log": "google.firebase.analytics.log.v1.written",
    "providers/google.firebase.database/eventTypes/ref.create": DATABASE + "created",
    "providers/google.firebase.database/eventTypes/ref.write": DATABASE + "written",
    "providers/google.firebase.database/eventTypes/ref.update": DATABASE + "updated",
    "providers/google.firebase.database/eventTypes/ref.delete": DATABASE + "deleted",
}


def text(value):
    return value if isinstance(value, str) else ""


def parts_of(item):
    """(context, data) of {"context": {...}, "data": {...}} or of its flat predecessor."""
    if not isinstance(item, dict):
        raise NoEvent("the body is not a JSON object")
    context = item.get("context")
    if not isinstance(context, dict):
        context = {name: value for name, value in item.items() if name != "data"}
    return context, item.get("data")


def resource_of(context):
    """(service, name); the service is empty where the event does not say it."""
    resource = context.get("resource")
    if isinstance(resource, dict):
        return text(resource.get("service")), text(resource.get("name"))
    return "", text(resource)


def convert(request, parse):
    """(attributes, data) of the CloudEvent."""
    item = parse(request.body)
    context, data = parts_of(item)
    kind = text(context.get("eventType"))
    service, resource = resource_of(context)
    if not service:
        service = next((name for prefix, name in SERVICES if kind.startswith(prefix)), "")
    if not service or kind not in TYPES:
        raise NoEvent("this is neither a CloudEvent nor an older event: unknown event type '%s'" % kind)
    attributes = {
        "specversion": "1.0", "id": text(context.get("eventId")), "type": TYPES[kind],
        "source": "//%s/%s" % (service, resource), "datacontenttype": "application/json",
    }
    if text(context.get("timestamp")):
        attributes["time"] = context["timestamp"]
    place = PLACES.get(service)
    if place:
        data = place(attributes, resource, item, data)
    return attributes, data


def storage(attributes, resource, item, data):
    match = re.match(r"^(projects/_/buckets/[^/]+)/(objects/.+?)(#\d*)?$", resource)
    if match:
        attributes["source"] = "//storage.googleapis.com/" + match.group(1)
        attributes["subject"] = match.group(2)
    return data


def firestore(attributes, resource, item, data):
    match = re.match(r"^(projects/[^/]+/databases/[^/]+)/(documents/.+)$", resource)
    if match:
        attributes["source"] = "//firestore.googleapis.com/" + match.group(1)
        attributes["subject"] = match.group(2)
    return data


def database(attributes, resource, item, data):
    domain = text(item.get("domain"))
    if not re.match(r"^[^.]+\.", domain):
        raise NoEvent("a database event needs a 'domain' such as firebaseio.com, but has '%s'" % domain)
    location = "us-central1" if domain == "firebaseio.com" else domain.partition(".")[0]
    match = re.match(r"^projects/_/(instances/[^/]+)/(refs/.+)$", resource)
    if match:
        attributes["source"] = "//firebasedatabase.googleapis.com/projects/_/locations/%s/%s" % (location, match.group(1))
        attributes["subject"] = match.group(2)
    return data


def auth(attributes, resource, item, data):
    if not isinstance(data, dict) or not text(data.get("uid")):
        raise NoEvent("an authentication event needs 'data.uid'")
    attributes["subject"] = "users/" + data["uid"]
    metadata = data.get("metadata")
    if isinstance(metadata, dict):
        renamed = {"createdAt": "createTime", "lastSignedInAt": "lastSignInTime"}
        data = dict(data, metadata={renamed.get(name, name): value for name, value in metadata.items()})
    return data


def pubsub(attributes, resource, item, data):
    if data is not None and not isinstance(data, dict):
        raise NoEvent("a Pub/Sub event's 'data' must be an object")
    message = dict(data or {})
    if attributes["id"]:
        message["messageId"] = attributes["id"]
    if "time" in attributes:
        message["publishTime"] = attributes["time"]
    return {"message": message}


PLACES = {
    "storage.googleapis.com": storage,
    "firestore.googleapis.com": firestore,
    "firebasedatabase.googleapis.com": database,
    "firebaseauth.googleapis.com": auth,
    "pubsub.googleapis.com": pubsub,
}
