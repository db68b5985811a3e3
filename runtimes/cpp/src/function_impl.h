#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include "google/cloud/functions/function.h"
#include "google/cloud/functions/http_request.h"
#include "src/reply.h"

namespace google::cloud::functions_internal {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

/// What a Function holds. One object file per kind, so that a program carries only the decoders it uses.
class FunctionImpl {
 public:
  virtual ~FunctionImpl() = default;

  /// The function to serve where --target is `name`; null where there is none. Only a map of functions looks
  /// at the name.
  virtual FunctionImpl* select(std::string_view name) = 0;

  /// How the answer to one request reaches its client.
  struct Delivery {
    int timeout_status = 504;     ///< of the answer to a call that takes too long
    bool answer_at_once = false;  ///< with 202, before the call, whose result nobody sees
    std::size_t memory = 0;  ///< about how many bytes the call needs beside the request, where that is many
  };
  virtual Delivery delivery(functions::HttpRequest const&) const { return {}; }

  /// Answers one request. Throws what the handler throws.
  virtual faasc::rt::Reply call(functions::HttpRequest request) = 0;

  static std::shared_ptr<FunctionImpl> of(functions::Function const& function) { return function.impl_; }
  static functions::Function wrap(std::shared_ptr<FunctionImpl> impl) {
    return functions::Function(std::move(impl));
  }
};

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions_internal
