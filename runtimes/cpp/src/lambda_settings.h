#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "src/settings.h"

namespace faasc::rt {

/// What Lambda's environment tells, and how requests become events.
struct LambdaSettings {
  enum class Event : std::uint8_t {
    Raw,    ///< the body of POST / is the event
    UrlV2,  ///< every request becomes an event as of a function URL, and its result a response
  };

  std::string name = "test_function";          ///< AWS_LAMBDA_FUNCTION_NAME
  std::string version = "$LATEST";             ///< AWS_LAMBDA_FUNCTION_VERSION
  std::string region = "us-east-1";            ///< AWS_REGION
  std::string memory_mb = "3008";              ///< AWS_LAMBDA_FUNCTION_MEMORY_SIZE
  Event event = Event::Raw;                    ///< FAASC_LAMBDA_EVENT: raw or url-v2
  std::int64_t timeout = 30'000;               ///< FAASC_TIMEOUT, milliseconds
  std::optional<std::uint64_t> response_size;  ///< FAASC_RESPONSE_SIZE

  std::string arn() const { return "arn:aws:lambda:" + region + ":012345678912:function:" + name; }
};

/// What cannot be understood keeps its default; read_settings() complains about what both read.
LambdaSettings read_lambda_settings(GetEnv get_env);

}  // namespace faasc::rt
