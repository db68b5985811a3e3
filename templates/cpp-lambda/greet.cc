#include <string>

#include <aws/lambda-runtime/runtime.h>
#include <aws/logging/logging.h>

using aws::lambda_runtime::invocation_request;
using aws::lambda_runtime::invocation_response;

namespace {

// The text of the event's member "name". A real function would use a JSON library here; any that can be
// linked statically will do.
std::string name_in(std::string const& event) {
  std::size_t const key = event.find("\"name\"");
  if (key == std::string::npos) return {};
  std::size_t const start = event.find('"', event.find(':', key));
  if (start == std::string::npos) return {};
  return event.substr(start + 1, event.find('"', start + 1) - start - 1);
}

}  // namespace

// The handler that faas.yaml names. A program of your own with `main` and `run_handler` works as well: then
// leave 'handler' out.
invocation_response greet(invocation_request const& request) {
  std::string const name = name_in(request.payload);
  if (name.empty()) return invocation_response::failure("the event has no name", "BadEvent");
  aws::logging::log_info("greet", "request %s", request.request_id.c_str());
  return invocation_response::success("{\"message\": \"Hello, " + name + "!\"}", "application/json");
}
