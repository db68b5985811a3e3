#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace faasc {

/// What `faasc explain CODE` has to say, and SARIF's rules.
struct ExplainPage {
  std::string_view code;
  std::string_view title;    ///< one line, lower case
  std::string_view meaning;  ///< one paragraph
  std::string_view example;  ///< what leads to it; the message, where that is nothing one does
  std::string_view fix;      ///< the way out
};

/// Null where there is no such page. "120", "0120" and "faasc0120" find FAASC0120.
const ExplainPage* find_page(std::string_view code);

/// All pages, in the order of their codes.
std::vector<const ExplainPage*> all_pages();

/// The pages of one room, in the order of their codes.
std::span<const ExplainPage> manifest_pages();  // 01xx, and 02xx that the manifest's reader reports
std::span<const ExplainPage> compiler_pages();  // 02xx-04xx
std::span<const ExplainPage> python_pages();    // 03xx
std::span<const ExplainPage> packager_pages();  // 05xx
std::span<const ExplainPage> machine_pages();   // 06xx, and 07xx that the packager reports
std::span<const ExplainPage> launcher_pages();  // 07xx
std::span<const ExplainPage> driver_pages();    // 08xx
std::span<const ExplainPage> base_pages();      // 09xx

/// All codes with their titles, in parts with a heading each.
std::string list_of_pages();

/// The page as it is printed.
std::string to_text(const ExplainPage& page);

}  // namespace faasc
