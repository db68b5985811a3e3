#pragma once

#include <string>
#include <string_view>

namespace faasc {

/// `text` as it may be shown on a terminal: what a guest prints must not move the cursor, rename the window
/// or answer in the user's name. Control characters become "^[" and the like, bytes that are not UTF-8
/// "\xff". Tabs stay, and so do the escape sequences that only choose colours.
std::string terminal_text(std::string_view text);

}  // namespace faasc
