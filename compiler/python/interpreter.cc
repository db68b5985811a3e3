#include "compiler/python/interpreter.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/file_stamp.h"
#include "base/process.h"
#include "base/sha256.h"
#include "compiler/python/codes.h"
#include "packager/rootfs/elf_file.h"

namespace faasc {
namespace fs = std::filesystem;
using nlohmann::json;

namespace {

constexpr int kOldestMinor = 8;
constexpr std::chrono::seconds kProbeTime(60);

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

// {3, 11, 7} of "3.11.7"; shorter where the text is, empty where it is no version.
std::vector<int> numbers_of(std::string_view version) {
  std::vector<int> numbers;
  while (!version.empty()) {
    std::size_t end = std::min(version.find('.'), version.size());
    if (end == 0 || end > 4) return {};
    int number = 0;
    for (char c : version.substr(0, end)) {
      if (c < '0' || c > '9') return {};
      number = number * 10 + (c - '0');
    }
    numbers.push_back(number);
    version.remove_prefix(std::min(end + 1, version.size()));
  }
  return numbers;
}

bool begins_with(const std::vector<int>& version, const std::vector<int>& wanted) {
  return version.size() >= wanted.size() && std::equal(wanted.begin(), wanted.end(), version.begin());
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

// The versions that pyenv would choose from, as its own files name them.
std::vector<std::string> pyenv_choice(const PythonSearch& search) {
  if (!search.pyenv_version.empty()) return split(search.pyenv_version, ':');
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::path directory = fs::absolute(search.project, error).lexically_normal();
       !error && !search.project.empty(); directory = directory.parent_path()) {
    files.push_back(directory / ".python-version");
    if (directory == directory.root_path()) break;
  }
  files.push_back(search.pyenv_root / "version");
  for (const fs::path& file : files)
    if (auto text = read_file(file, 1 << 16); text) {
      std::string lines = *text;
      std::replace(lines.begin(), lines.end(), '\n', ' ');
      return split(lines, ' ');
    }
  return {};
}

struct Installed {
  std::vector<int> version;
  fs::path program;
};

// pyenv's CPythons, newest first.
std::vector<Installed> pyenv_versions(const PythonSearch& search) {
  std::vector<Installed> found;
  if (search.pyenv_root.empty()) return found;
  std::error_code error;
  for (fs::directory_iterator entry(search.pyenv_root / "versions", error), end; !error && entry != end;
       entry.increment(error)) {
    std::vector<int> version = numbers_of(entry->path().filename().string());
    fs::path program = entry->path() / "bin/python3";
    if (version.size() == 3 && version[0] == 3 && looks_like_elf(program.string()))
      found.push_back({std::move(version), std::move(program)});
  }
  std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) { return a.version > b.version; });
  return found;
}

Error unusable(const fs::path& executable, std::string why) {
  return {.fault = Fault::Missing,
          .code = kPythonInterpreterUnusable,
          .what = "'" + executable.string() + "' is no interpreter that faasc can use: " + std::move(why),
          .during = {},
          .hint = "install CPython, for example with 'apt install python3', or name a version in 'runtime'"};
}

Result<PythonInterpreter> read_facts(const std::string& text, const fs::path& executable) {
  auto facts = json::parse(text, nullptr, false);
  if (!facts.is_object() || !facts.contains("version") || facts["version"].size() != 3)
    return unusable(executable, "it did not say what it is");
  PythonInterpreter python;
  try {
    python.major = facts["version"][0];
    python.minor = facts["version"][1];
    python.micro = facts["version"][2];
    python.executable = facts["executable"].get<std::string>();
    python.stdlib = facts["stdlib"].get<std::string>();
    python.dynload = facts["dynload"].get<std::string>();
    python.library = facts["library"].get<std::string>();
    python.library_name = facts["library_name"].get<std::string>();
    python.cache_tag = facts["cache_tag"].get<std::string>();
    python.platlibdir = facts["platlibdir"].get<std::string>();
    python.builtin_modules = facts["builtin"].get<std::vector<std::string>>();
    python.extension_suffixes = facts["extension_suffixes"].get<std::vector<std::string>>();
    for (const auto& directory : facts.at("site_directories"))
      python.site_directories.emplace_back(directory.get<std::string>());
    if (facts["implementation"] != "cpython")
      return unusable(executable, "it is " + facts["implementation"].get<std::string>() + ", not CPython");
  } catch (const json::exception& error) {
    return unusable(executable, std::string("it did not say what it is (") + error.what() + ")");
  }
  if (python.major != 3 || python.minor < kOldestMinor)
    return Error{
        .fault = Fault::Missing,
        .code = kPythonInterpreterTooOld,
        .what = "'" + executable.string() + "' is Python " + python.version() + "; faasc needs 3.8 or newer",
        .during = {},
        .hint = "name a newer version in 'runtime', for example 'python:3.11'"};
  return python;
}

std::string text_of(const FileStamp& stamp) {
  return std::to_string(stamp.inode) + " " + std::to_string(stamp.size_bytes) + " " +
         std::to_string(stamp.modified_ns) + " " + std::to_string(stamp.changed_ns);
}

}  // namespace

std::string PythonInterpreter::version() const {
  return short_version() + "." + std::to_string(micro);
}
std::string PythonInterpreter::short_version() const {
  return std::to_string(major) + "." + std::to_string(minor);
}

std::string PythonInterpreter::platform() const {
  for (const std::string& suffix : extension_suffixes)
    if (suffix.starts_with('.') && suffix.ends_with(".so") && suffix.find("-linux-") != std::string::npos)
      return suffix.substr(1, suffix.size() - 4);
  return cache_tag;
}

PythonSearch PythonSearch::of_process(const fs::path& project) {
  PythonSearch search{.path = environment("PATH"),
                      .pyenv_root = environment("PYENV_ROOT"),
                      .pyenv_version = environment("PYENV_VERSION"),
                      .project = project};
  if (search.pyenv_root.empty())
    if (std::string home = environment("HOME"); !home.empty()) search.pyenv_root = fs::path(home) / ".pyenv";
  std::error_code error;
  if (!fs::is_directory(search.pyenv_root / "versions", error)) search.pyenv_root.clear();
  return search;
}

std::vector<fs::path> python_candidates(const PythonSearch& search, std::string_view version) {
  std::vector<int> wanted = numbers_of(version);
  std::vector<fs::path> candidates;
  std::set<std::string> seen;
  auto add = [&](const fs::path& program) {
    std::error_code error;
    fs::path real = fs::canonical(program, error);
    if (error || !looks_like_elf(real.string()) || !seen.insert(real.string()).second) return;
    candidates.push_back(std::move(real));
  };
  std::vector<Installed> of_pyenv = pyenv_versions(search);
  auto add_pyenv = [&](const std::vector<int>& prefix) {
    for (const Installed& one : of_pyenv)
      if (begins_with(one.version, prefix) && begins_with(one.version, wanted)) add(one.program);
  };
  std::vector<std::string> names;
  if (wanted.size() >= 2)
    names.push_back("python" + std::to_string(wanted[0]) + "." + std::to_string(wanted[1]));
  names.push_back("python3");
  for (const std::string& directory : split(search.path, ':')) {
    if (!search.pyenv_root.empty() && fs::path(directory) == search.pyenv_root / "shims") {
      for (const std::string& choice : pyenv_choice(search))
        if (auto numbers = numbers_of(choice); !numbers.empty()) add_pyenv(numbers);
      continue;
    }
    for (const std::string& name : names) add(fs::path(directory) / name);
  }
  add_pyenv({});
  for (const char* directory : {"/usr/local/bin", "/usr/bin"})
    for (const std::string& name : names) add(fs::path(directory) / name);
  return candidates;
}

std::vector<std::string> python_versions_found(const PythonSearch& search) {
  std::vector<Installed> found = pyenv_versions(search);
  std::set<std::string> seen;
  std::vector<std::string> directories = split(search.path, ':');
  directories.insert(directories.end(), {"/usr/local/bin", "/usr/bin"});
  for (const std::string& directory : directories) {
    std::error_code error;
    for (fs::directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
      std::string name = entry->path().filename().string();
      if (!name.starts_with("python3.")) continue;
      std::vector<int> version = numbers_of(std::string_view(name).substr(6));
      if (version.size() == 2 && looks_like_elf(entry->path().string()) &&
          seen.insert(entry->path().string()).second)
        found.push_back({version, entry->path()});
    }
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const auto& a, const auto& b) { return a.version > b.version; });
  std::vector<std::string> texts;
  for (const Installed& one : found) {
    std::string text;
    for (int number : one.version) text.append(text.empty() ? "" : ".").append(std::to_string(number));
    texts.push_back(text + " (" + one.program.string() + ")");
  }
  return texts;
}

Result<PythonInterpreter> probe_python(const fs::path& executable, const fs::path& probe_script,
                                       const fs::path& cache) {
  FileStamp stamp = stamp_of(executable), script = stamp_of(probe_script);
  std::string key = executable.string() + "\n" + text_of(stamp) + "\n" + text_of(script);
  fs::path kept = cache / "interpreters" / (to_hex(sha256(key)) + ".json");
  std::string text;
  if (auto known = read_file(kept, 1 << 20); known) {
    text = std::move(*known);
  } else {
    FAASC_TRY(Finished finished,
              run({.argv = {executable.string(), "-I", "-S", probe_script.string()}}, {.timeout = kProbeTime})
                  .during("asking '" + executable.string() + "' what it is"));
    if (!finished.status.ok()) {
      std::size_t at = finished.err.find_last_not_of('\n');
      std::size_t line = at == std::string::npos ? at : finished.err.rfind('\n', at);
      std::string last = at == std::string::npos
                             ? "it ended with status " + std::to_string(finished.status.code)
                             : finished.err.substr(line == std::string::npos ? 0 : line + 1,
                                                   at - (line == std::string::npos ? 0 : line + 1) + 1);
      return unusable(executable, last);
    }
    text = std::move(finished.out);
  }
  FAASC_TRY(PythonInterpreter python, read_facts(text, executable));
  (void)write_file_if_changed(kept, text);  // it only saves time
  python.digest = to_hex(sha256(key + text));
  return python;
}

Result<PythonInterpreter> find_python(const PythonSearch& search, std::string_view version,
                                      const fs::path& probe_script, const fs::path& cache) {
  std::vector<int> wanted = numbers_of(version);
  std::optional<Error> first;
  for (const fs::path& candidate : python_candidates(search, version)) {
    auto python = probe_python(candidate, probe_script, cache);
    if (python && begins_with({python->major, python->minor, python->micro}, wanted)) return python;
    if (!python && !first) first = python.error();
    if (!python && python.error().fault == Fault::Interrupted) return std::move(python).error();
  }
  std::string list;
  for (const std::string& one : python_versions_found(search))
    list.append(list.empty() ? "" : ", ").append(one);
  if (list.empty() || wanted.empty()) {
    if (first) return std::move(*first);
    return Error{.fault = Fault::Missing,
                 .code = kPythonInterpreterMissing,
                 .what = "there is no Python 3 on this host",
                 .during = {},
                 .hint = "apt install python3"};
  }
  return Error{.fault = Fault::Missing,
               .code = kPythonInterpreterMissing,
               .what = "there is no Python " + std::string(version) + " on this host; there are " + list,
               .during = {},
               .hint = "install it, or name one of these in 'runtime'"};
}

}  // namespace faasc
