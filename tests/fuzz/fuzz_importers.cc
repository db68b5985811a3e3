#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "manifests/importers/importer.h"
#include "manifests/reader.h"

// Whatever the bytes, an import ends, and either gives a manifest that the strict reader accepts or says why
// not. FAASC_FUZZ_FORMAT=OPS keeps the fuzzer to files of the format whose name begins so.

using namespace faasc;

namespace {

// Whether the input is of the format that this run is about.
bool is_wanted(const std::string& text) {
  static const char* wanted = std::getenv("FAASC_FUZZ_FORMAT");
  if (wanted == nullptr) return true;
  Diagnostics unused;
  SourceText source(text, "file");
  std::optional<YamlNode> root = parse_foreign_yaml(source, unused);
  if (!root) return true;
  for (const Importer& one : importers()) {
    if (one.format.find(wanted) != std::string_view::npos) return one.recognises(*root);
  }
  std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  Diagnostics diagnostics;
  std::optional<ImportedManifest> imported =
      import_manifest(text, "file", {.function = size % 2 == 0 ? "" : "resize"}, diagnostics);
  if (imported.has_value() == diagnostics.has_errors()) std::abort();
  if (imported) {
    Diagnostics refused;
    ManifestEnvironment environment{[](std::string_view) { return std::optional<std::string>("x"); }};
    if (!read_manifest_text(imported->text, "faas.yaml", refused, environment)) std::abort();
  }
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.code.empty() || diagnostic.message.empty()) std::abort();
    if (diagnostic.place.line < 0 || diagnostic.place.column < 0) std::abort();
    (void)to_text(diagnostic, Color::Off);
  }
  return is_wanted(text) ? 0 : -1;
}
