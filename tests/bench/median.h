#pragma once

#include <algorithm>
#include <vector>

namespace faasc::bench {

/// Of an even number the upper one of the two in the middle; 0 where there is none.
inline double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

}  // namespace faasc::bench
