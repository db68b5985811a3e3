#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/diagnostics.h"
#include "manifests/source_text.h"

namespace faasc {

struct YamlMember;

/// One node of a YAML document, with its place. Scalars are text: what they mean is for the reader of a key
/// to say.
struct YamlNode {
  enum class Kind : std::uint8_t { Null, Scalar, Sequence, Mapping };

  Kind kind = Kind::Null;
  std::string text;     ///< a scalar's value: unquoted, unescaped
  bool quoted = false;  ///< in quotes or a block: never a number, boolean or null
  std::string tag;      ///< as written, "!Ref"; of other tools' files only
  SourcePlace place;
  std::vector<YamlNode> items;
  std::vector<YamlMember> members;  ///< in the order of the file; keys are scalars, each but once

  const YamlNode* find(std::string_view key) const;
};

struct YamlMember {
  YamlNode name;
  YamlNode value;
};

inline constexpr std::size_t kYamlSizeLimit = 256 * 1024;
inline constexpr int kYamlDepthLimit = 16;
inline constexpr int kForeignDepthLimit = 64;
/// A file that is no manifest at all would otherwise bury its reader in findings.
inline constexpr int kMostFindings = 50;

/// Parses the one YAML document of `source`: UTF-8, at most 256 KiB, at most 16 levels deep, without anchors,
/// aliases, tags, merge keys, duplicate keys, or keys that are not scalars. JSON is accepted, being YAML.
/// Nothing where it could not be read to its end; `diagnostics` has the reason.
std::optional<YamlNode> parse_yaml(const SourceText& source, Diagnostics& diagnostics);

/// Parses another tool's file, which may do what a manifest may not: anchors and aliases are expanded, merge
/// keys merged, tags kept in `YamlNode::tag`, and up to 64 levels allowed; of several documents the first is
/// read, with a warning. What anchors and aliases add is bounded (4 MiB), so that a small file cannot become
/// a large tree.
std::optional<YamlNode> parse_foreign_yaml(const SourceText& source, Diagnostics& diagnostics);

}  // namespace faasc
