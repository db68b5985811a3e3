#pragma once

#include <string_view>

namespace faasc {

/// Whether a line of the console is the one by which faasc's runtimes say that they listen, in either of
/// their log formats:
///
///   {"severity":"INFO","message":"listening","port":8080,"logger":"faasc"}
///   INFO faasc: listening port=8080
bool says_listening(std::string_view line);

}  // namespace faasc
