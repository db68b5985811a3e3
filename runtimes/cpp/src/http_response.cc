#include "google/cloud/functions/http_response.h"

#include <memory>

#include "src/crash_reply.h"
#include "src/reply.h"

namespace google::cloud::functions_internal {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN
namespace {

class StoredResponse final : public functions::HttpResponse::Impl {
 public:
  void set_payload(std::string payload) override { reply.body = std::move(payload); }
  std::string const& payload() const override { return reply.body; }
  void set_result(int code) override { reply.status = code; }
  int result() const override { return reply.status; }
  void set_header(std::string_view name, std::string_view value) override { reply.set_header(name, value); }
  functions::HttpResponse::HeadersType headers() const override {
    return {reply.headers.begin(), reply.headers.end()};
  }
  void set_version(int major, int minor) override {
    major_ = major;
    minor_ = minor;
  }
  int version_major() const override { return major_; }
  int version_minor() const override { return minor_; }

  faasc::rt::Reply reply;

 private:
  int major_ = 1;
  int minor_ = 1;
};

}  // namespace

struct UnwrapResponse {
  static std::shared_ptr<functions::HttpResponse::Impl> impl(functions::HttpResponse&& response) {
    return std::move(response.impl_);
  }
  static std::unique_ptr<functions::HttpResponse::Impl> make() { return std::make_unique<StoredResponse>(); }

  static faasc::rt::Reply content(std::shared_ptr<functions::HttpResponse::Impl> const& impl) {
    if (auto* stored = dynamic_cast<StoredResponse*>(impl.get())) {
      // Another copy of the response may live on in the handler, and be returned again.
      return impl.use_count() == 1 ? std::move(stored->reply) : stored->reply;
    }
    faasc::rt::Reply reply;
    reply.status = impl->result();
    for (auto const& [name, value] : impl->headers()) reply.set_header(name, value);
    reply.body = impl->payload();
    return reply;
  }
};

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions_internal

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

HttpResponse::HttpResponse() : impl_(functions_internal::UnwrapResponse::make()) {}
HttpResponse::Impl::~Impl() = default;

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions

namespace faasc::rt {

Reply reply_from(google::cloud::functions::HttpResponse response) {
  auto const impl = google::cloud::functions_internal::UnwrapResponse::impl(std::move(response));
  if (impl == nullptr) return crash_reply("the function returned a response it had moved from");
  return checked(google::cloud::functions_internal::UnwrapResponse::content(impl));
}

}  // namespace faasc::rt
