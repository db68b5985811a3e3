#pragma once

// The interface of aws-lambda-cpp's header of this name, for functions that are written for it. There is no
// Runtime API to poll in an image: run_handler() itself is the server. C++11, as there.

#include <chrono>
#include <functional>
#include <string>
#include <utility>

namespace aws {
namespace lambda_runtime {

/// One event, and what came with it.
struct invocation_request {
  std::string payload;         ///< the event, as it was sent
  std::string request_id;      ///< a UUID, another one for each invocation
  std::string xray_trace_id;   ///< X-Amzn-Trace-Id; may be empty, as may the next two
  std::string client_context;  ///< X-Amz-Client-Context without its base64: JSON
  std::string cognito_identity;
  std::string function_arn;
  std::string content_type;
  std::chrono::time_point<std::chrono::system_clock> deadline;
  std::string tenant_id;  ///< X-Amz-Tenant-Id; may be empty

  /// Negative once the deadline has passed.
  std::chrono::milliseconds get_time_remaining() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::system_clock::now());
  }
};

/// What a handler returns: a payload, or an error in Lambda's own form.
class invocation_response {
 public:
  /// For a failure, `payload` is the whole error document.
  invocation_response(std::string const& payload, std::string const& content_type, bool success)
      : payload_(payload), content_type_(content_type), success_(success) {}

  static invocation_response success(std::string payload, std::string content_type);
  /// The payload becomes {"errorMessage":...,"errorType":...,"stackTrace":[]}.
  static invocation_response failure(std::string const& error_message, std::string const& error_type);

  std::string const& get_content_type() const { return content_type_; }
  std::string const& get_payload() const { return payload_; }
  bool is_success() const { return success_; }

 private:
  std::string payload_;
  std::string content_type_;
  bool success_;
};

/// Serves `handler` on $PORT until SIGTERM, and returns then. Where the server cannot start, says why on
/// stderr and ends the process with status 1.
void run_handler(std::function<invocation_response(invocation_request const&)> const& handler);

}  // namespace lambda_runtime
}  // namespace aws
