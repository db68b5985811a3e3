#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "src/log.h"

namespace faasc::rt {

/// What one server may and shall do. Times are milliseconds, sizes bytes.
///
/// From the environment: PORT, FUNCTION_TARGET, FAASC_CONCURRENCY, FAASC_TIMEOUT, FAASC_GRACE_PERIOD,
/// FAASC_READ_TIMEOUT, FAASC_IDLE_TIMEOUT, FAASC_REQUEST_SIZE, FAASC_RESPONSE_SIZE, FAASC_CLIENT_MEMORY,
/// FAASC_HTTP_HEALTH (true|false), FAASC_LOG_FORMAT (json|text). Durations are "30", "1.5s", "500ms" or "2m";
/// sizes are a number of bytes.
struct Settings {
  std::string address = "0.0.0.0";
  std::uint16_t port = 8080;  ///< 0 = one the system chooses
  std::string target;

  unsigned concurrency = 80;           ///< calls of the function at one time
  std::int64_t timeout = 30'000;       ///< for one call of the function
  std::int64_t grace_period = 10'000;  ///< from SIGTERM to the end
  std::int64_t read_timeout =
      30'000;  ///< from a request's first byte to its last; also for writing a response
  std::int64_t idle_timeout = 60'000;   ///< between the requests of one connection
  std::size_t request_size = 6u << 20;  ///< of a body
  std::size_t client_memory = 0;        ///< held for all clients together; 0: default_client_memory() decides
  std::optional<std::size_t> response_size;
  bool health = true;  ///< answer /health/... and /_/...
  LogFormat log_format = LogFormat::Json;
  bool help = false;  ///< --help was given: print and leave
};

/// How a Settings came out of the command line and environment: `error` is empty or says what is wrong with
/// which setting.
struct SettingsResult {
  Settings settings;
  std::string error;
};

using GetEnv = char const* (*)(char const* name);

/// Flags go before the environment. Takes --flag=value and --flag value.
SettingsResult read_settings(int argc, char const* const argv[], GetEnv get_env);

/// "30" and "30s" are 30000, "500ms" 500, "2m" 120000, "1.5" 1500; nothing for anything else, for 0 and above
/// 24 hours.
std::optional<std::int64_t> parse_duration(std::string_view text);

/// Decimal digits only; nothing on overflow of `limit`.
std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t limit);

extern char const kUsage[];

}  // namespace faasc::rt
