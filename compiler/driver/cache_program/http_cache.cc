#include "compiler/driver/cache_program/http_cache.h"

#include <cstdlib>
#include <sstream>

#include <sys/stat.h>

#include <curl/curl.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"

namespace faasc {
namespace fs = std::filesystem;

struct HttpCache::State {
  CURL* handle = nullptr;
  curl_slist* headers = nullptr;
  std::string url;
  char reason[CURL_ERROR_SIZE] = {};
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (handle) curl_easy_cleanup(handle);
    curl_slist_free_all(headers);
  }
};

namespace {

Error failure(std::string what) {
  return Error{Fault::Missing, "", std::move(what), {}, {}};
}

struct Incoming {
  Fd file;
  std::uint64_t left = 0;
  bool too_much = false;
};

std::size_t take(char* data, std::size_t size, std::size_t count, void* user) {
  auto& incoming = *static_cast<Incoming*>(user);
  const std::size_t bytes = size * count;
  incoming.too_much = bytes > incoming.left;
  if (incoming.too_much || !write_all(incoming.file, std::string_view(data, bytes), "a fetched file"))
    return 0;
  incoming.left -= bytes;
  return bytes;
}

std::size_t give(char* data, std::size_t size, std::size_t count, void* user) {
  auto got = read_some(*static_cast<Fd*>(user), data, size * count, "a file to send");
  return got ? *got : CURL_READFUNC_ABORT;
}

std::size_t ignore(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

// Lines "Name: value", as curl takes them. What they say is never repeated.
Result<curl_slist*> read_headers(const char* file) {
  curl_slist* headers = nullptr;
  if (!file || !*file) return headers;
  auto text = read_file(file, 1 << 16);
  if (!text) return failure("the file that FAASC_REMOTE_CACHE_HEADER_FILE names: " + text.error().what);
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty()) continue;
    if (line.find(':') == std::string::npos || line[0] == ':') {
      curl_slist_free_all(headers);
      return failure(std::string("'") + file + "' holds a line that is no header: write 'Name: value'");
    }
    headers = curl_slist_append(headers, line.c_str());
  }
  return headers;
}

long seconds_of_silence() {
  constexpr long kDefault = 10;
  const char* text = std::getenv("FAASC_REMOTE_CACHE_TIMEOUT");
  const long seconds = text ? std::strtol(text, nullptr, 10) : 0;
  return seconds > 0 && seconds <= 3600 ? seconds : kDefault;
}

}  // namespace

HttpCache::HttpCache(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpCache::HttpCache(HttpCache&&) noexcept = default;
HttpCache::~HttpCache() = default;

Result<HttpCache> HttpCache::open(const std::string& url) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  auto state = std::make_unique<State>();
  state->handle = curl_easy_init();
  if (!state->handle) return failure("libcurl cannot be used");
  state->url = url;
  while (state->url.ends_with('/')) state->url.pop_back();
  FAASC_TRY(state->headers, read_headers(std::getenv("FAASC_REMOTE_CACHE_HEADER_FILE")));
  // Servers that would ask for one cost a round trip more.
  state->headers = curl_slist_append(state->headers, "Expect:");
  return HttpCache(std::move(state));
}

namespace {

void prepare(CURL* handle, const std::string& url, curl_slist* headers, char* reason) {
  curl_easy_reset(handle);
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, reason);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "faasc");
  const long silence = seconds_of_silence();
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, silence);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1024L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, silence);
}

// What went wrong, without the URL, which may hold a password.
Result<long> perform(CURL* handle, const char* reason) {
  const CURLcode code = curl_easy_perform(handle);
  if (code != CURLE_OK) return failure(*reason ? reason : curl_easy_strerror(code));
  long status = 0;
  curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
  return status;
}

Error refused(const char* verb, const std::string& path, long status) {
  std::string what = "it answered " + std::to_string(status) + " to " + verb + " " +
                     path.substr(0, path.find('/') + 9) + "…";
  if (status == 401 || status == 403 || status == 407)
    what +=
        "; FAASC_REMOTE_CACHE_HEADER_FILE names a file with an Authorization header, and "
        "--remote-cache-read-only sends nothing";
  return failure(what);
}

}  // namespace

Result<bool> HttpCache::get(const std::string& path, const fs::path& to, std::uint64_t most_bytes) {
  Incoming incoming{Fd(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)), most_bytes};
  if (!incoming.file) return failure("cannot write '" + to.string() + "'");
  prepare(state_->handle, state_->url + "/" + path, state_->headers, state_->reason);
  curl_easy_setopt(state_->handle, CURLOPT_WRITEFUNCTION, take);
  curl_easy_setopt(state_->handle, CURLOPT_WRITEDATA, &incoming);
  state_->reason[0] = 0;
  auto status = perform(state_->handle, state_->reason);
  if (incoming.too_much)
    return failure("it answered with more than " + std::to_string(most_bytes) + " bytes");
  if (!status) return std::move(status).error();
  if (*status == 404) return false;
  if (*status != 200) return refused("GET", path, *status);
  return true;
}

Result<bool> HttpCache::put(const std::string& path, const fs::path& from) {
  auto file = open_for_reading(from);
  struct stat state{};
  if (!file || ::fstat(file->get(), &state) != 0) return false;
  prepare(state_->handle, state_->url + "/" + path, state_->headers, state_->reason);
  curl_easy_setopt(state_->handle, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(state_->handle, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(state.st_size));
  curl_easy_setopt(state_->handle, CURLOPT_READFUNCTION, give);
  curl_easy_setopt(state_->handle, CURLOPT_READDATA, &*file);
  curl_easy_setopt(state_->handle, CURLOPT_WRITEFUNCTION, ignore);
  state_->reason[0] = 0;
  FAASC_TRY(long status, perform(state_->handle, state_->reason));
  if (status < 200 || status > 299) return refused("PUT", path, status);
  return true;
}

}  // namespace faasc
