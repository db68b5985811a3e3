#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "google/cloud/functions/version.h"

namespace google::cloud::functions_internal {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN
struct UnwrapResponse;
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions_internal

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

/// What a handler answers: 200 with an empty body and no headers until told otherwise. Copies share their
/// content.
class HttpResponse {
 public:
  using HeadersType = std::map<std::string, std::string>;

  HttpResponse();

  HttpResponse& set_payload(std::string v) & {
    impl_->set_payload(std::move(v));
    return *this;
  }
  HttpResponse&& set_payload(std::string v) && { return std::move(set_payload(std::move(v))); }
  [[nodiscard]] std::string const& payload() const { return impl_->payload(); }

  /// The status code, 200..599 for a client to see it; anything else reaches the client as 500.
  HttpResponse& set_result(int code) & {
    impl_->set_result(code);
    return *this;
  }
  HttpResponse&& set_result(int code) && { return std::move(set_result(code)); }
  [[nodiscard]] int result() const { return impl_->result(); }

  /// Replaces a header of the same name, whatever its case. Content-Length is the server's business and
  /// ignored here.
  HttpResponse& set_header(std::string_view name, std::string_view value) & {
    impl_->set_header(name, value);
    return *this;
  }
  HttpResponse&& set_header(std::string_view name, std::string_view value) && {
    return std::move(set_header(name, value));
  }
  [[nodiscard]] HeadersType headers() const { return impl_->headers(); }

  /// Recorded for whoever asks; the server answers in the client's version.
  HttpResponse& set_version(int major, int minor) & {
    impl_->set_version(major, minor);
    return *this;
  }
  HttpResponse&& set_version(int major, int minor) && { return std::move(set_version(major, minor)); }
  [[nodiscard]] int version_major() const { return impl_->version_major(); }
  [[nodiscard]] int version_minor() const { return impl_->version_minor(); }

  static constexpr int kContinue = 100;
  static constexpr int kSwitchingProtocol = 101;
  static constexpr int kProcessing = 102;
  static constexpr int kEarlyHints = 103;
  static constexpr int kOkay = 200;
  static constexpr int kCreated = 201;
  static constexpr int kAccepted = 202;
  static constexpr int kNonAuthoritativeInformation = 203;
  static constexpr int kNoContent = 204;
  static constexpr int kResetContent = 205;
  static constexpr int kPartialContent = 206;
  static constexpr int kMultiStatus = 207;
  static constexpr int kAlreadyReported = 208;
  static constexpr int kIMUsed = 226;
  static constexpr int kMultipleChoice = 300;
  static constexpr int kMovedPermanently = 301;
  static constexpr int kFound = 302;
  static constexpr int kSeeOther = 303;
  static constexpr int kNotModified = 304;
  static constexpr int kUseProxy = 305;
  static constexpr int kTemporaryRedirect = 307;
  static constexpr int kPermanentRedirect = 308;
  static constexpr int kBadRequest = 400;
  static constexpr int kUnauthorized = 401;
  static constexpr int kPaymentRequired = 402;
  static constexpr int kForbidden = 403;
  static constexpr int kNotFound = 404;
  static constexpr int kMethodNotAllowed = 405;
  static constexpr int kNotAcceptable = 406;
  static constexpr int kProxyAuthenticationRequired = 407;
  static constexpr int kRequestTimeout = 408;
  static constexpr int kConflict = 409;
  static constexpr int kGone = 410;
  static constexpr int kLengthRequired = 411;
  static constexpr int kPreconditionFailed = 412;
  static constexpr int kPayloadTooLarge = 413;
  static constexpr int kURITooLong = 414;
  static constexpr int kUnsupportedMediaType = 415;
  static constexpr int kRangeNotSatisfiable = 416;
  static constexpr int kExpectationFailed = 417;
  static constexpr int kTeapot = 418;
  static constexpr int kMisdirectedRequest = 421;
  static constexpr int kUnprocessableEntity = 422;
  static constexpr int kLocked = 423;
  static constexpr int kFailedDependency = 424;
  static constexpr int kTooEarly = 425;
  static constexpr int kUpgradeRequired = 426;
  static constexpr int kPreconditionRequired = 428;
  static constexpr int kTooManyRequests = 429;
  static constexpr int kRequestHeaderFieldsTooLarge = 431;
  static constexpr int kUnavailableForLegalReasons = 451;
  static constexpr int kInternalServerError = 500;
  static constexpr int kNotImplemented = 501;
  static constexpr int kBadGateway = 502;
  static constexpr int kServiceUnavailable = 503;
  static constexpr int kGatewayTimeout = 504;
  static constexpr int kHTTPVersionNotSupported = 505;
  static constexpr int kVariantAlsoNegotiates = 506;
  static constexpr int kInsufficientStorage = 507;
  static constexpr int kLoopDetected = 508;
  static constexpr int kNotExtended = 510;
  static constexpr int kNetworkAuthenticationRequired = 511;

  /// Where the content lives. A class derived from this one can stand in for the library's own.
  class Impl {
   public:
    virtual ~Impl() = 0;
    virtual void set_payload(std::string) = 0;
    [[nodiscard]] virtual std::string const& payload() const = 0;
    virtual void set_result(int code) = 0;
    [[nodiscard]] virtual int result() const = 0;
    virtual void set_header(std::string_view name, std::string_view value) = 0;
    [[nodiscard]] virtual HeadersType headers() const = 0;
    virtual void set_version(int major, int minor) = 0;
    [[nodiscard]] virtual int version_major() const = 0;
    [[nodiscard]] virtual int version_minor() const = 0;
  };

  explicit HttpResponse(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

 private:
  friend struct functions_internal::UnwrapResponse;
  std::shared_ptr<Impl> impl_;
};

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
