#include "packager/kernels/download.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <thread>

#include <arpa/inet.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <curl/curl.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "base/sha256.h"
#include "packager/kernels/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

struct FreeEasy {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, FreeEasy>;
struct FreeMulti {
  void operator()(CURLM* handle) const { curl_multi_cleanup(handle); }
};
using Multi = std::unique_ptr<CURLM, FreeMulti>;
struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;
struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

/// What a response said of itself.
struct Response {
  long status = 0;
  std::string validator;  ///< for If-Range
  std::string content_range;
  std::optional<std::uint64_t> content_length;
};

/// Takes the body of one response.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Called before the first byte, and at the end where there was none.
  virtual Result<void> begin(const Response& response) = 0;
  virtual Result<void> write(std::string_view bytes) = 0;
};

/// Why a transfer ended without its last byte.
struct Broken {
  Error error;
  bool transient = false;  ///< another attempt may get further
};

std::optional<std::uint64_t> parse_number(std::string_view text) {
  std::uint64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\r' || text.back() == '\n' || text.back() == ' '))
    text.remove_suffix(1);
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  return text;
}

struct Transfer {
  CURL* handle = nullptr;
  Sink* sink = nullptr;
  Response response;
  bool begun = false;
  std::optional<Error> error;  ///< of the sink

  Result<void> begin() {
    if (begun) return {};
    begun = true;
    curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &response.status);
    return sink->begin(response);
  }

  static std::size_t on_header(char* data, std::size_t, std::size_t size, void* self_pointer) {
    auto& self = *static_cast<Transfer*>(self_pointer);
    std::string_view line(data, size);
    if (line.starts_with("HTTP/")) {
      self.response = {};  // a redirect, or "100 Continue", came before
      return size;
    }
    std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return size;
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return std::tolower(c); });
    std::string value(trimmed(line.substr(colon + 1)));
    // A weak ETag may stand for other bytes.
    if (name == "etag" && value.starts_with("\"")) self.response.validator = value;
    if (name == "last-modified" && self.response.validator.empty()) self.response.validator = value;
    if (name == "content-range") self.response.content_range = value;
    if (name == "content-length") self.response.content_length = parse_number(value);
    return size;
  }

  static std::size_t on_body(char* data, std::size_t, std::size_t size, void* self_pointer) {
    auto& self = *static_cast<Transfer*>(self_pointer);
    auto done = self.begin();
    if (done) done = self.sink->write({data, size});
    if (done) return size;
    self.error = std::move(done).error();
    return 0;
  }
};

constexpr const char* kOtherWays =
    "check the network, pass --url to download from a mirror, or add a file that is here with `faasc kernel "
    "add`";

Broken broken(CURLcode code, CURL* handle, const std::string& url, const DownloadOptions& options,
              const char* detail) {
  std::string why;
  std::string hint = kOtherWays;
  bool transient = false;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      why = "the name of the host cannot be resolved";
      break;
    case CURLE_COULDNT_RESOLVE_PROXY:
      why = "the name of the proxy cannot be resolved";
      break;
    case CURLE_COULDNT_CONNECT:
      why = "the host does not accept the connection";
      break;
    case CURLE_OPERATION_TIMEDOUT: {
      curl_off_t started = 0;
      curl_easy_getinfo(handle, CURLINFO_PRETRANSFER_TIME_T, &started);
      transient = started > 0;
      why = started > 0 ? "nothing arrived for " + std::to_string(options.stall_timeout.count()) + " s"
                        : "no connection within " + std::to_string(options.connect_timeout.count()) + " s";
      break;
    }
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      why = "the connection broke off";
      transient = true;
      break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
      why = std::string("the server's certificate is not to be trusted: ") +
            (*detail ? detail : curl_easy_strerror(code));
      hint = "where a proxy signs with an authority of its own, name its certificate in SSL_CERT_FILE";
      break;
    case CURLE_UNSUPPORTED_PROTOCOL:
      why = "it redirects to something else than https";
      break;
    case CURLE_TOO_MANY_REDIRECTS:
      why = "it redirects too often";
      break;
    default:
      why = *detail ? detail : curl_easy_strerror(code);
  }
  return {Error{Fault::Missing, kDownloadFailed, "cannot download '" + url + "': " + why, {}, hint},
          transient};
}

/// The server's answer was not the file.
Broken refused(long status, const std::string& url) {
  if (status == 404 || status == 410)
    return {Error{Fault::Missing,
                  kNotPublished,
                  "'" + url + "' is not there (HTTP status " + std::to_string(status) + ")",
                  {},
                  {}}};
  return {
      Error{Fault::Missing,
            kDownloadFailed,
            "cannot download '" + url + "': the server answers with HTTP status " + std::to_string(status),
            {},
            kOtherWays},
      status >= 500 || status == 429};
}

/// One request. Nothing where it went through to the end; the response's status is then for the caller to
/// judge.
std::optional<Broken> request(const std::string& url, const DownloadOptions& options, curl_slist* headers,
                              Transfer& transfer) {
  static const CURLcode kGlobal = curl_global_init(CURL_GLOBAL_DEFAULT);
  Easy easy(kGlobal == CURLE_OK ? curl_easy_init() : nullptr);
  Multi multi(curl_multi_init());
  if (!easy || !multi)
    return Broken{Error{Fault::Internal, kDownloadFailed, "libcurl cannot be used", {}, {}}};
  char detail[CURL_ERROR_SIZE] = "";
  CURL* handle = easy.get();
  transfer.handle = handle;
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, detail);
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, "faasc");
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
  curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, "https");
  curl_easy_setopt(handle, CURLOPT_MAXREDIRS, 5L);
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, static_cast<long>(options.connect_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options.stall_timeout.count()));
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, &Transfer::on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &Transfer::on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  // libcurl leaves both variables to the program that uses it.
  for (const char* variable : {"CURL_CA_BUNDLE", "SSL_CERT_FILE"}) {
    const char* bundle = std::getenv(variable);
    if (bundle == nullptr || *bundle == '\0') continue;
    curl_easy_setopt(handle, CURLOPT_CAINFO, bundle);
    break;
  }

  curl_multi_add_handle(multi.get(), handle);
  CURLcode code = CURLE_OK;
  for (int running = 1; running > 0;) {
    if (auto interrupt = check_interrupt(); !interrupt) {
      curl_multi_remove_handle(multi.get(), handle);
      return Broken{std::move(interrupt).error()};
    }
    if (curl_multi_perform(multi.get(), &running) != CURLM_OK) break;
    curl_waitfd interrupted{interrupt_fd(), CURL_WAIT_POLLIN, 0};
    if (running > 0) curl_multi_poll(multi.get(), &interrupted, interrupted.fd >= 0 ? 1 : 0, 1000, nullptr);
  }
  int left = 0;
  while (CURLMsg* message = curl_multi_info_read(multi.get(), &left))
    if (message->msg == CURLMSG_DONE) code = message->data.result;

  std::optional<Broken> failure;
  if (code == CURLE_OK) {
    if (auto begun = transfer.begin(); !begun) failure = Broken{std::move(begun).error()};
  } else if (transfer.error) {
    failure = Broken{std::move(*transfer.error)};
  } else {
    failure = broken(code, handle, url, options, detail);
  }
  curl_multi_remove_handle(multi.get(), handle);
  return failure;
}

Result<void> wait(std::chrono::milliseconds duration) {
  if (interrupt_fd() >= 0) {
    pollfd interrupted{interrupt_fd(), POLLIN, 0};
    ::poll(&interrupted, 1, static_cast<int>(duration.count()));
  } else {
    std::this_thread::sleep_for(duration);
  }
  return check_interrupt();
}

/// Runs `attempt` until it succeeds, fails for good, or has had its number of tries.
template <typename Attempt>
Result<void> persist(const DownloadOptions& options, Attempt attempt) {
  std::chrono::milliseconds delay = options.retry_delay;
  for (int tries = 1;; ++tries) {
    std::optional<Broken> failure = attempt();
    if (!failure) return {};
    if (!failure->transient || tries >= options.attempts) return std::move(failure->error);
    FAASC_CHECK(wait(delay));
    delay *= 2;
  }
}

Error too_large(const std::string& url, std::uint64_t limit) {
  return Error{
      Fault::Missing,
      kDownloadFailed,
      "cannot download '" + url + "': it is larger than the " + std::to_string(limit) + " bytes allowed here",
      {},
      "check the URL: that is no kernel"};
}

class TextSink : public Sink {
 public:
  TextSink(const std::string& url, std::uint64_t limit) : url_(url), limit_(limit) {}
  Result<void> begin(const Response&) override { return {}; }
  Result<void> write(std::string_view bytes) override {
    if (bytes.size() > limit_ - text.size()) return too_large(url_, limit_);
    text += bytes;
    return {};
  }
  std::string text;

 private:
  const std::string& url_;
  std::uint64_t limit_;
};

/// "<key>" holds what has arrived, "<key>.of" the URL and the validator it arrived under.
class PartFile {
 public:
  static Result<PartFile> open(const fs::path& directory, const std::string& url) {
    FAASC_CHECK(make_directories(directory));
    PartFile part;
    part.path_ = directory / (to_hex(sha256(url)).substr(0, 32) + ".part");
    part.url_ = url;
    for (;;) {
      part.fd_.reset(::open(part.path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
      if (!part.fd_) return io_error("open", part.path_, errno);
      while (::flock(part.fd_.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) return io_error("lock", part.path_, errno);
        FAASC_CHECK(wait(std::chrono::milliseconds(100)));
      }
      // Whoever had the lock may have deleted the file; then this one has no name any more.
      struct stat here{}, named{};
      if (::fstat(part.fd_.get(), &here) == 0 && ::stat(part.path_.c_str(), &named) == 0 &&
          here.st_ino == named.st_ino) {
        part.size_ = static_cast<std::uint64_t>(here.st_size);
        break;
      }
    }
    auto note = read_file(part.note_path(), 65536);
    if (note && note->starts_with(url + "\n"))
      part.validator_ = trimmed(std::string_view(*note).substr(url.size() + 1));
    if (part.validator_.empty()) FAASC_CHECK(part.restart({}));
    return part;
  }

  fs::path note_path() const { return fs::path(path_).concat(".of"); }
  std::uint64_t size() const { return size_; }
  const std::string& validator() const { return validator_; }
  bool resumable() const { return size_ > 0 && !validator_.empty(); }

  Result<void> restart(const std::string& validator) {
    if (::ftruncate(fd_.get(), 0) != 0) return io_error("write", path_, errno);
    size_ = 0;
    validator_ = validator;
    return write_file(note_path(), url_ + "\n" + validator + "\n");
  }

  Result<void> append(std::string_view bytes) {
    FAASC_CHECK(write_all_at(fd_, bytes, size_, path_));
    size_ += bytes.size();
    return {};
  }

  DownloadedFile finish() && { return DownloadedFile(std::move(path_), std::move(fd_)); }

 private:
  fs::path path_;
  std::string url_, validator_;
  Fd fd_;
  std::uint64_t size_ = 0;
};

class FileSink : public Sink {
 public:
  FileSink(PartFile& part, const std::string& url, const DownloadOptions& options)
      : part_(part), url_(url), options_(options) {}

  Result<void> begin(const Response& response) override {
    if (response.status == 200) {
      FAASC_CHECK(part_.restart(response.validator));
      total_ = response.content_length;
    } else if (response.status == 206) {
      wrong_range_ = !response.content_range.starts_with("bytes " + std::to_string(part_.size()) + "-");
      if (wrong_range_)
        return Error{Fault::Missing,
                     kDownloadFailed,
                     "cannot download '" + url_ + "': asked for the bytes from " +
                         std::to_string(part_.size()) + " on, the server sends '" + response.content_range +
                         "'",
                     {},
                     kOtherWays};
      if (response.content_length) total_ = part_.size() + *response.content_length;
    } else {
      ignore_ = true;  // the text of an error page
    }
    if (total_ && *total_ > options_.limit_bytes) return too_large(url_, options_.limit_bytes);
    return {};
  }

  Result<void> write(std::string_view bytes) override {
    if (ignore_) return {};
    if (part_.size() + bytes.size() > options_.limit_bytes) return too_large(url_, options_.limit_bytes);
    FAASC_CHECK(part_.append(bytes));
    if (options_.progress) options_.progress(part_.size(), total_);
    return {};
  }

  /// Whether begin() failed because the server sends another part than it was asked for.
  bool wrong_range() const { return wrong_range_; }

 private:
  PartFile& part_;
  const std::string& url_;
  const DownloadOptions& options_;
  std::optional<std::uint64_t> total_;
  bool ignore_ = false;
  bool wrong_range_ = false;
};

/// Whether `host` is an IPv4 address of this machine itself, and not a name that begins like one.
bool is_loopback(const std::string& host) {
  in_addr address{};
  return ::inet_pton(AF_INET, host.c_str(), &address) == 1 && (ntohl(address.s_addr) >> 24) == 127;
}

/// "bytes */1234", as a server says that there is nothing from byte 1234 on.
bool says_complete(const Response& response, std::uint64_t size) {
  return response.status == 416 && response.content_range == "bytes */" + std::to_string(size);
}

}  // namespace

Result<void> check_url(std::string_view text) {
  auto refuse = [&](const std::string& why) {
    return Error{Fault::Usage,
                 kBadUrl,
                 "cannot download from '" + std::string(text) + "': " + why,
                 {},
                 "give an https address such as https://storage.googleapis.com/nanos/release"};
  };
  std::unique_ptr<CURLU, FreeUrl> url(curl_url());
  std::string copy(text);
  if (!url || curl_url_set(url.get(), CURLUPART_URL, copy.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK)
    return refuse("it is not a URL");
  auto part = [&](CURLUPart which) {
    char* value = nullptr;
    std::string result = curl_url_get(url.get(), which, &value, 0) == CURLUE_OK ? value : "";
    curl_free(value);
    return result;
  };
  std::string scheme = part(CURLUPART_SCHEME), host = part(CURLUPART_HOST);
  if (scheme == "https") return {};
  if (scheme != "http") return refuse("its scheme is '" + scheme + "' where 'https' is allowed");
  if (host == "localhost" || host == "[::1]" || is_loopback(host)) return {};
  return refuse("plain http is allowed from this machine only");
}

Result<std::string> download_text(const std::string& url, std::uint64_t limit_bytes,
                                  const DownloadOptions& options) {
  FAASC_CHECK(check_url(url));
  std::string text;
  FAASC_CHECK(persist(options, [&]() -> std::optional<Broken> {
    TextSink sink(url, limit_bytes);
    Transfer transfer;
    transfer.sink = &sink;
    if (auto failure = request(url, options, nullptr, transfer)) return failure;
    if (transfer.response.status != 200) return refused(transfer.response.status, url);
    text = std::move(sink.text);
    return std::nullopt;
  }));
  return text;
}

void DownloadedFile::discard() && {
  std::error_code ignored;
  fs::remove(fs::path(path_).concat(".of"), ignored);
  fs::remove(path_, ignored);
}

Result<DownloadedFile> download_file(const std::string& url, const fs::path& directory,
                                     const DownloadOptions& options) {
  FAASC_CHECK(check_url(url));
  FAASC_TRY(PartFile part, PartFile::open(directory, url));
  auto finished = persist(options, [&]() -> std::optional<Broken> {
    HeaderList headers;
    if (part.resumable()) {
      std::string range = "Range: bytes=" + std::to_string(part.size()) + "-";
      std::string condition = "If-Range: " + part.validator();
      headers.reset(curl_slist_append(nullptr, range.c_str()));
      curl_slist_append(headers.get(), condition.c_str());
    }
    FileSink sink(part, url, options);
    Transfer transfer;
    transfer.sink = &sink;
    if (auto failure = request(url, options, headers.get(), transfer)) {
      if (!sink.wrong_range()) return failure;
      if (auto restarted = part.restart({}); !restarted) return Broken{std::move(restarted).error()};
      failure->transient = true;
      return failure;
    }
    long status = transfer.response.status;
    if (status == 200 || status == 206 || says_complete(transfer.response, part.size())) return std::nullopt;
    if (status == 416) {
      // The server has less than we do: what is here is worth nothing.
      if (auto restarted = part.restart({}); !restarted) return Broken{std::move(restarted).error()};
      Broken failure = refused(status, url);
      failure.transient = true;
      return failure;
    }
    return refused(status, url);
  });
  if (!finished) {
    Error error = std::move(finished).error();
    if (part.resumable() && error.hint == kOtherWays)
      error.hint = "run the same command again: the " + std::to_string(part.size()) +
                   " bytes that have arrived are kept";
    if (!part.resumable() || part.size() > options.limit_bytes) std::move(part).finish().discard();
    return error;
  }
  return std::move(part).finish();
}

}  // namespace faasc
