#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace faasc {

/// How the first line of a faas.yaml begins that tells editors where its schema is.
inline constexpr std::string_view kSchemaLine = "# yaml-language-server: $schema=";

/// That line, with its end, for a schema in a file.
std::string schema_line(const std::filesystem::path& schema);

}  // namespace faasc
