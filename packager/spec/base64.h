#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace faasc {

/// RFC 4648, section 4: the standard alphabet, with padding.
std::string to_base64(std::string_view bytes);

/// Nothing where `text` is not what to_base64 writes: foreign characters, wrong padding, stray bits.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace faasc
