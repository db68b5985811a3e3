#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "src/event_decoder.h"
#include "src/function_impl.h"
#include "src/log.h"

namespace google::cloud::functions_internal {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN
namespace {

class EventFunction final : public FunctionImpl {
 public:
  explicit EventFunction(functions::UserCloudEventFunction function) : function_(std::move(function)) {}
  FunctionImpl* select(std::string_view) override { return this; }

  Delivery delivery(functions::HttpRequest const& request) const override {
    Delivery delivery;
    delivery.memory = faasc::rt::memory_for_events(request);
    return delivery;
  }

  faasc::rt::Reply call(functions::HttpRequest request) override {
    if (request.verb() != "POST") {
      faasc::rt::Reply reply = faasc::rt::text_reply(405, "events are delivered by POST");
      reply.set_header("Allow", "POST");
      return reply;
    }
    std::vector<functions::CloudEvent> events;
    try {
      events = faasc::rt::decode_events(std::move(request));
    } catch (std::invalid_argument const& thrown) {
      // The framework for C++ answers 500, which has brokers deliver the same bytes again and again.
      std::string text = "{\"message\":";
      faasc::rt::append_json_string(text, thrown.what());
      faasc::rt::Reply reply = faasc::rt::text_reply(400, text + ",\"severity\":\"error\"}");
      reply.set_header("Content-Type", "application/json");
      faasc::rt::write_line(faasc::rt::Stream::Err, reply.body);
      return reply;
    }
    for (functions::CloudEvent& event : events) function_(std::move(event));
    return {};
  }

 private:
  functions::UserCloudEventFunction function_;
};

}  // namespace
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions_internal

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

Function MakeFunction(UserCloudEventFunction function) {
  using namespace functions_internal;
  return FunctionImpl::wrap(std::make_shared<EventFunction>(std::move(function)));
}

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
