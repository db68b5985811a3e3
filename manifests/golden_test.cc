#include <cstdlib>
#include <filesystem>
#include <regex>

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

std::string all_files_below(const fs::path& directory, std::string_view suffix) {
  std::string text;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (entry.is_regular_file() && entry.path().string().ends_with(suffix))
      text += read_file(entry.path()).value();
  }
  return text;
}

bool has_word(std::string_view text, std::string_view word) {
  auto continues = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  };
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    std::size_t end = at + word.size();
    if ((at == 0 || !continues(text[at - 1])) && (end == text.size() || !continues(text[end]))) return true;
  }
  return false;
}

// Whole messages are compared by the tests above, by those of the importers, and where a test quotes one.
TEST(Codes, AreAllCompared) {
  fs::path source = FAASC_SOURCE_DIR;
  std::string compared = all_files_below(source / "tests/data/manifests", ".expected") +
                         all_files_below(source / "tests/data/importers", ".expected") +
                         all_files_below(source / "tests/data/importers", ".report");
  std::string sources;
  for (const char* room : {"manifests", "compiler", "tests"}) {
    compared += all_files_below(source / room, "_test.cc");
    sources += all_files_below(source / room, ".cc");
  }
  std::regex declaration(R"(const char\* (k\w+)\s*=\s*"(FAASC\d{4})\")");
  std::string header = read_file(source / "manifests/codes.h").value();
  int count = 0;
  for (std::sregex_iterator match(header.begin(), header.end(), declaration), end; match != end; ++match) {
    ++count;
    // A code that nothing reports yet has no message to compare.
    if (!has_word(sources, (*match)[1].str())) continue;
    EXPECT_NE(compared.find("[" + (*match)[2].str() + "]"), std::string::npos)
        << (*match)[1] << ": no test compares a message with " << (*match)[2];
  }
  EXPECT_GT(count, 50);
}

}  // namespace
}  // namespace faasc
