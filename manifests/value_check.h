#pragma once

#include <string>
#include <string_view>

#include "base/diagnostics.h"
#include "manifests/keys.h"
#include "manifests/source_text.h"
#include "manifests/yaml_tree.h"

namespace faasc {

/// What a node is, for messages: "a list".
std::string_view kind_name(const YamlNode& node);
/// A text of the manifest in a message; its beginning, where it is long.
std::string in_quotes(std::string_view text);

/// Checks the values of one file against the table of keys, and reports each that will not do.
class ValueCheck {
 public:
  /// Both outlive it.
  ValueCheck(const SourceText& source, Diagnostics& diagnostics)
      : source_(source), diagnostics_(diagnostics) {}

  /// Whether the value of `key`, which is no section, will do. What is right in a list or map is in `value`
  /// even where the whole is not.
  bool check_value(const YamlNode& node, const Key& key, CheckedValue& value);
  void report_wrong_type(const YamlNode& node, const Key& key);
  /// Always false, so that a check can return it. After the first kMostFindings errors nothing is added.
  bool report(std::string_view code, std::string message, const SourcePlace& place, std::string hint = "",
              Severity severity = Severity::Error);

 private:
  bool check_number(const YamlNode& node, const Key& key, CheckedValue& value);
  bool check_text(const YamlNode& node, const Key& key, std::string_view noun, std::string_view code,
                  TextCheck check);
  bool check_list(const YamlNode& node, const Key& key, CheckedValue& value);
  bool check_map(const YamlNode& node, const Key& key, CheckedValue& value);
  bool check_free(const YamlNode& node, const std::string& noun, FreeValue& value);
  void report_range(const YamlNode& node, const Key& key, const std::string& least, const std::string& most);

  const SourceText& source_;
  Diagnostics& diagnostics_;
};

}  // namespace faasc
