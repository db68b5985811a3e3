#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "manifests/yaml_tree.h"

namespace faasc {

/// Which key of another tool's file something comes from.
struct Origin {
  std::string key;  ///< as the report calls it: "Environment.Variables"
  SourcePlace place;
};

/// A faas.yaml that is being put together out of another tool's file. Keys may be put in any order; they are
/// written in that of the reader's table.
class ManifestDraft {
 public:
  /// A line of comment above everything else.
  void head(std::string line) { head_.push_back(std::move(line)); }

  // `path` is a key of the manifest: "resources.memory". `value` is text and quoted as needed, `yaml` is
  // written as it is. `remark` becomes a comment on the same line.
  void put(std::string_view path, std::string_view value, Origin origin, std::string remark = "");
  void put_yaml(std::string_view path, std::string yaml, Origin origin, std::string remark = "");
  /// One more item of a list.
  void add(std::string_view path, std::string_view value, Origin origin);
  void add_yaml(std::string_view path, std::string yaml, Origin origin);
  /// One more member of a map, such as a variable of `env`.
  void put_member(std::string_view path, std::string_view name, std::string_view value, Origin origin);
  void put_member_yaml(std::string_view path, std::string_view name, std::string yaml, Origin origin);
  /// A line of comment where the key is, or would be.
  void remark(std::string_view path, std::string line);

  bool has(std::string_view path) const;
  bool has_member(std::string_view path, std::string_view name) const;
  /// How many values there are.
  int size() const;

  /// What the strict reader would not take.
  struct Refused {
    Origin origin;
    std::string why;
  };
  /// Takes out every value that makes the strict reader refuse the text, or the text too large to be read, so
  /// that render() is a valid manifest.
  std::vector<Refused> settle();

  /// The manifest, below `first_line` (manifests/schema_line.h).
  std::string render(std::string_view first_line = "") const;

 private:
  enum class Kind : std::uint8_t { Value, Item, Member, Remark };
  struct Entry {
    Kind kind = Kind::Value;
    std::string path, name, yaml, remark;
    Origin origin;
  };
  struct Page;  // the text while it is written
  void shrink(std::vector<Refused>& refused);

  std::vector<std::string> head_;
  std::vector<Entry> entries_;
};

/// The text as a YAML scalar that every reader takes for a string, between brackets too; in quotes where it
/// must be.
std::string yaml_scalar(std::string_view text);

/// A whole value on one line: `[a, {b: "1"}]`.
std::string yaml_flow(const YamlNode& node);

/// A function's name made of another tool's: "HelloWorldFunction" becomes "hello-world-function". Empty where
/// nothing is left.
std::string function_name_of(std::string_view text);

}  // namespace faasc
