#include "compiler/build/guest_environment.h"

namespace faasc {

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
  for (const NamedText& variable : manifest.environment) environment[*variable.name] = *variable.value;
  return environment;
}

}  // namespace faasc
