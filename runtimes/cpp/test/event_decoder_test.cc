#include "src/event_decoder.h"

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace faasc::rt {
namespace {

using google::cloud::functions::CloudEvent;
using google::cloud::functions::HttpRequest;
using Headers = std::vector<std::pair<std::string, std::string>>;

HttpRequest request(Headers const& headers, std::string body) {
  HttpRequest result;
  result.set_verb("POST").set_target("/").set_payload(std::move(body));
  for (auto const& [name, value] : headers) result.add_header(name, value);
  return result;
}

HttpRequest structured(std::string body) {
  return request({{"content-type", "application/cloudevents+json"}}, std::move(body));
}
HttpRequest json(std::string body) {
  return request({{"Content-Type", "application/json"}}, std::move(body));
}

/// Every attribute, "-" where there is none, the time in nanoseconds.
std::string describe(CloudEvent const& event) {
  std::string text = "id=" + event.id() + " source=" + event.source() + " type=" + event.type() +
                     " v=" + event.spec_version();
  auto const add = [&](char const* name, std::optional<std::string> const& value) {
    if (value) text += std::string(" ") + name + "=" + *value;
  };
  add("subject", event.subject());
  add("datacontenttype", event.data_content_type());
  add("dataschema", event.data_schema());
  if (event.time()) text += " time=" + std::to_string(event.time()->time_since_epoch().count());
  add("data", event.data());
  return text;
}

std::string decoded(HttpRequest const& request) {
  try {
    std::string text;
    for (CloudEvent const& event : decode_events(request))
      text += (text.empty() ? "" : "\n") + describe(event);
    return text;
  } catch (std::invalid_argument const& thrown) {
    return std::string("error: ") + thrown.what();
  }
}

TEST(BinaryEvent, HasItsAttributesInHeaders) {
  EXPECT_EQ(decoded(request({{"CE-ID", "1"},
                             {"ce-Source", "//pubsub/t%20x"},
                             {"ce-type", "a.b"},
                             {"ce-specversion", "1.0"},
                             {"ce-subject", "\"quo%22ted\""},
                             {"ce-dataschema", "http://schema"},
                             {"ce-time", "1970-01-01T00:00:01Z"},
                             {"content-type", "text/plain; x=%20"},
                             {"content-length", "4"}},
                            "data")),
            "id=1 source=//pubsub/t x type=a.b v=1.0 subject=quo\"ted datacontenttype=text/plain; x=%20 "
            "dataschema=http://schema "
            "time=1000000000 data=data");
  EXPECT_EQ(decoded(request({{"ce-id", "1"}, {"ce-source", "s"}, {"ce-type", "t"}}, "")),
            "id=1 source=s type=t v=1.0");
  EXPECT_EQ(
      decoded(request({{"ce-id", "1"}, {"ce-source", "s"}, {"ce-type", "t"}, {"content-length", "0"}}, "")),
      "id=1 source=s type=t v=1.0 data=");
  EXPECT_EQ(decoded(request(
                {{"ce-id", "1"}, {"ce-source", "s"}, {"ce-type", "t"}, {"content-type", "application/json"}},
                "{}")),
            "id=1 source=s type=t v=1.0 datacontenttype=application/json data={}");
  EXPECT_EQ(decoded(request({{"ce-id", "1"},
                             {"ce-source", "s"},
                             {"ce-type", "t"},
                             {"ce-datacontenttype", "x/y"},
                             {"content-type", "x/y"}},
                            "")),
            "id=1 source=s type=t v=1.0 datacontenttype=x/y");
}

TEST(BinaryEvent, IsRefusedWhereItIsIncomplete) {
  EXPECT_EQ(decoded(request({}, "")), "error: the event has no header 'ce-id'");
  EXPECT_EQ(decoded(request({{"ce-id", "1"}}, "")), "error: the event has no header 'ce-source'");
  EXPECT_EQ(decoded(request({{"ce-id", "1"}, {"ce-source", "s"}}, "")),
            "error: the event has no header 'ce-type'");
  EXPECT_EQ(decoded(request({{"ce-id", "%ff"}, {"ce-source", "s"}, {"ce-type", "t"}}, "")),
            "error: header 'ce-id' is not UTF-8");
  EXPECT_EQ(decoded(request({{"ce-id", "1"}, {"ce-source", "s"}, {"ce-type", "t"}, {"ce-time", "noon"}}, "")),
            "error: 'noon' is not an RFC 3339 time");
  EXPECT_EQ(decoded(request({{"ce-id", "1"},
                             {"ce-source", "s"},
                             {"ce-type", "t"},
                             {"ce-datacontenttype", "x/y"},
                             {"content-type", "x/z"}},
                            "")),
            "error: 'ce-datacontenttype' and 'Content-Type' differ");
}

TEST(StructuredEvent, IsAJsonObject) {
  EXPECT_EQ(
      decoded(structured(
          R"({"specversion":"1.0","id":"1","source":"s","type":"t","subject":"x","time":"1970-01-01T00:00:01Z",
      "datacontenttype":"application/json","dataschema":"u","ext":"ignored","data":{"b":1,"a":[true,null,1.5,"\u20ac"]}})")),
      "id=1 source=s type=t v=1.0 subject=x datacontenttype=application/json dataschema=u time=1000000000 "
      "data={\"a\":[true,null,1.5,\"\xE2\x82\xAC\"],\"b\":1}");
  EXPECT_EQ(decoded(structured(R"({"id":"1","source":"s","type":"t","data":"text"})")),
            "id=1 source=s type=t v=1.0 data=text");
  EXPECT_EQ(decoded(structured(R"({"id":"1","source":"s","type":"t","data":[1]})")),
            "id=1 source=s type=t v=1.0 data=[1]");
  EXPECT_EQ(decoded(structured(R"({"id":"1","source":"s","type":"t","data":null})")),
            "id=1 source=s type=t v=1.0");
  EXPECT_EQ(decoded(structured(R"({"id":"1","source":"s","type":"t","subject":null,"data_base64":"aGk"})")),
            "id=1 source=s type=t v=1.0 data=hi");
}

TEST(StructuredEvent, IsRefusedWhereItIsWrong) {
  std::pair<std::string, char const*> const cases[] = {
      {"", "error: the body is not JSON"},
      {"{\"id\":", "error: the body is not JSON"},
      {"{\"id\":\"\xFF\"}", "error: the body is not JSON"},
      {"[]", "error: the event is not a JSON object"},
      {"{}", "error: the event has no 'id', or it is not a string"},
      {R"({"id":1,"source":"s","type":"t"})", "error: the event has no 'id', or it is not a string"},
      {R"({"id":"1","type":"t"})", "error: the event has no 'source', or it is not a string"},
      {R"({"id":"1","source":"s"})", "error: the event has no 'type', or it is not a string"},
      {R"({"id":"1","source":"s","type":"t","subject":5})", "error: the event's 'subject' is not a string"},
      {R"({"id":"1","source":"s","type":"t","time":"1970"})", "error: '1970' is not an RFC 3339 time"},
      {R"({"id":"1","source":"s","type":"t","data_base64":"a"})",
       "error: the event's 'data_base64' is not base64"},
      {std::string(100000, '['), "error: the JSON is nested deeper than 200 levels"},
  };
  for (auto const& [body, error] : cases) EXPECT_EQ(decoded(structured(body)), error) << body.substr(0, 80);
}

TEST(Batch, HoldsAnyNumberOfEvents) {
  auto const batch = [](std::string body) {
    return decoded(request({{"Content-Type", "application/cloudevents-batch+json"}}, std::move(body)));
  };
  EXPECT_EQ(batch("[]"), "");
  EXPECT_EQ(batch(R"([{"id":"1","source":"s","type":"t"},{"id":"2","source":"s","type":"t","data":"x"}])"),
            "id=1 source=s type=t v=1.0\nid=2 source=s type=t v=1.0 data=x");
  EXPECT_EQ(batch("{}"), "error: a batch of events must be a JSON array");
  EXPECT_EQ(batch("[1]"), "error: the event is not a JSON object");
}

TEST(StorageNotification, BecomesTheStorageEvent) {
  std::string const message =
      R"({"message":{"attributes":{"notificationConfig":"n","eventType":"OBJECT_FINALIZE",
      "payloadFormat":"JSON_API_V1","bucketId":"b","objectId":"folder/o","objectGeneration":"1"},"data":"eyJhIjoxfQ=="}})";
  Headers const headers = {{"ce-id", "1"},
                           {"ce-source", "//pubsub"},
                           {"ce-type", "google.cloud.pubsub.topic.v1.messagePublished"},
                           {"ce-time", "1970-01-01T00:00:01Z"},
                           {"content-type", "application/json"}};
  EXPECT_EQ(decoded(request(headers, message)),
            "id=1 source=//storage.googleapis.com/projects/_/buckets/b "
            "type=google.cloud.storage.object.v1.finalized v=1.0 "
            "subject=objects/folder/o datacontenttype=application/json "
            "dataschema=google.events.cloud.storage.v1.StorageObjectData "
            "time=1000000000 data={\"a\":1}");
  std::string other = message;
  other.replace(other.find("OBJECT_FINALIZE"), 15, "OBJECT_IMAGINED");
  EXPECT_EQ(decoded(request(headers, other)).substr(0, 60),
            "id=1 source=//pubsub type=google.cloud.pubsub.topic.v1.messa");
  EXPECT_EQ(decoded(request(headers, R"({"message":{"data":"x"}})")).substr(0, 20), "id=1 source=//pubsub");
  EXPECT_EQ(decoded(request(headers, "{")), "error: the body is not JSON");
}

struct LegacyRow {
  std::string body;
  std::string event;
};

TEST(LegacyEvent, IsConverted) {
  LegacyRow const cases[] = {
      {R"({"context":{"eventId":"e","timestamp":"1970-01-01T00:00:01.000Z","eventType":"google.pubsub.topic.publish",
           "resource":{"service":"pubsub.googleapis.com","name":"projects/p/topics/t","type":"x"}},
           "data":{"@type":"y","attributes":{"k":"v"},"data":"aGk="}})",
       "id=e source=//pubsub.googleapis.com/projects/p/topics/t "
       "type=google.cloud.pubsub.topic.v1.messagePublished v=1.0 "
       "datacontenttype=application/json time=1000000000 "
       R"(data={"message":{"@type":"y","attributes":{"k":"v"},"data":"aGk=","messageId":"e","publishTime":"1970-01-01T00:00:01.000Z"}})"},
      {R"({"context":{"eventId":"e","eventType":"google.storage.object.finalize",
           "resource":{"service":"storage.googleapis.com","name":"projects/_/buckets/b/objects/a/b.txt#147"}},"data":{"n":1}})",
       "id=e source=//storage.googleapis.com/projects/_/buckets/b "
       "type=google.cloud.storage.object.v1.finalized v=1.0 "
       "subject=objects/a/b.txt datacontenttype=application/json data={\"n\":1}"},
      {R"({"eventId":"e","eventType":"providers/cloud.firestore/eventTypes/document.write",
           "resource":"projects/p/databases/(default)/documents/c/d","data":{"n":1}})",
       "id=e source=//firestore.googleapis.com/projects/p/databases/(default) "
       "type=google.cloud.firestore.document.v1.written v=1.0 "
       "subject=documents/c/d datacontenttype=application/json data={\"n\":1}"},
      {R"({"eventId":"e","eventType":"providers/google.firebase.database/eventTypes/ref.write","domain":"europe-west1.firebasedatabase.app",
           "resource":"projects/_/instances/i/refs/a/b","data":{"n":1}})",
       "id=e source=//firebasedatabase.googleapis.com/projects/_/locations/europe-west1/instances/i "
       "type=google.firebase.database.ref.v1.written v=1.0 subject=refs/a/b datacontenttype=application/json "
       "data={\"n\":1}"},
      {R"({"eventId":"e","eventType":"providers/google.firebase.database/eventTypes/ref.write","domain":"firebaseio.com",
           "resource":"projects/_/instances/i/refs/a","data":null})",
       "id=e source=//firebasedatabase.googleapis.com/projects/_/locations/us-central1/instances/i "
       "type=google.firebase.database.ref.v1.written v=1.0 subject=refs/a datacontenttype=application/json "
       "data=null"},
      {R"({"eventId":"e","eventType":"providers/firebase.auth/eventTypes/user.create","resource":"projects/p",
           "data":{"uid":"u","metadata":{"createdAt":"1","lastSignedInAt":"2","other":"3"}}})",
       "id=e source=//firebaseauth.googleapis.com/projects/p type=google.firebase.auth.user.v1.created v=1.0 "
       "subject=users/u "
       R"(datacontenttype=application/json data={"metadata":{"createTime":"1","lastSignInTime":"2","other":"3"},"uid":"u"})"},
      {R"({"eventType":"something","resource":"r"})",
       "error: neither a CloudEvent nor an older event: unknown event type 'something'"},
      {R"({"hello":"world"})", "error: neither a CloudEvent nor an older event: unknown event type ''"},
      {R"({"context":{"eventType":"a","resource":{"service":"s","name":"n"}}})",
       "error: unknown event type 'a'"},
      {R"({"eventType":"providers/google.firebase.database/eventTypes/ref.write","resource":"r","domain":"d"})",
       "error: a database event needs a 'domain' such as firebaseio.com, but has 'd'"},
      {R"({"eventType":"providers/firebase.auth/eventTypes/user.create","resource":"r","data":{}})",
       "error: an authentication event needs 'data.uid'"},
      {R"({"eventType":"google.pubsub.topic.publish","resource":"r","data":[]})",
       "error: a Pub/Sub event's 'data' must be an object"},
      {"17", "error: the event is not a JSON object"},
      {"", "error: the body is not JSON"},
  };
  for (LegacyRow const& c : cases) EXPECT_EQ(decoded(json(c.body)), c.event) << c.body;
}

}  // namespace
}  // namespace faasc::rt
