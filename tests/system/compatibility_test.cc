// What boots where: docs/compatibility.md, from machines that were started and answered the tests of their
// function. All of it takes half an hour, so cells are booted when asked: FAASC_COMPATIBILITY is a part of
// the names of the kernels to boot
// ("" for all), whose tables are compared with the page, or with FAASC_UPDATE_GOLDEN=1 written to it.

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "base/file.h"
#include "packager/kernels/kernel_store.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

const fs::path kPage = fs::path(FAASC_SOURCE_DIR) / "docs/compatibility.md";

/// A template of `faasc init`, which has tests of its own.
struct Row {
  const char* language;
  const char* kind;
  const char* project;
  const char* root = "";  ///< image.root, which is for Linux; empty: ext4, or Nanos' own
};
constexpr Row kRows[] = {
    {"C++", "http", "cpp-http"},
    {"C++", "cloudevent", "cpp-cloudevent"},
    {"C++", "lambda", "cpp-lambda"},
    {"C++", "typed", "cpp-typed"},
    {"Go", "http", "go-http"},
    {"Go", "cloudevent", "go-cloudevent"},
    {"Go", "lambda", "go-lambda"},
    {"Python", "http", "python-http"},
    {"Python", "cloudevent", "python-cloudevent"},
    {"Python", "lambda", "python-lambda"},
    {"any", "server", "binary"},
};
/// What is in the root is the same, however it gets there: one kind of each language shows it.
constexpr Row kRootRows[] = {
    {"C++", "http", "cpp-http", "erofs"},       {"Go", "http", "go-http", "erofs"},
    {"Python", "http", "python-http", "erofs"}, {"C++", "http", "cpp-http", "initramfs"},
    {"Go", "http", "go-http", "initramfs"},     {"Python", "http", "python-http", "initramfs"},
};
struct Column {
  const char* title;
  std::vector<std::string> options;
};
const Column kColumns[] = {
    {"microvm, direct", {"--machine", "microvm", "--boot", "direct"}},
    {"q35, direct", {"--machine", "q35", "--boot", "direct"}},
    {"q35, BIOS", {"--machine", "q35", "--boot", "bios"}},
    {"q35, UEFI", {"--machine", "q35", "--boot", "uefi"}},
};

/// "nanos", "linux", "linux-faasc-tiny": what a kernel is, without its version.
std::string sort_of(const std::string& kernel) {
  std::size_t ours = kernel.find("-faasc-");
  return kernel.substr(0, kernel.find('@')) +
         (ours == std::string::npos ? std::string() : kernel.substr(ours));
}

/// The newest kernel of each sort for x86-64: Nanos, the distribution's Linux, and each profile of ours.
std::vector<std::string> kernels() {
  std::vector<std::string> names;
  std::set<std::string> seen;
  auto store = KernelStore::open();
  if (!store) return names;
  for (const Kernel& kernel : store->list().kernels) {
    if (kernel.architecture != kX86_64) continue;
    if (seen.insert(sort_of(full_name(kernel))).second) names.push_back(full_name(kernel));
  }
  return names;
}

/// The code of the first error, where there is one.
std::string reason(const Finished& finished) {
  std::size_t at = finished.err.find("[FAASC");
  if (at != std::string::npos) return finished.err.substr(at + 1, 9);
  return "status " + std::to_string(finished.status.code);
}

std::string header() {
  std::string line = "| function |", rule = "|---|";
  for (const Column& column : kColumns) {
    line += std::string(" ") + column.title + " |";
    rule += "---|";
  }
  return line + "\n" + rule + "\n";
}
std::string row_title(const Row& row) {
  std::string root = *row.root == '\0' ? "" : std::string(", root: ") + row.root;
  return "| " + std::string(row.language) + " " + row.kind + root + " |";
}
/// A table of the page: a kernel, or a kernel with the roots that are not its usual one.
constexpr const char* kOtherRoots = ", other roots";
std::vector<Row> rows_of(const std::string& section) {
  if (section.ends_with(kOtherRoots)) return {std::begin(kRootRows), std::end(kRootRows)};
  return {std::begin(kRows), std::end(kRows)};
}
std::vector<std::string> sections() {
  std::vector<std::string> all;
  for (const std::string& kernel : kernels()) {
    all.push_back(kernel);
    if (kernel.starts_with("linux")) all.push_back(kernel + kOtherRoots);
  }
  return all;
}
/// An initramfs is no disk, and so has no boot loader.
bool is_disk(const Row& row) {
  return row.root != std::string_view("initramfs");
}
bool is_direct(const Column& column) {
  return std::find(column.options.begin(), column.options.end(), "direct") != column.options.end();
}

const char* const kIntroduction =
    "# What boots where\n\n"
    "Every \"yes\" is a machine that faasc started and that answered all tests of its function, a template\n"
    "of `faasc init`, built with `image: {boot: uefi}`. So one image per row and kernel boots in all four "
    "ways; with\n"
    "`root: initramfs` there is no disk that could boot. Each kernel's tables come from a run of\n"
    "`tests/system/compatibility_test.cc`; the\n"
    "machines were QEMU's, emulated.\n";

TEST(Compatibility, ThePageNamesWhatIsBooted) {
  auto page = read_file(kPage, 1 << 20);
  ASSERT_TRUE(page) << page.error().what;
  EXPECT_TRUE(page->starts_with(kIntroduction));
  std::size_t tables = 0;
  for (std::size_t at = page->find("\n## "); at != std::string::npos;
       at = page->find("\n## ", at + 1), ++tables) {
    std::string section = page->substr(at + 1, page->find("\n## ", at + 1) - at);
    SCOPED_TRACE(section.substr(0, section.find('\n')));
    EXPECT_NE(section.find(header()), std::string::npos);
    for (const Row& row : rows_of(section.substr(3, section.find('\n') - 3)))
      EXPECT_NE(section.find("\n" + row_title(row)), std::string::npos) << row_title(row);
  }
  EXPECT_GE(tables, 1u);
}

/// The tables of a page by the names of their kernels.
std::map<std::string, std::string> tables_of(const std::string& page) {
  std::map<std::string, std::string> tables;
  for (std::size_t at = page.find("\n## "); at != std::string::npos; at = page.find("\n## ", at + 1)) {
    std::string table = page.substr(at, page.find("\n## ", at + 1) - at);
    tables[table.substr(4, table.find('\n', 1) - 4)] = table;
  }
  return tables;
}

/// A busy host may be too slow for one start; the second one decides.
Finished test_of(const ProjectRun& project, const std::vector<std::string>& arguments) {
  Finished first = project.faasc(arguments);
  constexpr int kHost = 6, kTimeout = 7;
  return first.status.code == kHost || first.status.code == kTimeout ? project.faasc(arguments) : first;
}

void make_project(const ProjectRun& project, const Row& row) {
  Finished made = project.faasc({"init", "function", "--template", row.project});
  ASSERT_EQ(made.status.code, 0) << made.err;
  if (std::string(row.project) == "binary") {
    ASSERT_EQ(project.shell("make -s -C function").status.code, 0);
  }
  fs::path manifest = project.at("function/faas.yaml");
  std::string image = is_disk(row) ? "boot: uefi" : "boot: direct";
  if (*row.root != '\0') image += std::string(", root: ") + row.root;
  std::string text = read_file(manifest, 1 << 20).value() + "\nimage: {" + image + "}\n";
  ASSERT_TRUE(write_file(manifest, text));
}

std::string boot_row(const std::string& kernel, const Row& row) {
  ProjectRun project;
  make_project(project, row);
  if (testing::Test::HasFatalFailure()) return {};
  Finished built = project.faasc({"build", "-q", "function", "--kernel", kernel});
  std::string line = row_title(row);
  for (const Column& column : kColumns) {
    if (!is_disk(row) && !is_direct(column)) {
      line += " - |";
      continue;
    }
    std::vector<std::string> arguments{"test", "function", "--kernel", kernel, "--accel", "tcg"};
    arguments.insert(arguments.end(), column.options.begin(), column.options.end());
    Finished tested = built.status.ok() ? test_of(project, arguments) : built;
    bool yes = tested.status.ok();
    line += std::string(" ") + (yes ? "yes" : reason(tested)) + " |";
    EXPECT_TRUE(yes) << kernel << ", " << row_title(row) << ", " << column.title << ":\n"
                     << tested.out << tested.err;
    std::cerr << kernel << ", " << row_title(row) << " " << column.title << ": " << (yes ? "yes" : "no")
              << std::endl;
  }
  return line + "\n";
}

TEST(Compatibility, EveryCellBoots) {
  const char* part = std::getenv("FAASC_COMPATIBILITY");
  if (part == nullptr) GTEST_SKIP() << "FAASC_COMPATIBILITY is not set";
  if (!has_qemu()) GTEST_SKIP() << "QEMU is not installed";
  std::map<std::string, std::string> tables;
  if (auto page = read_file(kPage, 1 << 20)) tables = tables_of(*page);
  for (const std::string& section : sections()) {
    if (section.find(part) == std::string::npos) continue;
    std::string table = "\n## " + section + "\n\n" + header();
    const std::string kernel = section.substr(0, section.find(','));
    for (const Row& row : rows_of(section)) table += boot_row(kernel, row);
    if (std::getenv("FAASC_UPDATE_GOLDEN") == nullptr) {
      EXPECT_EQ(tables[section], table);
    }
    // In the place of an older kernel's.
    std::erase_if(tables, [&](const auto& one) { return sort_of(one.first) == sort_of(section); });
    tables[section] = table;
  }
  if (std::getenv("FAASC_UPDATE_GOLDEN") == nullptr) return;
  std::string page = kIntroduction;
  std::vector<std::string> order;  // Nanos first; a kernel before its other roots
  for (const auto& [section, table] : tables) order.push_back(section);
  std::sort(order.begin(), order.end(), [](const std::string& a, const std::string& b) {
    auto key = [](const std::string& section) {
      return std::pair(sort_of(section.substr(0, section.find(','))), section);
    };
    return key(a).first != key(b).first ? key(a).first > key(b).first : a.size() < b.size();
  });
  for (const std::string& section : order) page += tables[section];
  ASSERT_TRUE(write_file(kPage, page));
}

}  // namespace
}  // namespace faasc
