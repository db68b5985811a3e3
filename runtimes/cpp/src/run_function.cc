#include "google/cloud/functions/framework.h"
#include "src/run.h"

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

int Run(int argc, char const* const argv[], Function const& handler) noexcept {
  return faasc::rt::run(
      argc, argv, [](void* context) { return *static_cast<Function*>(context); },
      const_cast<Function*>(&handler));
}

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
