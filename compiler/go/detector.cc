#include "compiler/go/detector.h"

#include <algorithm>

#include "base/file.h"
#include "base/process.h"
#include "base/sha256.h"
#include "compiler/go/codes.h"
#include "compiler/go/environment.h"

namespace faasc::go {

namespace fs = std::filesystem;

namespace {

Result<std::string> digest_of_sources(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (fs::directory_iterator entry(directory, error), end; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename().string();
    if (name == "go.mod" || (name.ends_with(".go") && !name.ends_with("_test.go")))
      files.push_back(entry->path());
  }
  if (error) return io_error("read", directory, error.value());
  std::sort(files.begin(), files.end());
  Sha256 digest;
  for (const fs::path& file : files) {
    FAASC_TRY(std::string text, read_file(file));
    digest.update(file.filename().string() + '\0' + text + '\0');
  }
  return to_hex(digest.finish()).substr(0, 16);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size() && lines.size() < 20;) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

Result<fs::path> detector_program(const DetectorRequest& request) {
  FAASC_TRY(std::string digest, digest_of_sources(request.sources));
  return request.cache_dir / ("go-detector-" + request.toolchain.version + "-" + digest);
}

Result<Facts> detect(const DetectorRequest& request) {
  FAASC_TRY(fs::path program, detector_program(request));
  std::error_code error;
  if (!fs::exists(program, error)) {
    FAASC_CHECK(make_directories(request.cache_dir));
    // Two builds that start at once compile it twice; the second one's replaces an equal file.
    FAASC_TRY(TemporaryDirectory place, TemporaryDirectory::create(request.cache_dir, "detector"));
    Command compile{.argv = {request.toolchain.program.string(), "build", "-trimpath", "-buildvcs=false",
                             "-ldflags=-s -w", "-o", (place.path() / "detector").string(), "."},
                    .working_directory = request.sources,
                    .environment = go_environment({.offline = true, .cache_dir = request.cache_dir})};
    compile.environment["GOWORK"] = "off";
    FAASC_TRY(Finished finished, run(compile));
    if (!finished.status.ok())
      return Error{
          .fault = Fault::Missing,
          .code = kGoDetectorFailed,
          .what = "Go " + request.toolchain.version + " at '" + request.toolchain.root.string() +
                  "' cannot compile the program that looks for handlers",
          .hint = "Go 1.19 or newer with its standard library is needed; try 'go version' and 'go build std'",
          .excerpt = lines_of(finished.err)};
    fs::rename(place.path() / "detector", program, error);
    if (error) return io_error("rename to", program, error.value());
  }
  std::string tags;
  for (const std::string& tag : request.tags) tags += (tags.empty() ? "" : ",") + tag;
  Command command{.argv = {program.string(), "-root", request.directory.string(), "-arch",
                           request.architecture, "-tags", tags, request.cgo ? "-cgo=true" : "-cgo=false",
                           "-module", request.module, "-module-root", request.module_root.string()},
                  .working_directory = {},
                  .environment = {{"GOROOT", request.toolchain.root.string()}}};
  FAASC_TRY(Finished finished, run(command));
  if (!finished.status.ok())
    return Error{.fault = Fault::Input,
                 .code = kGoDetectorFailed,
                 .what = "the packages in '" + request.directory.string() + "' cannot be read",
                 .hint = {},
                 .excerpt = lines_of(finished.err)};
  return facts_from_json(finished.out);
}

}  // namespace faasc::go
