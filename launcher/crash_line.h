#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faasc {

/// A place in a program's source. `file` is empty where only the function is known.
struct CodePlace {
  std::string function;  ///< "shop::price(shop::Order const&)"
  std::string file;
  unsigned line = 0;
};

/// What runtimes/cpp says when the program crashes, in JSON or as text:
/// "crashed with SIGSEGV; called from 0x4379e0 0x43b1c0".
struct CrashLine {
  std::string what;                      ///< "crashed with SIGSEGV"
  std::vector<std::uint64_t> addresses;  ///< of the calls, innermost first
};
std::optional<CrashLine> find_crash(std::string_view line);

/// The places of one address: a call that was inlined has those of its callers, too, innermost first. Empty
/// where nothing is known.
using CrashPlaces =
    std::function<std::vector<std::vector<CodePlace>>(const std::vector<std::uint64_t>& addresses)>;

/// `lines` with every crash told in places, one below the other; as they are where `places` is empty or knows
/// none. Of an exception that nobody caught the type is told as the source has it.
std::vector<std::string> with_places(std::vector<std::string> lines, const CrashPlaces& places);

}  // namespace faasc
