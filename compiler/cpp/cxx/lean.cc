#include "compiler/cpp/cxx/lean.h"

#include <algorithm>
#include <iterator>

#include <llvm/Object/ObjectFile.h>

namespace faasc::cpp {
namespace {

// The files of glibc 2.36 that refer to fprintf() have these functions, fprintf() itself apart; libstdc++'s
// debug mode has one more. Catalogues take a locale.
constexpr llvm::StringLiteral kNames[] = {
    "fprintf",    "malloc_stats", "malloc_info", "psiginfo",   "putgrent",  "putpwent",
    "putspent",   "putsgent",     "addmntent",   "argp_parse", "argp_help", "argp_state_help",
    "argp_error", "argp_failure", "setlocale",   "newlocale",  "uselocale", "duplocale"};
constexpr llvm::StringLiteral kParts[] = {"gettext", "textdomain", "St6locale", "__gnu_debug"};

bool tells_the_difference(llvm::StringRef name) {
  return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames) ||
         std::any_of(std::begin(kParts), std::end(kParts),
                     [&](llvm::StringRef part) { return name.contains(part); });
}

}  // namespace

bool can_be_lean(const std::vector<std::string>& objects) {
  for (const std::string& path : objects) {
    auto object = llvm::object::ObjectFile::createObjectFile(path);
    if (!object) {
      llvm::consumeError(object.takeError());
      return false;
    }
    for (const llvm::object::SymbolRef& symbol : object->getBinary()->symbols()) {
      auto flags = symbol.getFlags();
      auto name = symbol.getName();
      if (!flags || !name) {
        if (!flags) llvm::consumeError(flags.takeError());
        if (!name) llvm::consumeError(name.takeError());
        return false;
      }
      if ((*flags & llvm::object::SymbolRef::SF_Undefined) && tells_the_difference(*name)) return false;
    }
  }
  return true;
}

}  // namespace faasc::cpp
