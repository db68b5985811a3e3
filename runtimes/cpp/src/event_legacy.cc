#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "src/event_json.h"
#include "src/text.h"

namespace faasc::rt {

using google::cloud::functions::CloudEvent;

namespace {

// Which service an event type belongs to where the event does not say, and what CloudEvents calls it. From
// the mapping that Google publishes with the conformance tests of its Functions Framework.
struct ServiceRow {
  std::string_view prefix;
  std::string_view service;
};
constexpr ServiceRow kServices[] = {
    {"providers/cloud.firestore/", "firestore.googleapis.com"},
    {"providers/google.firebase.analytics/", "firebaseanalytics.googleapis.com"},
    {"providers/firebase.auth/", "firebaseauth.googleapis.com"},
    {"providers/firebase.remoteConfig/", "firebaseremoteconfig.googleapis.com"},
    {"providers/google.firebase.database/", "firebasedatabase.googleapis.com"},
    {"providers/cloud.pubsub/", "pubsub.googleapis.com"},
    {"google.pubsub.", "pubsub.googleapis.com"},
    {"google.storage.object.", "storage.googleapis.com"},
};

struct TypeRow {
  std::string_view legacy;
  std::string_view type;
};
constexpr TypeRow kTypes[] = {
    {"google.pubsub.topic.publish", "google.cloud.pubsub.topic.v1.messagePublished"},
    {"providers/cloud.pubsub/eventTypes/topic.publish", "google.cloud.pubsub.topic.v1.messagePublished"},
    {"google.storage.object.finalize", "google.cloud.storage.object.v1.finalized"},
    {"google.storage.object.delete", "google.cloud.storage.object.v1.deleted"},
    {"google.storage.object.archive", "google.cloud.storage.object.v1.archived"},
    {"google.storage.object.metadataUpdate", "google.cloud.storage.object.v1.metadataUpdated"},
    {"providers/cloud.firestore/eventTypes/document.write", "google.cloud.firestore.document.v1.written"},
    {"providers/cloud.firestore/eventTypes/document.create", "google.cloud.firestore.document.v1.created"},
    {"providers/cloud.firestore/eventTypes/document.update", "google.cloud.firestore.document.v1.updated"},
    {"providers/cloud.firestore/eventTypes/document.delete", "google.cloud.firestore.document.v1.deleted"},
    {"providers/firebase.auth/eventTypes/user.create", "google.firebase.auth.user.v1.created"},
    {"providers/firebase.auth/eventTypes/user.delete", "google.firebase.auth.user.v1.deleted"},
    {"providers/firebase.remoteConfig/remoteconfig.update",
     "google.firebase.remoteconfig.remoteConfig.v1.updated"},
    {"providers/google.firebase.analytics/eventTypes/event.log", "google.firebase.analytics.log.v1.written"},
    {"providers/google.firebase.database/eventTypes/ref.create", "google.firebase.database.ref.v1.created"},
    {"providers/google.firebase.database/eventTypes/ref.write", "google.firebase.database.ref.v1.written"},
    {"providers/google.firebase.database/eventTypes/ref.update", "google.firebase.database.ref.v1.updated"},
    {"providers/google.firebase.database/eventTypes/ref.delete", "google.firebase.database.ref.v1.deleted"},
};

struct Legacy {
  std::string type, service, id, resource, timestamp, source, subject;
};

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

/// In front of `at` and behind it, in `text`; nothing matches where one of them would be empty.
bool split(std::string_view text, std::string_view at, std::string_view& before, std::string_view& behind) {
  std::size_t const found = text.find(at);
  if (found == std::string_view::npos || found == 0 || found + at.size() == text.size()) return false;
  before = text.substr(0, found);
  behind = text.substr(found + at.size());
  return before.find('/') == std::string_view::npos;
}

Json const& member(Json const& json, std::string_view name) {
  static Json const kNull;
  if (!json.is_object()) return kNull;
  auto const found = json.find(name);
  return found == json.end() ? kNull : *found;
}

std::string service_of(std::string const& type) {
  for (ServiceRow const& row : kServices) {
    if (starts_with(type, row.prefix)) return std::string(row.service);
  }
  throw std::invalid_argument("neither a CloudEvent nor an older event: unknown event type '" + type + "'");
}

std::string cloud_event_type(std::string const& type) {
  for (TypeRow const& row : kTypes) {
    if (row.legacy == type) return std::string(row.type);
  }
  if (starts_with(type, "google.storage.object.")) return type;
  throw std::invalid_argument("unknown event type '" + type + "'");
}

Legacy read_legacy(Json const& json) {
  Json const& context = member(json, "context");
  Json const& resource = member(context, "resource");
  auto const either = [](std::string first, std::string second) { return first.empty() ? second : first; };
  Legacy legacy;
  legacy.type = either(string_or_empty(context, "eventType"), string_or_empty(json, "eventType"));
  legacy.service = string_or_empty(resource, "service");
  if (legacy.service.empty()) legacy.service = service_of(legacy.type);
  legacy.id = either(string_or_empty(context, "eventId"), string_or_empty(json, "eventId"));
  legacy.timestamp = either(string_or_empty(context, "timestamp"), string_or_empty(json, "timestamp"));
  legacy.resource = either(either(string_or_empty(resource, "name"), string_or_empty(context, "resource")),
                           string_or_empty(json, "resource"));
  legacy.source = "//" + legacy.service + "/" + legacy.resource;
  return legacy;
}

CloudEvent make_event(Legacy const& legacy, Json const& data) {
  CloudEvent event(legacy.id, legacy.source, cloud_event_type(legacy.type));
  if (!legacy.timestamp.empty()) event.set_time(legacy.timestamp);
  if (!legacy.subject.empty()) event.set_subject(legacy.subject);
  event.set_data_content_type("application/json");
  event.set_data(data.dump());
  return event;
}

/// projects/_/buckets/B/objects/O#generation
void place_storage(Legacy& legacy) {
  constexpr std::string_view kPrefix = "projects/_/buckets/";
  std::string_view bucket, object;
  if (!starts_with(legacy.resource, kPrefix)) return;
  if (!split(std::string_view(legacy.resource).substr(kPrefix.size()), "/objects/", bucket, object)) return;
  std::size_t const hash = object.rfind('#');
  if (hash != std::string_view::npos &&
      object.find_first_not_of("0123456789", hash + 1) == std::string_view::npos) {
    object = object.substr(0, hash);
  }
  legacy.source = "//storage.googleapis.com/" + std::string(kPrefix) + std::string(bucket);
  legacy.subject = "objects/" + std::string(object);
}

/// projects/_/instances/I/refs/R, in the place that the database's domain names
void place_database(Legacy& legacy, Json const& json) {
  std::string const domain = string_or_empty(json, "domain");
  std::size_t const dot = domain.find('.');
  if (dot == std::string::npos || dot == 0) {
    throw std::invalid_argument("a database event needs a 'domain' such as firebaseio.com, but has '" +
                                domain + "'");
  }
  std::string const location = domain == "firebaseio.com" ? "us-central1" : domain.substr(0, dot);
  constexpr std::string_view kPrefix = "projects/_/instances/";
  std::string_view instance, ref;
  if (!starts_with(legacy.resource, kPrefix)) return;
  if (!split(std::string_view(legacy.resource).substr(kPrefix.size()), "/refs/", instance, ref)) return;
  legacy.source = "//firebasedatabase.googleapis.com/projects/_/locations/" + location + "/instances/" +
                  std::string(instance);
  legacy.subject = "refs/" + std::string(ref);
}

/// projects/P/databases/D/documents/X
void place_firestore(Legacy& legacy) {
  constexpr std::string_view kPrefix = "projects/";
  std::string_view project, rest, database, document;
  if (!starts_with(legacy.resource, kPrefix)) return;
  if (!split(std::string_view(legacy.resource).substr(kPrefix.size()), "/databases/", project, rest)) return;
  if (!split(rest, "/documents/", database, document)) return;
  legacy.source =
      "//firestore.googleapis.com/projects/" + std::string(project) + "/databases/" + std::string(database);
  legacy.subject = "documents/" + std::string(document);
}

Json auth_data(Legacy& legacy, Json const& json) {
  Json data = member(json, "data");
  std::string const user = string_or_empty(data, "uid");
  if (user.empty()) throw std::invalid_argument("an authentication event needs 'data.uid'");
  if (!member(data, "metadata").is_object())
    throw std::invalid_argument("an authentication event needs 'data.metadata'");
  legacy.subject = "users/" + user;
  Json& metadata = data["metadata"];
  constexpr std::pair<char const*, char const*> kRenamed[] = {{"createdAt", "createTime"},
                                                              {"lastSignedInAt", "lastSignInTime"}};
  for (auto const& [before, after] : kRenamed) {
    std::string value = string_or_empty(metadata, before);
    if (value.empty()) continue;
    metadata.erase(before);
    metadata[after] = std::move(value);
  }
  return data;
}

Json pubsub_data(Legacy const& legacy, Json const& json) {
  Json message = member(json, "data");
  if (!message.is_object() && !message.is_null())
    throw std::invalid_argument("a Pub/Sub event's 'data' must be an object");
  if (!legacy.id.empty()) message["messageId"] = legacy.id;
  if (!legacy.timestamp.empty()) message["publishTime"] = legacy.timestamp;
  Json data = Json::object();
  data["message"] = std::move(message);
  return data;
}

}  // namespace

CloudEvent event_from_legacy_json(Json const& json) {
  if (!json.is_object()) throw std::invalid_argument("the event is not a JSON object");
  Legacy legacy = read_legacy(json);
  if (legacy.service == "pubsub.googleapis.com") return make_event(legacy, pubsub_data(legacy, json));
  if (legacy.service == "firebaseauth.googleapis.com") {
    Json const data = auth_data(legacy, json);
    return make_event(legacy, data);
  }
  if (legacy.service == "storage.googleapis.com") {
    place_storage(legacy);
  } else if (legacy.service == "firebasedatabase.googleapis.com") {
    place_database(legacy, json);
  } else if (legacy.service == "firestore.googleapis.com") {
    place_firestore(legacy);
  }
  return make_event(legacy, member(json, "data"));
}

}  // namespace faasc::rt
