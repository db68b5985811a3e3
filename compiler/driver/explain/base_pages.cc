#include "compiler/driver/explain/pages.h"

namespace faasc {

std::span<const ExplainPage> base_pages() {
  return {};
}

}  // namespace faasc
