#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace faasc {

/// Where an answer does not hold what was expected.
struct JsonMismatch {
  std::string pointer;   ///< RFC 6901; empty: the whole document
  std::string expected;  ///< JSON, or "nothing"
  std::string found;     ///< JSON, or "nothing"
};

/// Whether the JSON text `found` holds at least what the JSON text `expected` says: objects have at least its
/// members, lists have as many elements, each of which matches, everything else is equal. Nothing where it
/// does.
std::optional<JsonMismatch> match_json(std::string_view expected, std::string_view found);

}  // namespace faasc
