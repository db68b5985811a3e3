#include "compiler/driver/explain/pages.h"

namespace faasc {

std::span<const ExplainPage> launcher_pages() {
  return {};
}

}  // namespace faasc
