#pragma once

#include <map>
#include <memory>
#include <string>

#include "google/cloud/functions/user_functions.h"
#include "google/cloud/functions/version.h"

namespace google::cloud::functions_internal {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN
class FunctionImpl;
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions_internal

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

/// A handler of any kind, made by MakeFunction(). Copies are the same function and compare equal.
class Function {
 public:
  ~Function();

  friend bool operator==(Function const& lhs, Function const& rhs) { return lhs.impl_ == rhs.impl_; }
  friend bool operator!=(Function const& lhs, Function const& rhs) { return !(lhs == rhs); }

 private:
  friend class functions_internal::FunctionImpl;

  explicit Function(std::shared_ptr<functions_internal::FunctionImpl> impl);
  std::shared_ptr<functions_internal::FunctionImpl> impl_;
};

/// A function that answers HTTP requests. Requests are served concurrently: `function` must allow that.
Function MakeFunction(UserHttpFunction function);

/// A function that consumes CloudEvents, one call per event.
Function MakeFunction(UserCloudEventFunction function);

/// A choice of functions by name. The server takes the one that --target, or else FUNCTION_TARGET, names, and
/// does not start where there is none of that name.
Function MakeFunction(std::map<std::string, Function> mapping);

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
