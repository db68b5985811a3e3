#include "compiler/driver/explain/pages.h"

namespace faasc {

std::span<const ExplainPage> compiler_pages() {
  return {};
}

}  // namespace faasc
