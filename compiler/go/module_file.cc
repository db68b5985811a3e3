#include "compiler/go/module_file.h"

#include "base/file.h"

namespace faasc::go {

namespace fs = std::filesystem;

namespace {

// One word, or one string in double or back quotes.
std::string first_word(std::string_view text) {
  std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin);
  if (text[0] == '"' || text[0] == '`') {
    std::size_t end = text.find(text[0], 1);
    return std::string(text.substr(1, end == std::string_view::npos ? end : end - 1));
  }
  return std::string(text.substr(0, text.find_first_of(" \t\r")));
}

}  // namespace

// go.mod, as far as it is read:
//   <line> ::= "module" <string> | "go" <version> | anything else      "//" begins a comment
ModuleFile read_module_file(std::string_view text) {
  ModuleFile file;
  bool in_block = false;
  for (int line = 1; !text.empty(); ++line) {
    std::size_t end = text.find('\n');
    std::string_view rest = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    rest = rest.substr(0, rest.find("//"));
    std::string word = first_word(rest);
    if (in_block) {
      in_block = word != ")";
      continue;
    }
    in_block = rest.find('(') != std::string_view::npos && word != "module";
    std::size_t after = rest.find(word);
    if (word == "module" || word == "go") {
      std::string value = first_word(rest.substr(after + word.size()));
      if (word == "module") {
        file.path = value;
        file.path_line = line;
      } else {
        file.go = value;
        file.go_line = line;
      }
    }
  }
  return file;
}

Result<std::optional<Module>> find_module(const fs::path& directory) {
  for (fs::path at = directory;; at = at.parent_path()) {
    std::error_code error;
    if (fs::is_regular_file(at / "go.mod", error)) {
      FAASC_TRY(std::string text, read_file(at / "go.mod", 1 << 20));
      ModuleFile file = read_module_file(text);
      return std::optional(Module{.root = at,
                                  .path = file.path,
                                  .go = file.go,
                                  .path_line = file.path_line,
                                  .go_line = file.go_line,
                                  .vendored = fs::exists(at / "vendor/modules.txt", error)});
    }
    if (!at.has_relative_path()) return std::optional<Module>();
  }
}

}  // namespace faasc::go
