#include "compiler/driver/guest_environment_options.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"

namespace faasc {
namespace {

std::optional<std::string> host(std::string_view name) {
  if (name == "HOME") return "/home/ada";
  if (name == "EMPTY") return "";
  return std::nullopt;
}

std::string answer(const std::vector<std::string>& assignments, std::string_view kind = "http") {
  auto environment = guest_environment_of(assignments, kind, host);
  if (!environment) return to_text(environment.error(), Color::Off);
  std::string text;
  for (const auto& [name, value] : *environment) text += "[" + name + "=" + value + "]";
  return text;
}

TEST(GuestEnvironment, Takes) {
  const std::pair<std::vector<std::string>, const char*> kCases[] = {
      {{}, ""},
      {{"A=1"}, "[A=1]"},
      {{"A="}, "[A=]"},
      {{"K=a=b"}, "[K=a=b]"},
      {{"B=2", "A=1", "B=3"}, "[A=1][B=3]"},
      {{"HOME", "EMPTY"}, "[EMPTY=][HOME=/home/ada]"},
      {{"A= two words\n"}, "[A= two words\n]"},
      {{"TZ=Europe/Berlin"}, "[TZ=Europe/Berlin]"},
      {{"_HANDLER=x"}, "[_HANDLER=x]"},  // Lambda's only
  };
  for (const auto& [assignments, expected] : kCases) EXPECT_EQ(answer(assignments), expected);
}

TEST(GuestEnvironment, Refuses) {
  EXPECT_EQ(
      answer({"MISSING"}),
      "faasc: error: '--env MISSING' takes the value of this host's 'MISSING', which is not set [FAASC0739]\n"
      "  hint: set it, or write --env MISSING=VALUE\n");
  EXPECT_EQ(
      answer({"1A=x"}),
      "faasc: error: '--env 1A=x' names no environment variable [FAASC0110]\n"
      "  hint: write --env NAME=VALUE, or --env NAME for the value that this host has; names are of letters, "
      "digits and '_'\n");
  for (const char* name : {"=x", "", "A-B=1", "A B"})
    EXPECT_NE(answer({name}).find("[FAASC0110]"), std::string::npos) << name;
  EXPECT_EQ(answer({"PORT=80"}),
            "faasc: error: variable 'PORT' is set by the runtime [FAASC0107]\n"
            "  hint: -p says which port of this host leads to the function's\n");
  EXPECT_EQ(answer({"FAASC_TIMEOUT=1"}),
            "faasc: error: variable 'FAASC_TIMEOUT' is set by the runtime [FAASC0107]\n"
            "  hint: choose another name\n");
  EXPECT_EQ(answer({"_HANDLER=x"}, "lambda"),
            "faasc: error: variable '_HANDLER' is set by the runtime of lambda handlers [FAASC0107]\n"
            "  hint: choose another name\n");
}

TEST(GuestEnvironment, HasTheManifestsLimit) {
  EXPECT_EQ(answer({"A=" + std::string(4093, 'x')}).size(), 4093 + 4u);
  EXPECT_EQ(answer({"A=" + std::string(4092, 'x'), "B="}),
            "faasc: error: --env takes 4098 bytes; at most 4096 are allowed [FAASC0111]\n"
            "  hint: put large values into a file and name it under 'files'\n");
}

}  // namespace
}  // namespace faasc
