#include "compiler/build/pins.h"

#include <algorithm>
#include <map>

#include "base/file.h"
#include "base/sha256.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

std::string hex(std::string_view bytes) {
  return "sha256:" + to_hex(sha256(bytes));
}

Result<std::string> hex_of_file(const fs::path& file) {
  FAASC_TRY(Sha256Digest digest, sha256_of_file(file));
  return "sha256:" + to_hex(digest);
}

Pin pin_of(const Kernel& kernel) {
  std::string lines;
  for (const auto& [file, digest] : kernel.sha256) lines += digest + "  " + file + "\n";
  std::string name = full_name(kernel);
  return {"kernel", name.substr(0, name.find('@')), kernel.version, hex(lines)};
}

// Go escapes capitals in its cache: "!burnt!sushi" is "BurntSushi".
std::string unescaped(std::string_view text) {
  std::string out;
  bool capital = false;
  for (char c : text) {
    if (c == '!') {
      capital = true;
      continue;
    }
    out += capital && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    capital = false;
  }
  return out;
}

// ".../pkg/mod/github.com/!burnt!sushi/toml@v1.3.2"; the standard library's own module has no digest.
bool module_of(const std::string& path, Pin& pin) {
  constexpr std::string_view kCache = "/pkg/mod/";
  std::size_t begin = path.find(kCache);
  if (begin == std::string::npos) return false;
  std::string_view rest = std::string_view(path).substr(begin + kCache.size());
  std::size_t at = rest.find('@');
  if (at == std::string_view::npos) return false;
  std::string_view version = rest.substr(at + 1);
  version = version.substr(0, version.find('/'));
  pin = {"module", unescaped(rest.substr(0, at)), unescaped(version), {}};
  return true;
}

// Lines "module version h1:digest"; those of "version/go.mod" are of the go.mod alone.
void read_go_sum(const fs::path& file, std::map<std::string, std::string>& sums) {
  auto text = read_file(file, std::uint64_t{64} << 20);
  if (!text) return;
  std::string_view rest = *text;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    std::size_t last = line.rfind(' ');
    if (last != std::string_view::npos) sums[std::string(line.substr(0, last))] = line.substr(last + 1);
  }
}

bool is_system(const fs::path& path) {
  std::string text = path.string();
  return text.starts_with("/usr/") || text.starts_with("/lib") || text.starts_with("/opt/");
}

bool is_library(const fs::path& path) {
  std::string name = path.filename().string();
  return name.ends_with(".a") || name.ends_with(".o") || name.ends_with(".so") ||
         name.find(".so.") != std::string::npos;
}

// A RECORD without the lines about what an installer adds, which differ from one to the next.
std::string record_of_wheel(std::string_view text, const std::string& directory) {
  std::string kept;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    bool added = false;
    for (const char* name : {"/INSTALLER,", "/REQUESTED,", "/direct_url.json,", "/RECORD,"})
      added |= line.starts_with(directory + name);
    added |= line.find(".pyc,") != std::string_view::npos || line.starts_with("../");
    if (!added) kept.append(line).append("\n");
  }
  return kept;
}

void pin_wheels(const fs::path& site, std::vector<Pin>& pins) {
  std::error_code error;
  for (fs::directory_iterator entry(site, error), end; !error && entry != end; entry.increment(error)) {
    std::string directory = entry->path().filename().string();
    if (!directory.ends_with(".dist-info")) continue;
    std::string stem = directory.substr(0, directory.size() - 10);
    std::size_t dash = stem.find('-');
    auto record = read_file(entry->path() / "RECORD", std::uint64_t{64} << 20);
    pins.push_back({"wheel", stem.substr(0, dash), dash == std::string::npos ? "" : stem.substr(dash + 1),
                    record ? hex(record_of_wheel(*record, directory)) : std::string()});
  }
}

// The cache's directory of what pip resolved: ".../site/<digest>".
bool is_site(const fs::path& path) {
  return path.parent_path().filename() == "site";
}

bool is_python(const std::string& name) {
  return name.starts_with("python3") || name.starts_with("libpython3");
}

}  // namespace

Result<std::vector<Pin>> pins_of(const std::vector<std::string>& inputs, const Kernel& kernel) {
  std::vector<Pin> pins{pin_of(kernel)};
  std::map<std::string, std::string> sums;
  std::vector<Pin> modules;
  for (const std::string& input : inputs) {
    fs::path path(input);
    std::string name = path.filename().string();
    std::error_code error;
    if (name == "go.sum") {
      read_go_sum(path, sums);
    } else if (Pin module; module_of(input, module)) {
      modules.push_back(std::move(module));
    } else if (is_site(path)) {
      pin_wheels(path, pins);
    } else if (name == "VERSION") {
      FAASC_TRY(std::string text, read_file(path, 4096));
      pins.push_back({"toolchain", "go", text.substr(0, text.find('\n')), hex(text)});
    } else if (is_python(name) && fs::is_regular_file(path, error)) {
      FAASC_TRY(std::string digest, hex_of_file(path));
      pins.push_back({"interpreter", name, {}, std::move(digest)});
    } else if (is_library(path) && is_system(path) && fs::is_regular_file(path, error) &&
               input.find("/faasc/") == std::string::npos) {
      FAASC_TRY(std::string digest, hex_of_file(path));
      pins.push_back({"library", input, {}, std::move(digest)});
    }
  }
  for (Pin& module : modules) {
    auto sum = sums.find(module.name + " " + module.version);
    if (sum != sums.end()) module.digest = sum->second;
    pins.push_back(std::move(module));
  }
  std::sort(pins.begin(), pins.end());
  pins.erase(std::unique(pins.begin(), pins.end()), pins.end());
  return pins;
}

}  // namespace faasc
