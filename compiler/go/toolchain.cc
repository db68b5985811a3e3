#include "compiler/go/toolchain.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "compiler/go/codes.h"

namespace faasc::go {

namespace fs = std::filesystem;

namespace {

std::array<int, 3> numbers_of(std::string_view version) {
  std::array<int, 3> numbers{};
  std::size_t part = 0;
  for (char c : version) {
    if (c == '.') {
      if (++part == numbers.size()) break;
    } else if (c >= '0' && c <= '9') {
      numbers[part] = std::min(numbers[part] * 10 + (c - '0'), 100'000);
    } else {
      break;
    }
  }
  return numbers;
}

void add(const fs::path& program, std::vector<Toolchain>& found) {
  if (::access(program.c_str(), X_OK) != 0) return;
  std::error_code error;
  // A distribution's /usr/bin/go is a link into its GOROOT.
  fs::path real = fs::canonical(program, error);
  if (error) return;
  fs::path root = real.parent_path().parent_path();
  auto text = read_file(root / "VERSION", 4096);
  if (!text) return;
  std::string version = version_of_file(*text);
  bool known =
      std::any_of(found.begin(), found.end(), [&](const Toolchain& one) { return one.root == root; });
  if (!version.empty() && !known) found.push_back({real, root, version});
}

// Newest first.
void add_all(const fs::path& directory, std::string_view prefix, std::vector<Toolchain>& found) {
  std::vector<Toolchain> here;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error))
    if (entry->path().filename().string().starts_with(prefix)) add(entry->path() / "bin/go", here);
  std::sort(here.begin(), here.end(),
            [](const Toolchain& a, const Toolchain& b) { return is_older(b.version, a.version); });
  for (Toolchain& one : here)
    if (std::none_of(found.begin(), found.end(),
                     [&](const Toolchain& other) { return other.root == one.root; }))
      found.push_back(std::move(one));
}

}  // namespace

bool is_older(std::string_view a, std::string_view b) {
  return numbers_of(a) < numbers_of(b);
}

std::string version_of_file(std::string_view text) {
  std::string_view line = text.substr(0, text.find_first_of(" \r\n"));
  if (!line.starts_with("go")) return {};
  return std::string(line.substr(2));
}

std::vector<Toolchain> installed_toolchains() {
  std::vector<Toolchain> found;
  if (auto program = find_program("go")) add(*program, found);
  add("/usr/local/go/bin/go", found);
  add_all("/usr/lib", "go-", found);
  if (const char* home = std::getenv("HOME")) add_all(fs::path(home) / "sdk", "go", found);
  return found;
}

Result<Toolchain> find_toolchain(std::string_view wanted) {
  return choose_toolchain(installed_toolchains(), wanted);
}

Result<Toolchain> choose_toolchain(const std::vector<Toolchain>& found, std::string_view wanted) {
  if (found.empty()) {
    return Error{
        .fault = Fault::Missing,
        .code = kGoMissing,
        .what = "there is no Go on this host: looked in PATH, /usr/local/go, /usr/lib/go-* and ~/sdk",
        .hint = "install the package golang-go, or unpack a release from go.dev into /usr/local/go"};
  }
  std::string prefix = std::string(wanted) + ".";
  std::string list;
  for (const Toolchain& one : found) {
    if (wanted.empty() || one.version == wanted || one.version.starts_with(prefix)) return one;
    list += (list.empty() ? "" : ", ") + one.version;
  }
  return Error{.fault = Fault::Missing,
               .code = kGoVersionMissing,
               .what = "there is no Go " + std::string(wanted) + " on this host",
               .hint = "found: " + list + "; write 'runtime: go' to take the first of them"};
}

}  // namespace faasc::go
