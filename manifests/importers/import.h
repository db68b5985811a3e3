#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/diagnostics.h"
#include "manifests/importers/importer.h"
#include "manifests/importers/manifest_draft.h"
#include "manifests/source_text.h"
#include "manifests/yaml_tree.h"

namespace faasc {

/// One import while it runs: what the importers of all formats share.
class Import {
 public:
  Import(const SourceText& source, const ImportOptions& chosen, Diagnostics& diagnostics)
      : options(chosen), source_(source), diagnostics_(diagnostics) {}

  ManifestDraft draft;
  const ImportOptions& options;
  /// What a value needs that only the other tool can give ("needs !Ref"), or empty. Other tools' tags unless
  /// a format says more.
  std::string (*needs)(const YamlNode& value) = needs_of_tag;
  static std::string needs_of_tag(const YamlNode& value);

  void leave_out(const std::string& key, const SourcePlace& place, std::string_view why,
                 Severity severity = Severity::Note);
  void leave_out(const Origin& origin, std::string_view why, Severity severity = Severity::Note) {
    leave_out(origin.key, origin.place, why, severity);
  }
  void error(std::string_view code, std::string message, const SourcePlace& place, std::string hint);
  int left_out() const { return left_out_; }

  // The value, if it has the right shape; if not, it is left out with the reason.
  const std::string* text(const YamlNode& value, const Origin& origin);
  bool is_map(const YamlNode& value, const Origin& origin);
  bool is_list(const YamlNode& value, const Origin& origin);

  // Values that several formats have. Each is left out with the reason where it will not do.

  /// A variable of `env`. `value` may contain ${env:NAME} only where the importer put it there.
  enum class Substitution : std::uint8_t { Refused, Meant };
  void variable(std::string_view name, std::string_view value, const Origin& origin,
                Substitution substitution = Substitution::Refused);
  /// Every member of a map as variables.
  void variables(const YamlNode& map, const Origin& origin);
  void label(std::string_view name, std::string_view value, const Origin& origin);
  /// Bytes, rounded up to whole MiB.
  void bytes(std::string_view path, std::optional<std::uint64_t> bytes, std::string_view written,
             const Origin& origin, std::string remark = "");
  /// Kubernetes' processors, "500m": rounded up to whole ones.
  void processors(std::string_view written, const Origin& origin);
  /// A number of the manifest, written without quotes, which the other tool may have put in some.
  void number(std::string_view path, std::string_view written, const Origin& origin);
  void duration(std::string_view path, std::optional<std::chrono::milliseconds> duration,
                std::string_view written, const Origin& origin);
  void name(std::string_view written, const Origin& origin);
  /// A path of the project as the manifest writes it: relative to its directory, without "./".
  std::string project_path(std::string_view written) const;
  void source_directory(std::string_view written, const Origin& origin);

 private:
  const SourceText& source_;
  Diagnostics& diagnostics_;
  int left_out_ = 0;
  std::size_t environment_bytes_ = 0;
};

/// One key of another tool's section: taken by `take`, or left out because of `why`, or, with neither,
/// nothing to tell of.
template <typename Reader>
struct ForeignKey {
  std::string_view name;
  std::string_view why{};
  void (Reader::*take)(const YamlMember& member, const Origin& origin) = nullptr;
  Severity severity = Severity::Note;  ///< of leaving it out

  /// The row of a key that is left out.
  static constexpr ForeignKey left(std::string_view name, std::string_view why,
                                   Severity severity = Severity::Note) {
    return {.name = name, .why = why, .severity = severity};
  }
};

/// Goes through the members of a section by the table of its keys. `path` is how the report calls the
/// section, empty for the file itself; `whose` says what the keys are: "a key of func.yaml".
template <typename Reader>
void read_foreign_section(Reader& reader, Import& import, const YamlNode& section, std::string_view path,
                          std::type_identity_t<std::span<const ForeignKey<Reader>>> keys,
                          std::string_view whose) {
  Origin all{path.empty() ? "the file" : std::string(path), section.place};
  if (!import.is_map(section, all)) return;
  for (const YamlMember& member : section.members) {
    Origin origin{path.empty() ? member.name.text : std::string(path) + "." + member.name.text,
                  member.name.place};
    const ForeignKey<Reader>* key = nullptr;
    std::vector<std::string_view> names;
    for (const ForeignKey<Reader>& one : keys) {
      names.push_back(one.name);
      if (one.name == member.name.text) key = &one;
    }
    if (key == nullptr) {
      std::string_view near = nearest(member.name.text, names);
      import.leave_out(origin,
                       "it is no " + std::string(whose) +
                           (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"),
                       Severity::Warning);
    } else if (key->take != nullptr) {
      (reader.*key->take)(member, origin);
    } else if (!key->why.empty()) {
      import.leave_out(origin, key->why, key->severity);
    }
  }
}

}  // namespace faasc
