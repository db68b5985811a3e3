#include "compiler/driver/explain/pages.h"

namespace faasc {

std::span<const ExplainPage> packager_pages() {
  return {};
}

}  // namespace faasc
