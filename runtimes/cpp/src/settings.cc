#include "src/settings.h"

#include <string_view>

#include <arpa/inet.h>

namespace faasc::rt {
namespace {

constexpr std::int64_t kDay = 24LL * 60 * 60 * 1000;

/// Collects the first complaint; later settings are still read so that the log format is known when it is
/// reported.
struct Reading {
  GetEnv get_env;
  std::string error;

  void complain(std::string_view name, std::string_view value, std::string_view allowed) {
    if (!error.empty()) return;
    error.append(name).append(" is '").append(value).append("', but must be ").append(allowed);
  }

  template <typename Use>
  void variable(char const* name, std::string_view allowed, Use use) {
    char const* value = get_env(name);
    if (value == nullptr || *value == '\0') return;
    if (!use(std::string_view(value))) complain(name, value, allowed);
  }

  void duration(char const* name, std::int64_t& out) {
    variable(name, "a duration such as 30, 1.5s, 500ms or 2m, at most 24 hours", [&](std::string_view text) {
      auto const value = parse_duration(text);
      if (value) out = *value;
      return value.has_value();
    });
  }

  template <typename Number>
  void number(char const* name, std::uint64_t low, std::uint64_t high, std::string_view allowed,
              Number& out) {
    variable(name, allowed, [&](std::string_view text) {
      auto const value = parse_number(text, high);
      if (!value || *value < low) return false;
      out = static_cast<Number>(*value);
      return true;
    });
  }
};

constexpr std::string_view kPortRange = "a number from 0 to 65535";
constexpr std::string_view kSizeRange = "a number of bytes from 1 to 1099511627776";
constexpr std::uint64_t kMaxSize = std::uint64_t{1} << 40;

void read_environment(Reading& reading, Settings& settings) {
  reading.variable("FAASC_LOG_FORMAT", "json or text", [&](std::string_view text) {
    settings.log_format = text == "text" ? LogFormat::Text : LogFormat::Json;
    return text == "text" || text == "json";
  });
  reading.number("PORT", 0, 65535, kPortRange, settings.port);
  reading.variable("FUNCTION_TARGET", "", [&](std::string_view text) {
    settings.target = text;
    return true;
  });
  reading.number("FAASC_CONCURRENCY", 1, 1000, "a number from 1 to 1000", settings.concurrency);
  reading.number("FAASC_REQUEST_SIZE", 1, kMaxSize, kSizeRange, settings.request_size);
  reading.number("FAASC_RESPONSE_SIZE", 1, kMaxSize, kSizeRange, settings.response_size);
  reading.number("FAASC_CLIENT_MEMORY", 1, kMaxSize, kSizeRange, settings.client_memory);
  reading.duration("FAASC_TIMEOUT", settings.timeout);
  reading.duration("FAASC_GRACE_PERIOD", settings.grace_period);
  reading.duration("FAASC_READ_TIMEOUT", settings.read_timeout);
  reading.duration("FAASC_IDLE_TIMEOUT", settings.idle_timeout);
  reading.variable("FAASC_HTTP_HEALTH", "true or false", [&](std::string_view text) {
    settings.health = text != "false";
    return text == "true" || text == "false";
  });
}

void read_flag(Reading& reading, Settings& settings, std::string_view flag, std::string_view value) {
  if (flag == "--port") {
    auto const port = parse_number(value, 65535);
    if (!port) return reading.complain(flag, value, kPortRange);
    settings.port = static_cast<std::uint16_t>(*port);
  } else if (flag == "--address") {
    settings.address = value;
  } else if (flag == "--target") {
    settings.target = value;
  }
  // --signature-type: the kind is compiled in.
}

}  // namespace

char const kUsage[] =
    "Serves one function over HTTP.\n"
    "  --port N            where to listen (default: $PORT, else 8080; 0 = any free port)\n"
    "  --address A         IPv4 address to listen on (default: 0.0.0.0)\n"
    "  --target NAME       which function of a map to serve (default: $FUNCTION_TARGET)\n"
    "  --signature-type T  accepted and ignored: the kind of function is compiled in\n"
    "  --help              this text";

std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t limit) {
  std::uint64_t value = 0;
  for (char const c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    std::uint64_t const digit = static_cast<std::uint64_t>(c - '0');
    if (value > (limit - digit) / 10 || digit > limit) return std::nullopt;
    value = value * 10 + digit;
  }
  if (text.empty() || value > limit) return std::nullopt;
  return value;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  std::int64_t unit = 1000;
  auto const take_suffix = [&](std::string_view suffix, std::int64_t milliseconds) {
    if (text.size() <= suffix.size() || text.substr(text.size() - suffix.size()) != suffix) return false;
    text.remove_suffix(suffix.size());
    unit = milliseconds;
    return true;
  };
  if (!take_suffix("ms", 1) && !take_suffix("s", 1000)) take_suffix("m", 60'000);

  std::size_t const point = text.find('.');
  auto const whole = parse_number(text.substr(0, point), kDay);
  if (!whole) return std::nullopt;
  std::int64_t value = static_cast<std::int64_t>(*whole) * unit;
  if (point != std::string_view::npos) {
    std::string_view const digits = text.substr(point + 1);
    auto const fraction = parse_number(digits, 999'999'999);
    if (!fraction) return std::nullopt;
    std::int64_t scale = 1;
    for (std::size_t i = 0; i < digits.size(); ++i) scale *= 10;
    value += static_cast<std::int64_t>(*fraction) * unit / scale;
  }
  if (value < 1 || value > kDay) return std::nullopt;
  return value;
}

SettingsResult read_settings(int argc, char const* const argv[], GetEnv get_env) {
  Settings settings;
  Reading reading{get_env, {}};
  read_environment(reading, settings);
  for (int i = 1; i < argc; ++i) {
    std::string_view const argument = argv[i];
    if (argument == "--help") {
      settings.help = true;
      continue;
    }
    std::size_t const equals = argument.find('=');
    std::string_view const flag = argument.substr(0, equals);
    if (flag != "--port" && flag != "--address" && flag != "--target" && flag != "--signature-type") {
      if (reading.error.empty()) {
        reading.error.append("unknown argument '")
            .append(argument)
            .append("'; there are --port, --address, --target, --signature-type and --help");
      }
    } else if (equals != std::string_view::npos) {
      read_flag(reading, settings, flag, argument.substr(equals + 1));
    } else if (i + 1 < argc) {
      read_flag(reading, settings, flag, argv[++i]);
    } else if (reading.error.empty()) {
      reading.error.append(flag).append(" needs a value");
    }
  }
  in_addr parsed{};
  if (::inet_pton(AF_INET, settings.address.c_str(), &parsed) != 1) {
    reading.complain("--address", settings.address, "an IPv4 address");
  }
  return {std::move(settings), std::move(reading.error)};
}

}  // namespace faasc::rt
