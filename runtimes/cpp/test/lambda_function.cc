// A Lambda program with a main() of its own: what it does is chosen by the event.

#include <chrono>
#include <cstdio>
#include <iostream>  // a program that links the shared C++ library has to set up its streams
#include <stdexcept>
#include <string>
#include <thread>

#include <aws/lambda-runtime/runtime.h>
#include <aws/lambda-runtime/version.h>
#include <aws/logging/logging.h>

using namespace aws::lambda_runtime;

static invocation_response handle(invocation_request const& request) {
  std::string const& event = request.payload;
  if (event == "throw") throw std::out_of_range("no \"such\" thing");
  if (event == "throw int") throw 1;
  if (event == "fail") return invocation_response::failure("it \"failed\"", "TestErrorType");
  if (event == "sleep") std::this_thread::sleep_for(std::chrono::milliseconds(600));
  if (event == "big") return invocation_response::success(std::string(4096, 'x'), "text/plain");
  if (event == "log") aws::logging::log_error("tag", "%s and %d", event.c_str(), 7);
  if (event == "cookies")
    return invocation_response::success(
        R"({"statusCode": 201, "headers": {"X-A": "b", "Content-Type": "text/plain"},)"
        R"( "cookies": ["a=1", "b=2"], "body": "aGk=", "isBase64Encoded": true})",
        "application/json");
  if (event == "context") {
    bool const in_time = request.get_time_remaining() > std::chrono::milliseconds(0);
    return invocation_response::success(request.request_id + "|" + request.xray_trace_id + "|" +
                                            request.client_context + "|" + request.function_arn + "|" +
                                            request.content_type + "|" + request.tenant_id + "|" +
                                            (in_time ? "in time" : "late"),
                                        "text/plain");
  }
  return invocation_response::success(event, "application/json");
}

int main() {
  run_handler([](invocation_request const& request) { return handle(request); });
  std::puts("main returns");
  return get_version_major() == 0 && get_version() != nullptr ? 0 : 1;
}
