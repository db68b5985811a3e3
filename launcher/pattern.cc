#include "launcher/pattern.h"

#include <algorithm>
#include <regex>
#include <string>

#include "launcher/codes.h"

namespace faasc {
namespace {

constexpr std::size_t kBackReferenceText = 16 * 1024;

// libstdc++ matches by recursion, one call per character, unless it is told to simulate the automaton; that
// it refuses to do for back references. Another library has one way only.
#ifdef __GLIBCXX__
constexpr auto kLinear = std::regex_constants::ECMAScript | std::regex_constants::__polynomial;
#else
constexpr auto kLinear = std::regex_constants::ECMAScript;
#endif

}  // namespace

struct Pattern::State {
  std::regex regex;
  bool linear = true;
};

Pattern::Pattern(std::unique_ptr<State> state) : state_(std::move(state)) {}
Pattern::Pattern(Pattern&&) noexcept = default;
Pattern& Pattern::operator=(Pattern&&) noexcept = default;
Pattern::~Pattern() = default;

Result<Pattern> Pattern::compile(std::string_view expression) {
  auto state = std::make_unique<State>();
  std::string text(expression);
  try {
    try {
      state->regex.assign(text, kLinear);
    } catch (const std::regex_error&) {
      state->regex.assign(text, std::regex_constants::ECMAScript);
      state->linear = false;
    }
  } catch (const std::regex_error& error) {
    return Error{Fault::Input,
                 kBadRegex,
                 "'" + text + "' is not a regular expression: " + error.what(),
                 {},
                 "the syntax is that of ECMAScript"};
  }
  return Pattern(std::move(state));
}

bool Pattern::found_in(std::string_view text) const {
  if (!state_->linear) text = text.substr(0, kBackReferenceText);
  try {
    return std::regex_search(text.begin(), text.end(), state_->regex);
  } catch (const std::regex_error&) {
    return false;  // it has become too complex to decide
  }
}

}  // namespace faasc
