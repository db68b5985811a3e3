#include <utility>

#include "src/event_decoder.h"
#include "src/function_impl.h"

namespace google::cloud::functions_internal {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN
namespace {

class EventFunction final : public FunctionImpl {
 public:
  explicit EventFunction(functions::UserCloudEventFunction function) : function_(std::move(function)) {}
  FunctionImpl* select(std::string_view) override { return this; }

  faasc::rt::Reply call(functions::HttpRequest request) override {
    if (request.verb() != "POST") {
      faasc::rt::Reply reply = faasc::rt::text_reply(405, "events are delivered by POST");
      reply.set_header("Allow", "POST");
      return reply;
    }
    for (functions::CloudEvent& event : faasc::rt::decode_events(std::move(request)))
      function_(std::move(event));
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
