#include "compiler/driver/grouped_number.h"

namespace faasc {

std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ' ');
  return text;
}

std::string kibibytes(std::uint64_t bytes) {
  return grouped(bytes / 1024 + (bytes % 1024 != 0 ? 1 : 0)) + " KiB";
}

}  // namespace faasc
