#include "compiler/driver/explain/pages.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <regex>
#include <set>

#include <gtest/gtest.h>

#include "base/file.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

TEST(Pages, EveryCodeHasOneAndOnlyThose) {
  // Codes are named in headers only: "inline constexpr const char* kX = "FAASC0123"".
  std::regex declaration(R"(const char\* (k\w+)\s*=\s*"(FAASC\d{4})\")");
  std::map<std::string, std::set<std::string>> names;
  for (const char* room : {"base", "manifests", "packager", "launcher", "compiler"}) {
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(FAASC_SOURCE_DIR) / room)) {
      if (entry.path().extension() != ".h") continue;
      std::string text = read_file(entry.path()).value();
      for (std::sregex_iterator match(text.begin(), text.end(), declaration), end; match != end; ++match) {
        names[(*match)[2]].insert((*match)[1]);
      }
    }
  }
  EXPECT_GT(names.size(), 100u);
  for (const auto& [code, constants] : names)
    EXPECT_NE(find_page(code), nullptr) << code << " (" << *constants.begin() << ") lacks a page";
  std::vector<const ExplainPage*> pages = all_pages();
  for (std::size_t i = 0; i < pages.size(); ++i) {
    EXPECT_TRUE(names.contains(std::string(pages[i]->code)))
        << pages[i]->code << " has a page, but is no code";
    if (i > 0) {
      EXPECT_LT(pages[i - 1]->code, pages[i]->code);
    }
    EXPECT_FALSE(pages[i]->title.empty());
    EXPECT_FALSE(pages[i]->title.ends_with('.'));
    EXPECT_TRUE(pages[i]->meaning.ends_with('.')) << pages[i]->code;
    EXPECT_TRUE(pages[i]->fix.ends_with('.')) << pages[i]->code;
  }
}

TEST(Pages, AreFoundHoweverTheCodeIsWritten) {
  const ExplainPage* page = find_page("FAASC0120");
  ASSERT_NE(page, nullptr);
  for (const char* spelling : {"faasc0120", "0120", "120"}) EXPECT_EQ(find_page(spelling), page) << spelling;
  for (const char* other : {"", "FAASC", "9999", "x", "1200", "FAASC01200"})
    EXPECT_EQ(find_page(other), nullptr) << other;
}

TEST(Pages, PrintWell) {
  for (const ExplainPage* page : all_pages()) {
    SCOPED_TRACE(page->code);
    std::string text = to_text(*page);
    EXPECT_TRUE(text.starts_with(std::string(page->code) + ": "));
    EXPECT_TRUE(text.ends_with(".\n"));
    EXPECT_NE(text.find("\nWhat to do:\n"), std::string::npos);
    for (std::size_t start = 0; start < text.size();) {
      std::size_t end = text.find('\n', start);
      EXPECT_LE(end - start, 120u) << text.substr(start, end - start);
      start = end + 1;
    }
  }
}

TEST(Pages, ShowAnExample) {
  for (const ExplainPage* page : all_pages()) {
    EXPECT_FALSE(page->example.empty()) << page->code;
    EXPECT_FALSE(page->example.ends_with('\n')) << page->code;
    // One that shows the message shows this page's.
    std::size_t code = page->example.find("[FAASC");
    if (code != std::string_view::npos)
      EXPECT_EQ(page->example.substr(code + 1, page->code.size()), page->code);
  }
}

TEST(Pages, AreListedInParts) {
  std::string list = list_of_pages();
  EXPECT_TRUE(list.starts_with("faas.yaml:\n  FAASC0100  "));
  EXPECT_NE(list.find("\n\nFiles and programs of this host:\n  FAASC0901  "), std::string::npos);
  for (const ExplainPage* page : all_pages()) {
    std::string line(page->code);
    EXPECT_NE(list.find(line.append("  ").append(page->title).append("\n")), std::string::npos) << page->code;
  }
}

}  // namespace
}  // namespace faasc
