#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "base/byte_source.h"
#include "base/result.h"
#include "packager/tfs/tfs_format.h"

namespace faasc::tfs {

/// A run of sectors that holds a part of the log.
struct LogExtension {
  std::uint64_t first_sector = 0;
  std::uint64_t sector_count = 0;
  std::uint64_t version = 0;
};

/// What takes the values of a log, in the order they were written.
class LogVisitor {
 public:
  virtual ~LogVisitor() = default;
  virtual Result<void> on_value(std::string_view bytes, std::uint64_t version) = 0;
};

struct LogHeader {
  std::array<std::uint8_t, kUuidBytes> uuid{};
  std::string label;
  std::vector<LogExtension> extensions;
  std::uint64_t end_offset = 0;  ///< of the end mark, in bytes from the start of the file system
};

/// Follows the log from sector 0 through all its extensions to its end mark. Sectors that `source` ends
/// before count as zeros. Anything may be in `source`: a log that does not add up, links that form a circle
/// or overlapping extensions are errors.
Result<LogHeader> read_log(const ByteSource& source, LogVisitor& visitor);

}  // namespace faasc::tfs
