#include "compiler/python/resolution.h"

#include <algorithm>

#include "base/file.h"
#include "base/sha256.h"
#include "compiler/python/codes.h"
#include "compiler/python/lock_file.h"
#include "compiler/python/site_packages.h"

namespace faasc::python {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostLockBytes = std::size_t{16} << 20;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

class Resolution {
 public:
  Resolution(const PythonInterpreter& python, const ResolutionRequest& request, const fs::path& cache,
             const ResolutionProgress& progress)
      : python_(python), request_(request), cache_(cache), progress_(progress), parts_(request.parts) {
    std::error_code error;
    base_ = fs::weakly_canonical(fs::absolute(request.lock).parent_path(), error).string() + "/";
    // The runtime's own events are enough for functions that name no framework.
    parts_.events = parts_.events && named("functions-framework");
    loose_ = framework_requirements(parts_);
    const bool pinned = !named("functions-framework") && !names_a_part();
    if (!request.requirements.hashes) more_ = pinned ? pinned_requirements(parts_) : loose_;
    own_pins_ = pinned && !more_.empty() && !request.requirements.lines.empty();
    // A requirement that the user wrote is not repeated: pip would complain of two.
    std::erase_if(more_, [&](const std::string& line) {
      return named(normalised_name(line.substr(0, line.find_first_of("=<>; "))));
    });
  }

  Result<fs::path> resolve(Diagnostics& diagnostics) {
    SiteRequest site = as_written(more_);
    if (site.lines.empty()) return fs::path();
    FAASC_TRY(std::optional<SiteRequest> locked, locked_site(diagnostics));
    if (diagnostics.has_errors()) return fs::path();
    if (locked)
      return site_packages(python_, *locked, cache_, [&](SiteOrigin origin) {
        tell(origin == SiteOrigin::Pip ? "installing" : "took from the cache:", locked->lines.size());
      });
    auto resolved =
        site_packages(python_, site, cache_, [&](SiteOrigin) { tell("resolving", site.lines.size()); });
    if (resolved || !own_pins_ || resolved.error().code != kPythonUnresolved) return resolved;
    // A pin of ours, rather than one of the user's, may be what stands in the way.
    return site_packages(python_, as_written(loose_), cache_);
  }

  Result<int> lock() {
    SiteRequest site = as_written(more_);
    if (site.lines.empty()) return 0;
    tell("resolving", site.lines.size());
    auto first = install_afresh(python_, site, cache_);
    bool ours = !first && own_pins_ && first.error().code == kPythonUnresolved;
    Result<FreshSite> second = ours ? install_afresh(python_, as_written(loose_), cache_) : std::move(first);
    if (!second) return std::move(second).error();
    FreshSite installed = std::move(*second);
    LockFile lock{.platform = python_.platform(), .made_of = made_of(), .lines = {}};
    for (const InstalledDistribution& one : installed.distributions) lock.lines.push_back(line_of(one));
    // Places to take distributions from stay; they are no requirements.
    for (const std::string& line : request_.requirements.lines)
      if (line.starts_with('-')) lock.lines.push_back(relative(line));
    std::sort(lock.lines.begin(), lock.lines.end());
    FAASC_CHECK(write_file_if_changed(request_.lock, to_text(lock)));
    FAASC_TRY(SiteRequest closed, closed_site());
    int count = static_cast<int>(installed.distributions.size());
    FAASC_CHECK(keep_site(std::move(installed), python_, closed, cache_));
    return count;
  }

 private:
  bool named(std::string_view name) const { return request_.requirements.names.contains(std::string(name)); }

  // Whether the user names a version of something that a part consists of.
  bool names_a_part() const {
    auto is_named = [&](std::string_view name) { return named(name); };
    return (parts_.flask && std::ranges::any_of(kFlaskPackages, is_named)) ||
           (parts_.starlette && std::ranges::any_of(kStarlettePackages, is_named)) || named("cloudevents");
  }

  void tell(const char* what, std::size_t count) const {
    if (progress_) progress_(what + (" " + std::to_string(count)) + " requirements");
  }

  SiteRequest as_written(const std::vector<std::string>& more) const {
    SiteRequest site{.lines = request_.requirements.lines,
                     .constraints = request_.requirements.constraints,
                     .hashes = request_.requirements.hashes,
                     .urls = request_.requirements.urls,
                     .wheels = request_.wheels,
                     .index = request_.index,
                     .offline = request_.offline};
    site.lines.insert(site.lines.end(), more.begin(), more.end());
    return site;
  }

  // A line without the place of the project on this host.
  std::string relative(const std::string& line) const { return replaced(line, base_, "./"); }

  // Stands for the requirements wherever the project lies.
  std::string made_of() const {
    std::string text;
    for (const std::string& line : as_written({}).lines) text += relative(line) + "\n";
    text += "and\n";
    for (const std::string& line : request_.requirements.constraints) text += relative(line) + "\n";
    // Without requirements of the user's, these are all there is.
    if (parts_.flask) text += "flask\n";
    if (parts_.starlette) text += "starlette\n";
    if (parts_.events) text += "events\n";
    return to_hex(sha256(text));
  }

  std::string line_of(const InstalledDistribution& one) const {
    std::string what = one.name + "==" + one.version;
    if (!one.path.empty())
      what = relative(one.path);
    else if (!one.url.empty())
      what = one.name + " @ " + one.url;
    return what + " --hash=sha256:" + one.sha256;
  }

  Result<SiteRequest> closed_site() const {
    FAASC_TRY(Requirements locked, read_requirements(request_.lock));
    return SiteRequest{.lines = std::move(locked.lines),
                       .constraints = {},
                       .hashes = true,
                       .urls = locked.urls,
                       .wheels = request_.wheels,
                       .index = request_.index,
                       .offline = request_.offline,
                       .closed = true,
                       .steps = request_.steps};
  }

  static Result<std::optional<SiteRequest>> found(Result<SiteRequest> site) {
    if (!site) return std::move(site).error();
    return std::optional(std::move(*site));
  }

  // What requirements.lock says, where it answers these requirements.
  Result<std::optional<SiteRequest>> locked_site(Diagnostics& diagnostics) const {
    auto text = read_file(request_.lock, kMostLockBytes);
    if (!text) {
      if (request_.locked && !request_.requirements.hashes && !report_unpinned(diagnostics))
        complain(diagnostics, kPythonLockMissing,
                 "there is no 'requirements.lock', which 'build.locked' asks for",
                 "'faasc lock' writes it; keep it with the sources");
      return std::optional<SiteRequest>();
    }
    LockFile lock = parse_lock_file(*text);
    if (lock.edited)
      complain(diagnostics, kPythonLockEdited, "'requirements.lock' is not as 'faasc lock' wrote it",
               "change the requirements instead, and let 'faasc lock' write it again");
    else if (lock.platform != python_.platform())
      complain(diagnostics, kPythonLockForOther,
               "'requirements.lock' is for " + lock.platform + ", and this is " + python_.platform(),
               "name that version of Python in 'runtime', or let 'faasc lock' write it again");
    else if (lock.made_of != made_of())
      complain(diagnostics, kPythonLockStale,
               "the requirements changed after 'requirements.lock' was written",
               "'faasc lock' writes it again");
    else
      return found(closed_site());
    return std::optional<SiteRequest>();
  }

  bool report_unpinned(Diagnostics& diagnostics) const {
    bool any = false;
    for (const std::string& line : request_.requirements.lines) {
      if (line.starts_with('-') || line.starts_with('/') || line.find("==") != std::string::npos ||
          line.find("://") != std::string::npos)
        continue;
      any = true;
      diagnostics.add(
          {.severity = Severity::Error,
           .code = kPythonUnpinned,
           .message = "requirement '" + line + "' names no single version, which 'build.locked' asks for",
           .place = {.file = request_.file.string()},
           .line_text = {},
           .hint = "'faasc lock' chooses one, and writes it into 'requirements.lock'",
           .notes = {}});
    }
    return any;
  }

  void complain(Diagnostics& diagnostics, const char* code, std::string message, const char* hint) const {
    // A build that is not held to the file does without it.
    bool missing = code == kPythonLockMissing;
    SourcePlace place =
        missing ? request_.locked_place : SourcePlace{.file = request_.lock.string(), .line = 1};
    diagnostics.add({.severity = request_.locked ? Severity::Error : Severity::Warning,
                     .code = code,
                     .message = std::move(message),
                     .place = std::move(place),
                     .line_text = {},
                     .hint = hint,
                     .notes = {}});
  }

  const PythonInterpreter& python_;
  const ResolutionRequest& request_;
  const fs::path& cache_;
  const ResolutionProgress& progress_;
  std::string base_;
  FrameworkParts parts_;
  std::vector<std::string> more_;   // what the function needs beside the user's lines
  std::vector<std::string> loose_;  // the same, where some version is named
  bool own_pins_ = false;
};

}  // namespace

Result<fs::path> resolve_requirements(const PythonInterpreter& python, const ResolutionRequest& request,
                                      const fs::path& cache, Diagnostics& diagnostics,
                                      const ResolutionProgress& progress) {
  return Resolution(python, request, cache, progress).resolve(diagnostics);
}

Result<int> lock_requirements(const PythonInterpreter& python, const ResolutionRequest& request,
                              const fs::path& cache, const ResolutionProgress& progress) {
  return Resolution(python, request, cache, progress).lock();
}

}  // namespace faasc::python
