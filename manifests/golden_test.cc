#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"
#include "manifests/project.h"
#include "manifests/reader.h"

// What the user is told about each of tests/data/manifests/wrong/*.yaml, compared as a whole with the
// *.expected beside it. FAASC_UPDATE_GOLDEN=1 writes these anew; the difference is for a person to read.

namespace faasc {
namespace {

namespace fs = std::filesystem;

ProjectListing listing() {
  ProjectListing listing;
  listing.directory_name = "shop";
  listing.entries = {{"data", EntryKind::Directory}, {"data/a.json", EntryKind::File},
                     {"faas.yaml", EntryKind::File}, {"hello.cc", EntryKind::File},
                     {"secret", EntryKind::LinkOut}, {"pipe", EntryKind::Other}};
  return listing;
}

std::string output_for(const std::string& text) {
  Diagnostics diagnostics;
  std::optional<Manifest> manifest =
      read_manifest_text(text, "faas.yaml", diagnostics,
                         {[](std::string_view) -> std::optional<std::string> { return std::nullopt; }});
  if (manifest) resolve_manifest(*manifest, listing(), diagnostics);
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics.all()) out += to_text(diagnostic, Color::Off);
  EXPECT_TRUE(diagnostics.has_errors()) << "nothing wrong was found";
  return out;
}

TEST(WrongManifests, AreToldWhatIsWrong) {
  fs::path directory = fs::path(FAASC_SOURCE_DIR) / "tests/data/manifests/wrong";
  int count = 0;
  for (const auto& entry : fs::directory_iterator(directory)) {
    if (entry.path().extension() != ".yaml") continue;
    ++count;
    SCOPED_TRACE(entry.path().filename().string());
    std::string output = output_for(read_file(entry.path()).value());
    fs::path expected = fs::path(entry.path()).replace_extension(".expected");
    if (std::getenv("FAASC_UPDATE_GOLDEN") != nullptr) {
      ASSERT_TRUE(write_file_if_changed(expected, output));
      continue;
    }
    Result<std::string> golden = read_file(expected);
    ASSERT_TRUE(golden) << golden.error().what;
    EXPECT_EQ(output, *golden);
  }
  EXPECT_GE(count, 50);
}

// tests/schema holds the schema against these, too.
TEST(RightManifests, AreAccepted) {
  int count = 0;
  for (const auto& entry :
       fs::directory_iterator(fs::path(FAASC_SOURCE_DIR) / "tests/data/manifests/right")) {
    ++count;
    SCOPED_TRACE(entry.path().filename().string());
    Diagnostics diagnostics;
    EXPECT_TRUE(
        read_manifest_text(read_file(entry.path()).value(), "faas.yaml", diagnostics, ManifestEnvironment{}));
    for (const Diagnostic& diagnostic : diagnostics.all())
      EXPECT_EQ(diagnostic.severity, Severity::Note) << to_text(diagnostic, Color::Off);
  }
  EXPECT_GE(count, 7);
}

}  // namespace
}  // namespace faasc
