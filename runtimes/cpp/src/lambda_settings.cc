#include "src/lambda_settings.h"

#include <string_view>

namespace faasc::rt {

LambdaSettings read_lambda_settings(GetEnv get_env) {
  LambdaSettings settings;
  auto const text = [&](char const* name, std::string& value) {
    char const* const set = get_env(name);
    if (set != nullptr && *set != '\0') value = set;
  };
  text("AWS_LAMBDA_FUNCTION_NAME", settings.name);
  text("AWS_LAMBDA_FUNCTION_VERSION", settings.version);
  text("AWS_REGION", settings.region);
  text("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", settings.memory_mb);
  std::string value;
  text("FAASC_LAMBDA_EVENT", value);
  if (value == "url-v2") settings.event = LambdaSettings::Event::UrlV2;
  value.clear();
  text("FAASC_TIMEOUT", value);
  if (auto const timeout = parse_duration(value)) settings.timeout = *timeout;
  value.clear();
  text("FAASC_RESPONSE_SIZE", value);
  settings.response_size = parse_number(value, UINT64_MAX);
  return settings;
}

}  // namespace faasc::rt
