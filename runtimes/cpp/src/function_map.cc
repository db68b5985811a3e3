#include <map>
#include <stdexcept>
#include <string>
#include <utility>

#include "src/function_impl.h"

namespace google::cloud::functions_internal {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN
namespace {

class FunctionMap final : public FunctionImpl {
 public:
  explicit FunctionMap(std::map<std::string, functions::Function> functions)
      : functions_(std::move(functions)) {}

  FunctionImpl* select(std::string_view name) override {
    auto const found = functions_.find(std::string(name));
    return found == functions_.end() ? nullptr : of(found->second)->select(name);
  }

  // The server asks select() first and calls what that returned.
  faasc::rt::Reply call(functions::HttpRequest) override {
    throw std::logic_error("a map of functions cannot be called itself");
  }

 private:
  std::map<std::string, functions::Function> functions_;
};

}  // namespace
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions_internal

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

Function MakeFunction(std::map<std::string, Function> mapping) {
  using namespace functions_internal;
  return FunctionImpl::wrap(std::make_shared<FunctionMap>(std::move(mapping)));
}

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
