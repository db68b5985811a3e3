#include "src/lambda_function.h"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include <sys/resource.h>

#include <cxxabi.h>
#include <stdlib.h>

#include "src/encodings.h"
#include "src/execution_id.h"
#include "src/function_impl.h"
#include "src/lambda_settings.h"
#include "src/lambda_url.h"
#include "src/log.h"
#include "src/text.h"

namespace faasc::rt {

namespace gcf = google::cloud::functions;
using aws::lambda_runtime::invocation_request;
using aws::lambda_runtime::invocation_response;
using google::cloud::functions_internal::FunctionImpl;

namespace {

using Clock = std::chrono::system_clock;

// Lambda lets a response have a little more than the limit that it states.
constexpr std::uint64_t kSlack = 100;
constexpr std::string_view kInvokePrefix = "/2015-03-31/functions/";
constexpr std::string_view kInvokeSuffix = "/invocations";

std::string header(gcf::HttpRequest const& request, std::string_view name) {
  for (auto const& [key, value] : request.headers()) {
    if (same_ignoring_case(key, name)) return value;
  }
  return {};
}

std::string_view path_of(gcf::HttpRequest const& request) {
  std::string_view const target = request.target();
  return target.substr(0, target.find('?'));
}

// A version 4 UUID, the form that request ids have.
std::string mint_request_id() {
  std::string const digits = mint_execution_id() + mint_execution_id();
  std::string id = digits.substr(0, 8) + '-' + digits.substr(8, 4) + "-4" + digits.substr(13, 3) + "-a" +
                   digits.substr(17, 3) + '-' + digits.substr(20);
  return id;
}

std::string error_document(std::string_view message, std::string_view type) {
  std::string text = "{\"errorMessage\":";
  append_json_string(text, message);
  text += ",\"errorType\":";
  append_json_string(text, type);
  return text + ",\"stackTrace\":[]}";
}

std::string type_of(std::exception const& thrown) {
  int status = 0;
  char const* const mangled = typeid(thrown).name();
  char* const name = abi::__cxa_demangle(mangled, nullptr, nullptr, &status);
  std::string type = status == 0 ? name : mangled;
  std::free(name);
  return type;
}

/// The error that the service itself answers with, {"Type","Message"}.
Reply service_error(int status, std::string_view type, std::string_view message) {
  Reply reply;
  reply.status = status;
  reply.headers.emplace_back("Content-Type", "application/json");
  reply.headers.emplace_back("X-Amzn-ErrorType", type);
  reply.body = "{\"Type\":\"User\",\"Message\":";
  append_json_string(reply.body, message);
  reply.body += '}';
  return reply;
}

/// Lambda's own lines about a call, as text or as its JSON.
void log_start(std::string const& id, LambdaSettings const& settings) {
  if (log_format() == LogFormat::Text) {
    write_line(Stream::Out, "START RequestId: " + id + " Version: " + settings.version);
  } else {
    write_line(Stream::Out, R"({"type":"platform.start","record":{"requestId":")" + id + R"(","version":")" +
                                settings.version + "\"}}");
  }
}

void log_report(std::string const& id, LambdaSettings const& settings, Clock::duration took, bool success) {
  auto const micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  char duration[32];
  std::snprintf(duration, sizeof duration, "%lld.%02lld", static_cast<long long>(micros / 1000),
                static_cast<long long>(micros % 1000 / 10));
  std::string const billed = std::to_string((micros + 999) / 1000);
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  std::string const most = std::to_string((used.ru_maxrss + 1023) / 1024);
  if (log_format() == LogFormat::Text) {
    write_line(Stream::Out, "END RequestId: " + id);
    write_line(Stream::Out,
               "REPORT RequestId: " + id + "\tDuration: " + duration + " ms\tBilled Duration: " + billed +
                   " ms\tMemory Size: " + settings.memory_mb + " MB\tMax Memory Used: " + most + " MB\t");
  } else {
    write_line(Stream::Out, R"({"type":"platform.report","record":{"requestId":")" + id + R"(","status":")" +
                                (success ? "success" : "failure") + R"(","metrics":{"durationMs":)" +
                                duration + ",\"billedDurationMs\":" + billed + ",\"memorySizeMB\":" +
                                settings.memory_mb + ",\"maxMemoryUsedMB\":" + most + "}}}");
  }
}

class LambdaFunction final : public FunctionImpl {
 public:
  explicit LambdaFunction(LambdaHandler handler)
      : handler_(std::move(handler)),
        settings_(read_lambda_settings([](char const* name) -> char const* { return ::getenv(name); })) {}

  FunctionImpl* select(std::string_view) override { return this; }

  Delivery delivery(gcf::HttpRequest const& request) const override {
    Delivery delivery;
    if (!is_invocation(path_of(request))) return delivery;
    delivery.timeout_status = 200;
    delivery.answer_at_once =
        request.verb() == "POST" && same_ignoring_case(header(request, "X-Amz-Invocation-Type"), "Event");
    return delivery;
  }

  Reply call(gcf::HttpRequest request) override {
    std::string_view const path = path_of(request);
    bool const service = is_invocation(path);
    if (!service && path.substr(0, kInvokePrefix.size()) == kInvokePrefix)
      return service_error(404, "ResourceNotFoundException",
                           "there is 'function' and '" + settings_.name + "' to invoke");
    bool const url = !service && settings_.event == LambdaSettings::Event::UrlV2;
    if (!url && !service && path != "/") return text_reply(404, "events are posted to /");
    if (!url && request.verb() != "POST") {
      Reply reply = text_reply(405, "events are delivered by POST");
      reply.set_header("Allow", "POST");
      return reply;
    }
    if (service) {
      std::string const type = header(request, "X-Amz-Invocation-Type");
      if (same_ignoring_case(type, "DryRun")) return Reply{204, {}, {}};
      if (!type.empty() && !same_ignoring_case(type, "RequestResponse") && !same_ignoring_case(type, "Event"))
        return service_error(400, "InvalidParameterValueException",
                             "X-Amz-Invocation-Type is RequestResponse, Event or DryRun, not " + type);
    }
    return invoke(std::move(request), service, url);
  }

 private:
  bool is_invocation(std::string_view path) const {
    if (path.size() < kInvokePrefix.size() + kInvokeSuffix.size() ||
        path.substr(0, kInvokePrefix.size()) != kInvokePrefix ||
        path.substr(path.size() - kInvokeSuffix.size()) != kInvokeSuffix)
      return false;
    path.remove_prefix(kInvokePrefix.size());
    path.remove_suffix(kInvokeSuffix.size());
    return path == "function" || path == settings_.name;
  }

  Reply invoke(gcf::HttpRequest request, bool service, bool url) {
    invocation_request event;
    event.request_id = mint_request_id();
    auto const started = Clock::now();
    event.deadline = started + std::chrono::milliseconds(settings_.timeout);
    event.xray_trace_id = header(request, "X-Amzn-Trace-Id");
    event.tenant_id = header(request, "X-Amz-Tenant-Id");
    event.content_type = header(request, "Content-Type");
    event.function_arn = settings_.arn();
    if (std::string const context = header(request, "X-Amz-Client-Context"); !context.empty()) {
      auto decoded = decode_base64(context);
      if (!decoded)
        return service_error(400, "InvalidRequestContentException", "X-Amz-Client-Context is not base64");
      event.client_context = std::move(*decoded);
    }
    auto const time_ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(started.time_since_epoch()).count();
    event.payload =
        url ? url_event(request, settings_, event.request_id, time_ms) : std::move(request).payload();

    log_start(event.request_id, settings_);
    auto [response, crashed] = call_handler(event);
    flush_user_output(WhenBusy::Wait);
    log_report(event.request_id, settings_, Clock::now() - started, response.is_success());

    Reply reply;
    if (url && response.is_success()) {
      reply = url_reply(response.get_payload());
    } else {
      std::string const& type = response.get_content_type();
      reply.set_header("Content-Type", type.empty() ? "application/json" : type);
      reply.body = response.get_payload();
    }
    reply.set_header("X-Amz-Executed-Version", settings_.version);
    reply.set_header("X-Amzn-RequestId", event.request_id);
    if (!response.is_success()) {
      reply.set_header("X-Amz-Function-Error", "Unhandled");
      if (!service) {
        reply.status = 500;
        reply.set_header("X-Google-Status", crashed ? "crash" : "error");
      }
    }
    return checked(std::move(reply));
  }

  struct Outcome {
    invocation_response response;
    bool crashed = false;
  };

  Outcome call_handler(invocation_request const& event) {
    try {
      Outcome outcome{handler_(event), false};
      std::uint64_t const size = outcome.response.get_payload().size();
      if (settings_.response_size && size > *settings_.response_size + kSlack)
        return failed("Response payload size exceeded maximum allowed payload size (" +
                          std::to_string(*settings_.response_size + kSlack) + " bytes).",
                      "Function.ResponseSizeTooLarge");
      return outcome;
    } catch (std::exception const& thrown) {
      return failed(thrown.what(), type_of(thrown));
    } catch (...) {
      return failed("unknown C++ exception thrown by the function", "Runtime.ExitError");
    }
  }

  static Outcome failed(std::string_view message, std::string_view type) {
    std::string const document = error_document(message, type);
    write_line(Stream::Err, document);
    return {invocation_response(document, "application/json", false), true};
  }

  LambdaHandler const handler_;
  LambdaSettings const settings_;
};

}  // namespace

gcf::Function make_lambda_function(LambdaHandler handler) {
  return FunctionImpl::wrap(std::make_shared<LambdaFunction>(std::move(handler)));
}

}  // namespace faasc::rt

namespace aws::lambda_runtime {

invocation_response invocation_response::success(std::string payload, std::string content_type) {
  invocation_response response(std::string(), std::string(), true);
  response.payload_ = std::move(payload);
  response.content_type_ = std::move(content_type);
  return response;
}

invocation_response invocation_response::failure(std::string const& error_message,
                                                 std::string const& error_type) {
  return invocation_response(faasc::rt::error_document(error_message, error_type), "application/json", false);
}

}  // namespace aws::lambda_runtime
