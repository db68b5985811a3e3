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

  functions::HttpResponse call(functions::HttpRequest request) override {
    functions::HttpResponse response;
    if (request.verb() != "POST") {
      return response.set_result(functions::HttpResponse::kMethodNotAllowed)
          .set_header("Allow", "POST")
          .set_header("Content-Type", "text/plain; charset=utf-8")
          .set_payload("events are delivered by POST");
    }
    for (functions::CloudEvent& event : faasc::rt::decode_events(std::move(request)))
      function_(std::move(event));
    return response;
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
