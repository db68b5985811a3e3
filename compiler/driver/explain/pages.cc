#include "compiler/driver/explain/pages.h"

#include <algorithm>

namespace faasc {
namespace {

// Everything but the digits is decoration.
std::string normalised(std::string_view code) {
  std::string lower;
  for (char c : code) lower += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  if (lower.starts_with("FAASC")) lower.erase(0, 5);
  if (lower.size() < 4) lower.insert(0, 4 - lower.size(), '0');
  return "FAASC" + lower;
}

// Paragraphs are written as one line each and wrapped here.
void append_wrapped(std::string& out, std::string_view text) {
  constexpr std::size_t kWidth = 80;
  while (text.size() > kWidth) {
    std::size_t cut = text.rfind(' ', kWidth);
    if (cut == std::string_view::npos) cut = text.find(' ');
    if (cut == std::string_view::npos) break;
    out.append(text.substr(0, cut)).append("\n");
    text.remove_prefix(cut + 1);
  }
  out.append(text).append("\n");
}

}  // namespace

std::vector<const ExplainPage*> all_pages() {
  std::vector<const ExplainPage*> all;
  for (auto pages : {manifest_pages(), compiler_pages(), python_pages(), packager_pages(), machine_pages(),
                     launcher_pages(), driver_pages(), base_pages()}) {
    for (const ExplainPage& page : pages) all.push_back(&page);
  }
  std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->code < b->code; });
  return all;
}

const ExplainPage* find_page(std::string_view code) {
  std::string wanted = normalised(code);
  for (const ExplainPage* page : all_pages()) {
    if (page->code == wanted) return page;
  }
  return nullptr;
}

std::string to_text(const ExplainPage& page) {
  std::string out = std::string(page.code) + ": " + std::string(page.title) + "\n\n";
  append_wrapped(out, page.meaning);
  if (!page.example.empty()) {
    out += "\nFor example:\n\n";
    std::string_view rest = page.example;
    while (!rest.empty()) {
      std::size_t end = rest.find('\n');
      out.append("    ").append(rest.substr(0, end)).append("\n");
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
  }
  out += "\nWhat to do:\n\n";
  append_wrapped(out, page.fix);
  return out;
}

std::string list_of_pages() {
  struct Part {
    std::string_view first;  // code
    std::string_view heading;
  };
  constexpr Part kParts[] = {{"FAASC0100", "faas.yaml"},
                             {"FAASC0200", "C++ functions"},
                             {"FAASC0300", "Python functions"},
                             {"FAASC0400", "Go functions"},
                             {"FAASC0500", "Images, file systems, archives"},
                             {"FAASC0600", "Kernels and specifications of VMs"},
                             {"FAASC0700", "Running VMs"},
                             {"FAASC0800", "Builds and the command line"},
                             {"FAASC0900", "Files and programs of this host"}};
  std::string list;
  const Part* next = std::begin(kParts);
  for (const ExplainPage* page : all_pages()) {
    const Part* part = nullptr;
    while (next != std::end(kParts) && next->first <= page->code) part = next++;
    if (part != nullptr) list.append(list.empty() ? "" : "\n").append(part->heading).append(":\n");
    list.append("  ").append(page->code).append("  ").append(page->title).append("\n");
  }
  return list;
}

}  // namespace faasc
