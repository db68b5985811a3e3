#include "compiler/python/site_packages.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "compiler/python/codes.h"
#include "compiler/python/requirements.h"
#include "compiler/python/site_step.h"

namespace faasc::python {
namespace fs = std::filesystem;
namespace {

constexpr std::chrono::minutes kPipTime(15);

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

// A wheelhouse is known by its files' names and sizes: a wheel's name says its version and build.
Result<std::string> describe(const fs::path& directory) {
  std::set<std::string> entries;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    std::error_code ignored;
    entries.insert(entry->path().filename().string() + " " + std::to_string(entry->file_size(ignored)));
  }
  if (error)
    return Error{
        .fault = Fault::Input,
        .code = kPythonWheelsMissing,
        .what = "cannot read the directory of wheels '" + directory.string() + "': " + error.message(),
        .during = {},
        .hint = "correct 'build.python.wheels'; 'pip wheel -r requirements.txt -w DIR' fills one"};
  std::string text;
  for (const std::string& entry : entries) text += entry + "\n";
  return text;
}

std::vector<std::string> error_lines(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = std::min(text.find('\n', begin), text.size());
    std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    if (line.empty() || line.starts_with("WARNING:") || line.starts_with("[notice]")) continue;
    if (line.starts_with("ERROR: ")) line.erase(0, 7);
    lines.push_back(std::move(line));
  }
  constexpr std::size_t kMost = 12;
  if (lines.size() > kMost) lines.erase(lines.begin(), lines.end() - kMost);
  return lines;
}

Error failure(const PythonInterpreter& python, const SiteRequest& request, const std::string& said) {
  Error error{.fault = Fault::Missing,
              .code = kPythonUnresolved,
              .what = "pip cannot resolve the requirements",
              .during = {},
              .hint = "correct the requirements",
              .excerpt = error_lines(said)};
  auto says = [&](std::string_view words) { return said.find(words) != std::string::npos; };
  if (says("no such option: --report")) {
    error.code = kPythonPipMissing;
    error.what = "the pip of '" + python.executable.string() + "' is too old to say what it installs";
    error.hint = "python3 -m pip install --upgrade pip; version 22.2 is needed";
    error.excerpt.clear();
  } else if (says("No module named pip")) {
    error.code = kPythonPipMissing;
    error.what = "'" + python.executable.string() + "' has no pip, which is needed for requirements";
    error.hint = "apt install python3-pip, or python3 -m ensurepip";
    error.excerpt.clear();
  } else if (says("Temporary failure in name resolution") || says("Name or service not known") ||
             says("Failed to establish a new connection") || says("Network is unreachable")) {
    error.what = "pip cannot reach the index";
    error.hint = "check the network, or name a directory of wheels in 'build.python.wheels'";
  } else if (says("ResolutionImpossible") || says("conflicting dependencies")) {
    error.fault = Fault::Input;
    error.what = "the requirements contradict each other";
    error.hint = "loosen one of the versions that pip names";
  } else if (says("is not a supported wheel on this platform")) {
    error.fault = Fault::Input;
    error.code = kPythonNeedsCompiler;
    error.what = "a wheel is for another Python or another machine; this is Python " + python.short_version();
    error.hint = "take the wheel for " + python.cache_tag + ", or name another version in 'runtime'";
  } else if (says("No matching distribution found")) {
    error.fault = Fault::Input;
    error.code = kPythonNeedsCompiler;
    error.what = "there is no wheel that satisfies the requirements for Python " + python.short_version();
    error.hint =
        "correct the name or version; where there is only source that has to be built, build it yourself: "
        "'pip wheel "
        "NAME -w wheels', and set 'build.python.wheels: wheels'";
  } else if (says("DO NOT MATCH THE HASHES")) {
    error.fault = Fault::Input;
    error.what = "a distribution is not the one that the requirements' hash names";
    error.hint = "find out who changed it before you change the hash";
  } else if (says("requires a different Python")) {
    error.fault = Fault::Input;
    error.hint = "name another version in 'runtime', or require another version of it";
  }
  if (!request.wheels.empty() && error.code != kPythonPipMissing)
    error.what += " (wheels are taken from '" + request.wheels.string() + "' alone)";
  return error;
}

Result<fs::path> place_of(const PythonInterpreter& python, const SiteRequest& request,
                          const fs::path& cache) {
  std::string key = python.digest + "\n" + joined(request.lines) + "\n" + joined(request.constraints) + "\n" +
                    request.index + "\n";
  // Digests say which files are meant, wherever they come from.
  if (!request.wheels.empty() && !request.closed) {
    FAASC_TRY(std::string wheels, describe(request.wheels));
    key += wheels;
  }
  if (request.closed) key += "closed\n";
  return cache / "site" / to_hex(sha256(key)).substr(0, 40);
}

Error offline(std::string what) {
  return {.fault = Fault::Missing,
          .code = kPythonOffline,
          .what = std::move(what),
          .during = {},
          .hint = "do it once without --offline, or name a directory of wheels in 'build.python.wheels'"};
}

// The requirement that is named by its address, without the secrets that this may hold.
std::string address_in(const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    std::size_t scheme = line.find("://");
    if (scheme == std::string::npos || line.starts_with('-')) continue;
    std::string shown = line.substr(0, line.find(" --hash"));
    std::size_t host = scheme + 3, at = shown.find('@', host);
    if (at < shown.find('/', host)) shown.replace(host, at - host, "***");
    return shown;
  }
  return {};
}

// No wheel of another place would do for such a one.
Error offline_address(const SiteRequest& request) {
  Error error = offline("requirement '" + address_in(request.lines) +
                        "' was never fetched on this host, and --offline forbids to do it now");
  error.hint = "do it once without --offline, or keep the wheel in the project and require its path";
  return error;
}

// Runs pip; what is installed lies in `work`/site then.
Result<void> install(const PythonInterpreter& python, const SiteRequest& request, const fs::path& work,
                     const std::vector<std::string>& more) {
  FAASC_CHECK(write_file(work / "requirements.txt", joined(request.lines)));
  FAASC_CHECK(write_file(work / "constraints.txt", joined(request.constraints)));
  Command command{.argv = {python.executable.string(), "-I", "-m", "pip", "install", "--quiet", "--no-input",
                           "--disable-pip-version-check", "--no-warn-script-location", "--no-warn-conflicts",
                           "--no-compile", "--only-binary", ":all:", "--target", (work / "site").string(),
                           "-r", (work / "requirements.txt").string()},
                  .working_directory = work,
                  .environment = {}};
  auto add = [&](const std::vector<std::string>& arguments) {
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  };
  if (!request.constraints.empty()) add({"-c", (work / "constraints.txt").string()});
  // pip works in a directory of its own.
  if (!request.wheels.empty()) add({"--no-index", "--find-links", fs::absolute(request.wheels).string()});
  if (request.wheels.empty() && !request.index.empty()) add({"--index-url", request.index});
  if (request.hashes) add({"--require-hashes"});
  if (request.closed) add({"--no-deps"});
  add(more);
  FAASC_TRY(Finished finished,
            run(command, {.timeout = kPipTime}).during("resolving the requirements with pip"));
  if (!finished.status.ok()) return failure(python, request, finished.err + finished.out);
  return make_directories(work / "site");
}

std::string unquoted(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned char byte = 0;
    if (text[i] == '%' && i + 3 <= text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr == text.data() + i + 3) {
      out += static_cast<char>(byte);
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// pip's installation report, version 1.
Result<std::vector<InstalledDistribution>> read_report(const fs::path& file) {
  Error strange{.fault = Fault::Missing,
                .code = kPythonPipMissing,
                .what = "pip did not say what it installed",
                .during = {},
                .hint = "python3 -m pip install --upgrade pip; version 22.2 is needed"};
  auto text = read_file(file);
  if (!text) return strange;
  std::vector<InstalledDistribution> all;
  try {
    const nlohmann::json report = nlohmann::json::parse(*text);
    for (const auto& one : report.at("install")) {
      const auto& from = one.at("download_info");
      InstalledDistribution distribution{
          .name = normalised_name(one.at("metadata").at("name").get<std::string>()),
          .version = one.at("metadata").at("version"),
          .sha256 = {},
          .url = {},
          .path = {}};
      const auto& archive = from.at("archive_info");
      if (archive.contains("hashes"))
        distribution.sha256 = archive.at("hashes").at("sha256");
      else if (std::string hash = archive.at("hash"); hash.starts_with("sha256="))
        distribution.sha256 = hash.substr(7);
      if (distribution.sha256.empty()) return strange;
      if (one.at("is_direct").get<bool>()) {
        distribution.url = from.at("url");
        if (distribution.url.starts_with("file://")) distribution.path = unquoted(distribution.url.substr(7));
      }
      all.push_back(std::move(distribution));
    }
  } catch (const nlohmann::json::exception&) {
    return strange;
  }
  return all;
}

}  // namespace

Result<fs::path> site_packages(const PythonInterpreter& python, const SiteRequest& request,
                               const fs::path& cache, const std::function<void(SiteOrigin)>& started) {
  FAASC_TRY(fs::path place, place_of(python, request, cache));
  fs::path sites = place.parent_path();
  std::error_code error;
  if (fs::is_directory(place, error)) return place;
  FAASC_CHECK(make_directories(sites));
  FAASC_TRY(FileLock lock, FileLock::acquire(sites / "lock"));
  if (fs::is_directory(place, error)) return place;  // another build did it

  FAASC_TRY(TemporaryDirectory work, TemporaryDirectory::create(sites, "new-"));
  const SiteStep step(request.steps, python, request);
  FAASC_TRY(bool taken, step.find(work.path() / "site", work.path()));
  if (!taken && request.offline && request.urls) return offline_address(request);
  if (!taken && request.offline && request.wheels.empty())
    return offline("the requirements were never resolved on this host, and --offline forbids to do it now");
  if (started) started(taken ? SiteOrigin::StepCache : SiteOrigin::Pip);
  if (!taken) {
    FAASC_CHECK(install(python, request, work.path(), {}));
    step.keep(work.path() / "site", work.path());
  }
  fs::rename(work.path() / "site", place, error);
  if (error) return io_error("write", place, error.value());
  return place;
}

Result<FreshSite> install_afresh(const PythonInterpreter& python, const SiteRequest& request,
                                 const fs::path& cache) {
  if (request.offline && (request.wheels.empty() || request.urls))
    return offline("the newest versions cannot be looked up, because --offline forbids it");
  fs::path sites = cache / "site";
  FAASC_CHECK(make_directories(sites));
  FAASC_TRY(TemporaryDirectory work, TemporaryDirectory::create(sites, "new-"));
  fs::path report = work.path() / "report.json";
  FAASC_CHECK(install(python, request, work.path(), {"--report", report.string()}));
  FAASC_TRY(std::vector<InstalledDistribution> distributions, read_report(report));
  return FreshSite{std::move(work), std::move(distributions)};
}

Result<void> keep_site(FreshSite fresh, const PythonInterpreter& python, const SiteRequest& request,
                       const fs::path& cache) {
  FAASC_TRY(fs::path place, place_of(python, request, cache));
  FAASC_TRY(FileLock lock, FileLock::acquire(place.parent_path() / "lock"));
  std::error_code error;
  if (fs::is_directory(place, error)) return {};
  fs::rename(fresh.work.path() / "site", place, error);
  if (error) return io_error("write", place, error.value());
  return {};
}

}  // namespace faasc::python
