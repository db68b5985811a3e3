#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "google/cloud/functions/version.h"

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

/// What a client asked for. Handlers receive one; tests make their own with the setters, which chain.
class HttpRequest {
 public:
  /// Names are kept in the case the client sent them in. A name may occur more than once.
  using HeadersType = std::multimap<std::string, std::string>;

  HttpRequest() = default;

  /// "GET", "POST", ...
  [[nodiscard]] std::string const& verb() const { return verb_; }
  /// The request line's target, query string included: "/search?q=x".
  [[nodiscard]] std::string const& target() const { return target_; }
  /// The body, with any transfer coding removed.
  [[nodiscard]] std::string const& payload() const& { return payload_; }
  [[nodiscard]] std::string&& payload() && { return std::move(payload_); }
  [[nodiscard]] HeadersType const& headers() const { return headers_; }
  [[nodiscard]] int version_major() const { return version_major_; }
  [[nodiscard]] int version_minor() const { return version_minor_; }

  HttpRequest& set_verb(std::string v) & {
    verb_ = std::move(v);
    return *this;
  }
  HttpRequest&& set_verb(std::string v) && { return std::move(set_verb(std::move(v))); }

  HttpRequest& set_target(std::string v) & {
    target_ = std::move(v);
    return *this;
  }
  HttpRequest&& set_target(std::string v) && { return std::move(set_target(std::move(v))); }

  HttpRequest& set_payload(std::string v) & {
    payload_ = std::move(v);
    return *this;
  }
  HttpRequest&& set_payload(std::string v) && { return std::move(set_payload(std::move(v))); }

  HttpRequest& clear_headers() & {
    headers_.clear();
    return *this;
  }
  HttpRequest&& clear_headers() && { return std::move(clear_headers()); }

  HttpRequest& add_header(std::string k, std::string v) & {
    headers_.emplace(std::move(k), std::move(v));
    return *this;
  }
  HttpRequest&& add_header(std::string k, std::string v) && {
    return std::move(add_header(std::move(k), std::move(v)));
  }

  /// Removes every header spelled exactly like `k`.
  HttpRequest& remove_header(std::string const& k) & {
    headers_.erase(k);
    return *this;
  }
  HttpRequest&& remove_header(std::string const& k) && { return std::move(remove_header(k)); }

  HttpRequest& set_version(int major, int minor) & {
    version_major_ = major;
    version_minor_ = minor;
    return *this;
  }
  HttpRequest&& set_version(int major, int minor) && { return std::move(set_version(major, minor)); }

 private:
  std::string verb_;
  std::string target_;
  std::string payload_;
  HeadersType headers_;
  int version_major_ = 1;
  int version_minor_ = 1;
};

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
