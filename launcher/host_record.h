#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "launcher/host_moment.h"

namespace faasc {

/// What was measured of this host, from one process to the next: a small file in faasc's cache. It counts for
/// as long as the host has_gone_on() and what was measured is the same. Any number of processes may read and
/// write it at the same time.
///
///   faasc-host 1
///   about <text>
///   value <text>
///   boot <boot id>
///   system <release and version of the kernel>
///   processor <words of cpuid>
///   before <counter> <nanoseconds since 1970>
///   then <counter> <nanoseconds since 1970>
///   end
struct HostRecord {
  std::string about;        ///< what was measured, in one line; another subject is another measurement
  std::string value;        ///< in one line
  HostMoment before, then;  ///< around the measurement; boot id, system and processor are those of `then`

  std::chrono::system_clock::time_point measured_at() const;
};

std::string to_text(const HostRecord& record);
/// Nothing where `text` is not exactly what to_text() writes.
std::optional<HostRecord> read_host_record(std::string_view text);

/// The record in `file`, where it is about `about` and still true at `now`, and no older than `oldest`.
/// Nothing where there is none, it cannot be read, is damaged, or another user's.
std::optional<HostRecord> recall(const std::filesystem::path& file, std::string_view about,
                                 const HostMoment& now, std::chrono::nanoseconds oldest);

/// Replaces what was there. Directories are created.
Result<void> keep(const std::filesystem::path& file, const HostRecord& record);

}  // namespace faasc
