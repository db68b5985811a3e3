#pragma once

#include <memory>
#include <string_view>

#include "base/result.h"

namespace faasc {

/// A regular expression, ECMAScript's kind, that can be searched for in whatever a guest sends: the time it
/// takes grows with the text and not faster, and no text makes it run out of stack. An expression with back
/// references cannot promise that and sees the first 16 KiB of a text only.
class Pattern {
 public:
  static Result<Pattern> compile(std::string_view expression);
  Pattern(Pattern&&) noexcept;
  Pattern& operator=(Pattern&&) noexcept;
  ~Pattern();

  /// Whether it is found anywhere in `text`.
  bool found_in(std::string_view text) const;

 private:
  struct State;
  explicit Pattern(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace faasc
