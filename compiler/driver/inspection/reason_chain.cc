#include "compiler/driver/inspection/reason_chain.h"

#include <algorithm>
#include <string>

namespace faasc {
namespace {

// Whether `path` is that of the Python module `name`: "/…/flask/app.pyc" is "flask.app".
bool is_module(std::string_view path, std::string_view name) {
  std::string tail = "/" + std::string(name);
  std::replace(tail.begin() + 1, tail.end(), '.', '/');
  for (const char* ending : {".py", ".pyc", "/__init__.py", "/__init__.pyc"}) {
    if (path.ends_with(tail + ending)) return true;
  }
  // Extension modules have their ABI in the name: "math.cpython-311-x86_64-linux-gnu.so".
  std::size_t at = path.rfind(tail + ".");
  return at != std::string_view::npos && path.ends_with(".so") &&
         path.find('/', at + tail.size()) == path.npos;
}

template <typename Matches>
std::vector<const ListedFile*> matching(const std::vector<ListedFile>& files, Matches matches) {
  std::vector<const ListedFile*> found;
  for (const ListedFile& file : files)
    if (matches(file)) found.push_back(&file);
  return found;
}

}  // namespace

std::vector<const ListedFile*> find_files(const std::vector<ListedFile>& files, std::string_view name) {
  auto found = matching(files, [&](const ListedFile& file) { return file.path == name; });
  if (!found.empty() || name.empty()) return found;
  std::string tail = (name.starts_with('/') ? "" : "/") + std::string(name);
  found = matching(files, [&](const ListedFile& file) { return file.path.ends_with(tail); });
  if (!found.empty() || name.starts_with('/')) return found;
  return matching(files, [&](const ListedFile& file) { return is_module(file.path, name); });
}

std::vector<const ListedFile*> reason_chain(const std::vector<ListedFile>& files, const ListedFile& file) {
  std::vector<const ListedFile*> chain{&file};
  for (;;) {
    std::string_view why = chain.back()->why;
    // "needed by /app/shop", "imported by flask.app"
    std::size_t by = why.rfind(" by ");
    if (by == std::string_view::npos) return chain;
    auto next = find_files(files, why.substr(by + 4));
    if (next.empty() || std::find(chain.begin(), chain.end(), next.front()) != chain.end()) return chain;
    chain.push_back(next.front());
  }
}

}  // namespace faasc
