#include "compiler/build/guest_environment.h"

namespace faasc {
namespace {

// What Lambda tells a function about itself, apart from credentials: an image has none to give. No instance
// differs from another, so the log stream is named once and for all.
void add_lambda(const Manifest& manifest, const Function& function,
                std::map<std::string, std::string>& environment) {
  auto memory_mib = *manifest.resources.memory >> 20;
  const std::string language =
      function.language == "cpp" || function.language == "go" ? "provided.al2023" : function.language;
  environment.insert(
      {{"_HANDLER", function.handler},
       {"AWS_REGION", "us-east-1"},
       {"AWS_DEFAULT_REGION", "us-east-1"},
       {"AWS_EXECUTION_ENV", "AWS_Lambda_" + language},
       {"AWS_LAMBDA_FUNCTION_NAME", *manifest.name},
       {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(memory_mib)},
       {"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
       {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
       {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + *manifest.name},
       {"AWS_LAMBDA_LOG_STREAM_NAME", *manifest.version + "/[$LATEST]faasc"},
       {"LAMBDA_TASK_ROOT", "/var/task"},
       {"LAMBDA_RUNTIME_DIR", "/var/runtime"},
       {"TZ", ":UTC"},
       {"FAASC_RESPONSE_SIZE", std::to_string(*manifest.limits.response_size)},
       {"FAASC_LAMBDA_EVENT", *manifest.http.lambda_event == LambdaEvent::UrlV2 ? "url-v2" : "raw"}});
}

}  // namespace

std::map<std::string, std::string> guest_environment(const Manifest& manifest, const Function& function) {
  const auto& limits = manifest.limits;
  auto milliseconds = [](std::chrono::milliseconds time) { return std::to_string(time.count()) + "ms"; };
  int concurrency = limits.concurrency ? **limits.concurrency : default_concurrency(function.kind);

  std::map<std::string, std::string> environment{
      {"PORT", std::to_string(*manifest.http.port)},
      {"FUNCTION_TARGET", function.handler},
      {"K_SERVICE", *manifest.name},
      {"K_REVISION", *manifest.name + "-" + *manifest.version},
      {"K_CONFIGURATION", *manifest.name},
      // Whole seconds, and never 0, which means "no limit".
      {"CLOUD_RUN_TIMEOUT_SECONDS", std::to_string((limits.timeout->count() + 999) / 1000)},
      {"FAASC_TIMEOUT", milliseconds(*limits.timeout)},
      {"FAASC_GRACE_PERIOD", milliseconds(*limits.grace_period)},
      {"FAASC_REQUEST_SIZE", std::to_string(*limits.request_size)},
      {"FAASC_CONCURRENCY", std::to_string(concurrency)},
      {"FAASC_HTTP_HEALTH", *manifest.http.health ? "true" : "false"},
      {"FAASC_LOG_FORMAT", *manifest.logging.format == LogFormat::Json ? "json" : "text"},
  };
  // "auto": the function itself decides when it starts.
  if (function.kind != "auto") environment["FUNCTION_SIGNATURE_TYPE"] = function.kind;
  if (function.kind == "lambda") add_lambda(manifest, function, environment);
  if (manifest.timezone.written()) environment["TZ"] = *manifest.timezone;
  // For OpenSSL, which looks where its distribution has them.
  if (manifest.ca_certificates.written()) environment["SSL_CERT_FILE"] = kCertificatesPath;
  for (const NamedText& variable : manifest.environment) environment[*variable.name] = *variable.value;
  return environment;
}

}  // namespace faasc
