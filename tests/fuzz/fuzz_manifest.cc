#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "manifests/project.h"
#include "manifests/reader.h"

// Whatever the bytes, the reader ends, and either gives a manifest or says why not, at places that exist.

using namespace faasc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);
  Diagnostics diagnostics;
  ManifestEnvironment environment{[](std::string_view name) -> std::optional<std::string> {
    return name.size() % 2 == 0 ? std::nullopt : std::optional<std::string>("value");
  }};
  std::optional<Manifest> manifest = read_manifest_text(text, "faas.yaml", diagnostics, environment);
  if (manifest.has_value() == diagnostics.has_errors()) std::abort();
  if (manifest) {
    ProjectListing listing;
    listing.directory_name = "shop";
    listing.entries = {
        {"data", EntryKind::Directory}, {"data/a.json", EntryKind::File}, {"hello.cc", EntryKind::File}};
    resolve_manifest(*manifest, listing, diagnostics);
  }
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (diagnostic.severity == Severity::Error && diagnostic.code.empty()) std::abort();
    if (diagnostic.message.empty() || diagnostic.place.line < 0 || diagnostic.place.column < 0) std::abort();
    (void)to_text(diagnostic, Color::Off);
  }
  return 0;
}
