#include <utility>

#include "google/cloud/functions/framework.h"
#include "src/run.h"

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

int Run(int argc, char const* const argv[], UserHttpFunction handler) noexcept {
  return faasc::rt::run(
      argc, argv,
      [](void* context) { return MakeFunction(std::move(*static_cast<UserHttpFunction*>(context))); },
      &handler);
}

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
