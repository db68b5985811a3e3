#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace faasc::python {

/// What Google's Functions Framework brings along, so that functions written for it import it without naming
/// it. faasc has a runtime of its own and installs of this only what a function comes to need.
struct FrameworkParts {
  bool flask = false;
  bool starlette = false;  ///< for functions_framework.aio
  bool events = false;     ///< the CloudEvents SDK; the runtime has one that is enough for most
  bool operator==(const FrameworkParts&) const = default;
};

/// What a function of this kind needs without importing it.
FrameworkParts parts_of_kind(std::string_view kind, bool asynchronous);

/// The packages of a part that functions import.
inline constexpr std::string_view kFlaskPackages[] = {"flask",      "werkzeug",     "jinja2", "click",
                                                      "markupsafe", "itsdangerous", "blinker"};
inline constexpr std::string_view kStarlettePackages[] = {"starlette", "anyio"};

/// One version of each distribution, so that everyone gets the same.
std::vector<std::string> pinned_requirements(const FrameworkParts& parts);

/// As functions-framework itself requires it, for functions that name some version of it, or of a part.
std::vector<std::string> framework_requirements(const FrameworkParts& parts);

}  // namespace faasc::python
