#include "compiler/python/framework_decorators.h"

namespace faasc::python {

bool is_async_framework(const Decorator& decorator) {
  return decorator.name.starts_with(kAsyncFramework);
}

std::string_view kind_of(const Decorator& decorator) {
  const bool asynchronous = is_async_framework(decorator);
  const std::string_view framework = asynchronous ? kAsyncFramework : "functions_framework.";
  std::string_view name = decorator.name;
  if (!name.starts_with(framework)) return {};
  name.remove_prefix(framework.size());
  if (name == "http") return "http";
  if (name == "cloud_event") return "cloudevent";
  if (name == "typed" && !asynchronous) return "typed";
  return {};
}

const Decorator* marker_of(const FunctionFact& function) {
  for (const Decorator& decorator : function.decorators)
    if (!kind_of(decorator).empty() || is_async_framework(decorator)) return &decorator;
  return nullptr;
}

}  // namespace faasc::python
