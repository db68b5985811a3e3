#include <utility>

#include "src/function_impl.h"

namespace google::cloud::functions_internal {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN
namespace {

class HttpFunction final : public FunctionImpl {
 public:
  explicit HttpFunction(functions::UserHttpFunction function) : function_(std::move(function)) {}
  FunctionImpl* select(std::string_view) override { return this; }
  faasc::rt::Reply call(functions::HttpRequest request) override {
    return faasc::rt::reply_from(function_(std::move(request)));
  }

 private:
  functions::UserHttpFunction function_;
};

}  // namespace
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions_internal

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

Function MakeFunction(UserHttpFunction function) {
  using namespace functions_internal;
  return FunctionImpl::wrap(std::make_shared<HttpFunction>(std::move(function)));
}

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
