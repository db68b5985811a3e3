#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "manifests/keys.h"
#include "manifests/source_text.h"
#include "manifests/yaml_tree.h"

namespace faasc {

// What people probably meant. Each is empty where there is no telling.

/// "256MiB" for "256mb", "256 MB", "0.25GiB".
std::string meant_quantity(std::string_view text);
/// "30s" for "30sec", "30 seconds"; "90s" for "1m30s".
std::string meant_duration(std::string_view text);
/// "python:3.12" for "python3.12", "cpp:20" for "c++20".
std::string meant_runtime(std::string_view text);

/// Where something belongs that other tools have a key of this name for: "'http.port'" for "ports".
std::string_view meant_key(std::string_view name);

/// A hint for a key that is none of `names`, and not near to one either.
std::string advice_on_key(const YamlNode& name, const std::vector<std::string_view>& names,
                          const SourceText& source);
/// A hint for a value that has the wrong form, where it shows what was meant.
std::string advice_on_type(const YamlNode& node, const Key& key);

/// Whether a value is in the quotation marks of a word processor, which are part of the text.
bool in_curly_quotes(const YamlNode& node);

}  // namespace faasc
