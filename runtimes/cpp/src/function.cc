#include "google/cloud/functions/function.h"

#include "src/function_impl.h"

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

Function::Function(std::shared_ptr<functions_internal::FunctionImpl> impl) : impl_(std::move(impl)) {}
Function::~Function() = default;

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
