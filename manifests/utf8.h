#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace faasc {

/// The offset of the first byte that is not part of well-formed UTF-8 (RFC 3629: no surrogates, no overlong
/// forms).
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Replaces each pair of surrogates that was encoded as two characters of three bytes (CESU-8) with the one
/// it stands for.
void join_surrogates(std::string& text);

}  // namespace faasc
