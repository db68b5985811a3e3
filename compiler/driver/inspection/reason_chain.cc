#include "compiler/driver/inspection/reason_chain.h"

#include <algorithm>
#include <string>

namespace faasc {
namespace {

// The Python module in a file: "flask.app" of "/usr/lib/python3.11/site-packages/flask/app.pyc". Empty for
// what lies in none of the directories that a guest's sys.path may have.
std::string module_of(std::string_view path) {
  std::size_t begin = 0;
  for (std::string_view root : {"/var/task/", "/usr/lib/faasc/python/", "/usr/lib/faasc/fallback/"})
    if (path.starts_with(root)) begin = root.size();
  // "/usr/lib/python3.11/", and what is searched beside it
  if (std::size_t at = path.find("/python3."); begin == 0 && at != path.npos)
    begin = std::min(path.find('/', at + 1), path.size() - 1) + 1;
  for (std::string_view inner : {"lib-dynload/", "site-packages/"})
    if (path.substr(begin).starts_with(inner)) begin += inner.size();
  if (begin == 0) return {};
  path.remove_prefix(begin);
  std::size_t name = path.rfind('/') + 1;
  if (path.ends_with(".so"))  // with its ABI in the name: "math.cpython-311-x86_64-linux-gnu.so"
    path = path.substr(0, path.find('.', name));
  else if (path.ends_with(".py") || path.ends_with(".pyc"))
    path = path.substr(0, path.rfind('.'));
  else
    return {};
  if (path.ends_with("/__init__")) path.remove_suffix(9);
  std::string module(path);
  std::replace(module.begin(), module.end(), '/', '.');
  return module;
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
  found = matching(files, [&](const ListedFile& file) { return module_of(file.path) == name; });
  if (!found.empty()) return found;
  std::string tail = (name.starts_with('/') ? "" : "/") + std::string(name);
  found = matching(files, [&](const ListedFile& file) { return file.path.ends_with(tail); });
  // The byte code of a source that stayed away.
  if (found.empty() && tail.ends_with(".py"))
    found = matching(files, [&](const ListedFile& file) { return file.path.ends_with(tail + "c"); });
  return found;
}

std::vector<std::string> names_in(const std::vector<ListedFile>& files) {
  std::vector<std::string> names;
  for (const ListedFile& file : files) {
    std::string module = module_of(file.path);
    names.push_back(module.empty() ? file.path.substr(file.path.rfind('/') + 1) : std::move(module));
  }
  return names;
}

std::vector<const ListedFile*> reason_chain(const std::vector<ListedFile>& files, const ListedFile& file) {
  std::vector<const ListedFile*> chain{&file};
  for (;;) {
    std::string_view why = chain.back()->why;
    // "needed by /app/shop", "imported by flask.app", "imported by hashlib; wanted by main"
    std::size_t by = why.rfind(" by ");
    if (by == std::string_view::npos) return chain;
    auto next = find_files(files, why.substr(by + 4));
    if (next.empty() || std::find(chain.begin(), chain.end(), next.front()) != chain.end()) return chain;
    chain.push_back(next.front());
  }
}

}  // namespace faasc
