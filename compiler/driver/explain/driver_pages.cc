#include "compiler/driver/explain/pages.h"

namespace faasc {

std::span<const ExplainPage> driver_pages() {
  return {};
}

}  // namespace faasc
