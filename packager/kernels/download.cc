#include "packager/kernels/download.h"

#include <optional>

#include "packager/kernels/codes.h"
#include "packager/kernels/http_request.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr long kRangeNotSatisfiable = 416;

HttpRequest request_for(const std::string& url, const DownloadOptions& options) {
  return {.url = url, .connect_timeout = options.connect_timeout, .stall_timeout = options.stall_timeout};
}

/// Runs `attempt` until it succeeds, fails for good, or has had its number of tries.
template <typename Attempt>
Result<void> persist(const DownloadOptions& options, Attempt attempt) {
  std::chrono::milliseconds delay = options.retry_delay;
  for (int tries = 1;; ++tries) {
    std::optional<HttpFailure> failure = attempt();
    if (!failure) return {};
    if (!failure->transient || tries >= options.attempts) return std::move(failure->error);
    FAASC_CHECK(pause_for(delay));
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

class TextSink : public HttpSink {
 public:
  TextSink(const std::string& url, std::uint64_t limit) : url_(url), limit_(limit) {}
  Result<void> begin(const HttpResponse&) override { return {}; }
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

class FileSink : public HttpSink {
 public:
  FileSink(PartFile& part, const std::string& url, const DownloadOptions& options)
      : part_(part), url_(url), options_(options) {}

  Result<void> begin(const HttpResponse& response) override {
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

/// "bytes */1234", as a server says that there is nothing from byte 1234 on.
bool says_complete(const HttpResponse& response, std::uint64_t size) {
  return response.status == kRangeNotSatisfiable &&
         response.content_range == "bytes */" + std::to_string(size);
}

}  // namespace

Result<std::string> download_text(const std::string& url, std::uint64_t limit_bytes,
                                  const DownloadOptions& options) {
  FAASC_CHECK(check_url(url));
  std::string text;
  FAASC_CHECK(persist(options, [&]() -> std::optional<HttpFailure> {
    TextSink sink(url, limit_bytes);
    HttpResponse response;
    if (auto failure = http_get(request_for(url, options), sink, response)) return failure;
    if (response.status != 200) return failure_of_status(response.status, url);
    text = std::move(sink.text);
    return std::nullopt;
  }));
  return text;
}

Result<PartFile> download_file(const std::string& url, const fs::path& directory,
                               const DownloadOptions& options) {
  FAASC_CHECK(check_url(url));
  FAASC_TRY(PartFile part, PartFile::open(directory, url));
  auto finished = persist(options, [&]() -> std::optional<HttpFailure> {
    HttpRequest request = request_for(url, options);
    if (part.resumable())
      request.headers = {"Range: bytes=" + std::to_string(part.size()) + "-",
                         "If-Range: " + part.validator()};
    FileSink sink(part, url, options);
    HttpResponse response;
    std::optional<HttpFailure> failure = http_get(request, sink, response);
    if (!failure &&
        (response.status == 200 || response.status == 206 || says_complete(response, part.size())))
      return std::nullopt;
    if (!failure) failure = failure_of_status(response.status, url);
    if (sink.wrong_range() || response.status == kRangeNotSatisfiable) {
      // What is here does not fit to what the server has; the next attempt asks for all of it.
      if (auto restarted = part.restart({}); !restarted) return HttpFailure{std::move(restarted).error()};
      failure->transient = true;
    }
    return failure;
  });
  if (finished) return part;
  Error error = std::move(finished).error();
  if (part.resumable() && error.hint == kOtherWays)
    error.hint = "run the same command again: the " + std::to_string(part.size()) +
                 " bytes that have arrived are kept";
  if (!part.resumable() || part.size() > options.limit_bytes) std::move(part).discard();
  return error;
}

}  // namespace faasc
