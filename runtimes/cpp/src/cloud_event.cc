#include "google/cloud/functions/cloud_event.h"

#include <stdexcept>

#include "src/timestamp.h"

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

void CloudEvent::set_time(std::string const& timestamp) {
  auto const nanoseconds = faasc::rt::parse_timestamp(timestamp);
  if (!nanoseconds) throw std::invalid_argument("'" + timestamp + "' is not an RFC 3339 time");
  set_time(
      time_point(std::chrono::duration_cast<ClockType::duration>(std::chrono::nanoseconds(*nanoseconds))));
}

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
