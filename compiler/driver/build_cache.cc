#include "compiler/driver/build_cache.h"

#include <cstdlib>

#include <CLI/CLI.hpp>

#include "compiler/cache/codes.h"
#include "manifests/quantity.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kDefaultBytes = std::uint64_t{5} << 30;

Result<std::uint64_t> most_bytes(const EnvironmentLookup& environment) {
  auto text = environment("FAASC_CACHE_SIZE");
  if (!text || text->empty()) return kDefaultBytes;
  if (auto bytes = parse_quantity(*text)) return *bytes;
  return Error{.fault = Fault::Usage,
               .code = kBadCacheSetting,
               .what = "FAASC_CACHE_SIZE '" + *text + "' is not a size",
               .during = {},
               .hint = "write a number with MiB or GiB: FAASC_CACHE_SIZE=2GiB"};
}

Result<bool> keeps_all(const EnvironmentLookup& environment) {
  const std::string text = environment("FAASC_CACHE_KEEP").value_or("");
  if (text.empty() || text == "all") return !text.empty();
  return Error{.fault = Fault::Usage,
               .code = kBadCacheSetting,
               .what = "FAASC_CACHE_KEEP '" + text + "' is not 'all'",
               .during = {},
               .hint = "write FAASC_CACHE_KEEP=all to keep what is made quickly, too, or leave it out"};
}

Error no_place() {
  return Error{
      .fault = Fault::Usage,
      .code = kBadCacheSetting,
      .what = "there is no place for a cache: neither FAASC_CACHE_DIR, XDG_CACHE_HOME nor HOME is set",
      .during = {},
      .hint = "set FAASC_CACHE_DIR to a directory"};
}

// What is wrong with it is said without it: there may be a password in it.
Result<void> check_url(const std::string& url) {
  for (std::string_view scheme : {"http://", "https://"})
    if (url.starts_with(scheme) && url.size() > scheme.size() &&
        url.find_first_of(" \t\r\n") == std::string::npos)
      return {};
  return Error{.fault = Fault::Usage,
               .code = kBadCacheSetting,
               .what = "the remote cache's URL does not begin with http:// or https://",
               .during = {},
               .hint =
                   "write the address of a cache that speaks Bazel's HTTP protocol: "
                   "FAASC_REMOTE_CACHE=https://cache.example.com"};
}

}  // namespace

std::optional<fs::path> cache_directory(const EnvironmentLookup& environment) {
  auto variable = [&](const char* name) { return fs::path(environment(name).value_or("")); };
  if (fs::path own = variable("FAASC_CACHE_DIR"); !own.empty()) return fs::absolute(own);
  if (fs::path base = variable("XDG_CACHE_HOME"); base.is_absolute()) return base / "faasc";
  if (fs::path home = variable("HOME"); home.is_absolute()) return home / ".cache/faasc";
  return std::nullopt;
}

std::optional<fs::path> build_cache_directory(const EnvironmentLookup& environment) {
  auto directory = cache_directory(environment);
  if (directory) *directory /= "build";
  return directory;
}

void add_cache_options(CLI::App& app) {
  auto set = [](const char* name) { return [name] { ::setenv(name, "1", 1); }; };
  app.add_flag_callback("--no-cache", set("FAASC_NO_CACHE"), "make everything anew; take and keep nothing");
  app.add_option_function<std::string>(
         "--remote-cache", [](const std::string& url) { ::setenv("FAASC_REMOTE_CACHE", url.c_str(), 1); },
         "share what builds make, in Bazel's way [$FAASC_REMOTE_CACHE]")
      ->type_name("URL");
  app.add_flag_callback("--remote-cache-read-only", set("FAASC_REMOTE_CACHE_READ_ONLY"),
                        "take from it, and send nothing");
}

Result<std::unique_ptr<StepCache>> open_build_cache(const Session& session) {
  const EnvironmentLookup& environment = session.environment();
  if (environment("FAASC_NO_CACHE").value_or("") == "1") return std::unique_ptr<StepCache>();
  FAASC_TRY(std::uint64_t most, most_bytes(environment));
  auto directory = build_cache_directory(environment);
  if (!directory) return std::unique_ptr<StepCache>();
  FAASC_TRY(bool keep_all, keeps_all(environment));
  StepCache::Options options{.directory = *directory, .most_bytes = most, .remote = {}, .keep_all = keep_all};
  std::string url = environment("FAASC_REMOTE_CACHE").value_or("");
  if (!url.empty()) FAASC_CHECK(check_url(url));
  if (!url.empty() && !session.options().offline) {
    FAASC_TRY(Installation installation, Installation::find());
    FAASC_TRY(fs::path program, installation.program("faasc-cache"));
    options.remote = {.program = std::move(program),
                      .url = std::move(url),
                      .read_only = environment("FAASC_REMOTE_CACHE_READ_ONLY").value_or("") == "1"};
  }
  return std::make_unique<StepCache>(std::move(options));
}

Result<LocalStore> open_local_store(const Session& session) {
  FAASC_TRY(std::uint64_t most, most_bytes(session.environment()));
  auto directory = build_cache_directory(session.environment());
  if (!directory) return no_place();
  return LocalStore(*directory, most);
}

}  // namespace faasc
