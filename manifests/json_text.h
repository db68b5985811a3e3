#pragma once

#include <string>
#include <string_view>

#include "manifests/yaml_tree.h"

namespace faasc {

/// The node as compact JSON, in the order of the file. Plain scalars that YAML's core schema reads as null,
/// true, false or a decimal number become these; everything else is a string.
std::string to_json_text(const YamlNode& node);

/// A JSON string literal. `text` is UTF-8.
std::string json_quoted(std::string_view text);

}  // namespace faasc
