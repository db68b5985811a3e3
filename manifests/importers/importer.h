#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/diagnostics.h"
#include "manifests/yaml_tree.h"

namespace faasc {

struct ImportOptions {
  std::string function;    ///< which one, of a file that describes several; empty: the only one
  std::string first_line;  ///< of the manifest (manifests/schema_line.h)
  /// What leads from the new manifest's directory to that of the file, "app" or "app/sub"; empty where they
  /// are the same.
  std::string prefix;
};

/// A faas.yaml made of another tool's file.
struct ImportedManifest {
  std::string text;    ///< the strict reader accepts it
  std::string format;  ///< what the file was: "AWS SAM template"
  int taken = 0;       ///< values that were taken over
  int left_out = 0;    ///< keys that were not; the diagnostics name each
};

/// Imports another tool's description of a function. Which tool's it is, the content says. Each key that is
/// left out is reported with its place and the reason: as a warning where the function may behave
/// differently without it, else as a note. Nothing where there was an error. `path` is what the places will
/// name; no file is looked at.
std::optional<ImportedManifest> import_manifest(std::string_view text, const std::string& path,
                                                const ImportOptions& options, Diagnostics& diagnostics);

class Import;

/// One row of the table of formats.
struct Importer {
  std::string_view format;     ///< "AWS SAM template"
  std::string_view file_name;  ///< what such a file is usually called
  /// Whether this is such a file, going by keys that no other format has.
  bool (*recognises)(const YamlNode& root);
  /// Fills in the draft; reports what is left out.
  void (*import)(Import& import, const YamlNode& root);
  std::string_view refusal;  ///< why files of this format are never imported; `import` is null then
  std::string_view way_out;
};

std::span<const Importer> importers();

}  // namespace faasc
