#include "src/settings.h"

#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace faasc::rt {
namespace {

std::map<std::string, std::string> g_environment;

SettingsResult read(std::map<std::string, std::string> environment, std::vector<char const*> arguments = {}) {
  g_environment = std::move(environment);
  arguments.insert(arguments.begin(), "function");
  return read_settings(static_cast<int>(arguments.size()), arguments.data(),
                       [](char const* name) -> char const* {
                         auto const found = g_environment.find(name);
                         return found == g_environment.end() ? nullptr : found->second.c_str();
                       });
}

TEST(Settings, HaveDefaults) {
  SettingsResult const result = read({});
  EXPECT_EQ(result.error, "");
  Settings const& settings = result.settings;
  EXPECT_EQ(settings.address, "0.0.0.0");
  EXPECT_EQ(settings.port, 8080);
  EXPECT_EQ(settings.target, "");
  EXPECT_EQ(settings.concurrency, 80u);
  EXPECT_EQ(settings.timeout, 30000);
  EXPECT_EQ(settings.grace_period, 10000);
  EXPECT_EQ(settings.request_size, 6291456u);
  EXPECT_FALSE(settings.response_size);
  EXPECT_TRUE(settings.health);
  EXPECT_EQ(settings.log_format, LogFormat::Json);
}

TEST(Settings, ComeFromTheEnvironment) {
  SettingsResult const result = read({{"PORT", "9000"},
                                      {"FUNCTION_TARGET", "f"},
                                      {"FAASC_CONCURRENCY", "1"},
                                      {"FAASC_TIMEOUT", "90s"},
                                      {"FAASC_GRACE_PERIOD", "500ms"},
                                      {"FAASC_REQUEST_SIZE", "1024"},
                                      {"FAASC_RESPONSE_SIZE", "2048"},
                                      {"FAASC_READ_TIMEOUT", "1"},
                                      {"FAASC_IDLE_TIMEOUT", "2m"},
                                      {"FAASC_HTTP_HEALTH", "false"},
                                      {"FAASC_LOG_FORMAT", "text"}});
  EXPECT_EQ(result.error, "");
  Settings const& settings = result.settings;
  EXPECT_EQ(settings.port, 9000);
  EXPECT_EQ(settings.target, "f");
  EXPECT_EQ(settings.concurrency, 1u);
  EXPECT_EQ(settings.timeout, 90000);
  EXPECT_EQ(settings.grace_period, 500);
  EXPECT_EQ(settings.request_size, 1024u);
  EXPECT_EQ(settings.response_size, 2048u);
  EXPECT_EQ(settings.read_timeout, 1000);
  EXPECT_EQ(settings.idle_timeout, 120000);
  EXPECT_FALSE(settings.health);
  EXPECT_EQ(settings.log_format, LogFormat::Text);
}

TEST(Settings, EmptyVariablesAreNotThere) {
  EXPECT_EQ(read({{"PORT", ""}, {"FAASC_TIMEOUT", ""}}).error, "");
}

TEST(Settings, FlagsComeFirst) {
  SettingsResult const result =
      read({{"PORT", "9000"}, {"FUNCTION_TARGET", "f"}},
           {"--port", "1", "--target=g", "--signature-type", "http", "--address=127.0.0.1"});
  EXPECT_EQ(result.error, "");
  EXPECT_EQ(result.settings.port, 1);
  EXPECT_EQ(result.settings.target, "g");
  EXPECT_EQ(result.settings.address, "127.0.0.1");
  EXPECT_TRUE(read({}, {"--help"}).settings.help);
}

struct Refusal {
  std::map<std::string, std::string> environment;
  std::vector<char const*> arguments;
  char const* error;
};

TEST(Settings, AreRefusedByName) {
  constexpr char const* kDuration =
      "', but must be a duration such as 30, 1.5s, 500ms or 2m, at most 24 hours";
  constexpr char const* kSize = "', but must be a number of bytes from 1 to 1099511627776";
  std::string const bad_timeout = std::string("FAASC_TIMEOUT is 'soon") + kDuration;
  std::string const bad_grace = std::string("FAASC_GRACE_PERIOD is '0") + kDuration;
  std::string const bad_request = std::string("FAASC_REQUEST_SIZE is '6MiB") + kSize;
  std::string const bad_response = std::string("FAASC_RESPONSE_SIZE is '0") + kSize;
  Refusal const cases[] = {
      {{{"PORT", "65536"}}, {}, "PORT is '65536', but must be a number from 0 to 65535"},
      {{{"PORT", "http"}}, {}, "PORT is 'http', but must be a number from 0 to 65535"},
      {{{"FAASC_CONCURRENCY", "1001"}},
       {},
       "FAASC_CONCURRENCY is '1001', but must be a number from 1 to 1000"},
      {{{"FAASC_TIMEOUT", "soon"}}, {}, bad_timeout.c_str()},
      {{{"FAASC_GRACE_PERIOD", "0"}}, {}, bad_grace.c_str()},
      {{{"FAASC_REQUEST_SIZE", "6MiB"}}, {}, bad_request.c_str()},
      {{{"FAASC_RESPONSE_SIZE", "0"}}, {}, bad_response.c_str()},
      {{{"FAASC_HTTP_HEALTH", "no"}}, {}, "FAASC_HTTP_HEALTH is 'no', but must be true or false"},
      {{{"FAASC_LOG_FORMAT", "xml"}}, {}, "FAASC_LOG_FORMAT is 'xml', but must be json or text"},
      {{}, {"--port=-1"}, "--port is '-1', but must be a number from 0 to 65535"},
      {{}, {"--port"}, "--port needs a value"},
      {{}, {"--address", "localhost"}, "--address is 'localhost', but must be an IPv4 address"},
      {{},
       {"serve"},
       "unknown argument 'serve'; there are --port, --address, --target, --signature-type and --help"},
      {{{"PORT", "x"}, {"FAASC_TIMEOUT", "y"}}, {"--z"}, "PORT is 'x', but must be a number from 0 to 65535"},
  };
  for (Refusal const& c : cases) {
    SCOPED_TRACE(c.error);
    EXPECT_EQ(read(c.environment, c.arguments).error, c.error);
  }
}

TEST(Duration, HasUnits) {
  std::pair<char const*, std::int64_t> const good[] = {
      {"30", 30000},  {"30s", 30000}, {"1.5", 1500},       {"1.5s", 1500},
      {"500ms", 500}, {"2m", 120000}, {"0.25", 250},       {"0.5m", 30000},
      {"1ms", 1},     {"0.001", 1},   {"86400", 86400000}, {"1440m", 86400000}};
  for (auto const& [text, value] : good) EXPECT_EQ(parse_duration(text), value) << text;
  for (char const* const text : {"", "s", "ms", "m", "0", "0s", "-1", "+1", "1h", "1 s", "1.", ".5", "1.5.5",
                                 "1e3", "86401", "0.0001", "99999999999999999999", "1.9999999999", "5S"}) {
    EXPECT_EQ(parse_duration(text), std::nullopt) << text;
  }
}

TEST(Number, IsDigitsUpToALimit) {
  EXPECT_EQ(parse_number("0", 0), 0u);
  EXPECT_EQ(parse_number("007", 7), 7u);
  EXPECT_EQ(parse_number("18446744073709551615", UINT64_MAX), UINT64_MAX);
  EXPECT_EQ(parse_number("18446744073709551616", UINT64_MAX), std::nullopt);
  EXPECT_EQ(parse_number("8", 7), std::nullopt);
  EXPECT_EQ(parse_number("10", 9), std::nullopt);
  EXPECT_EQ(parse_number("1", 0), std::nullopt);
  EXPECT_EQ(parse_number("", 7), std::nullopt);
  EXPECT_EQ(parse_number("0x1", 7), std::nullopt);
  EXPECT_EQ(parse_number(" 1", 7), std::nullopt);
}

}  // namespace
}  // namespace faasc::rt
