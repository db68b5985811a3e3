#include "packager/bill/bill.h"

#include <ctime>

namespace faasc {

std::string utc_text(std::int64_t seconds) {
  std::time_t time = seconds;
  std::tm parts{};
  ::gmtime_r(&time, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

}  // namespace faasc
