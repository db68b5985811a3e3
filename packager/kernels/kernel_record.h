#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

#include "base/result.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// What the store knows about a kernel it was given: `kernel.json` beside the kernel's files.
///
///   {
///     "schema": "faasc.kernel/1",
///     "family": "nanos",                 one of nanos, linux
///     "version": "0.1.55",               the name of the directory
///     "architecture": "x86_64",          one of x86_64, aarch64
///     "origin": "https://…",             a URL or a path, for people
///     "debug": true,                     only of a debug build
///     "files": {                         every file but this one, by its path in the directory
///       "kernel.img": {"size": 1742992, "sha256": "…"}
///     }
///   }
struct KernelRecord {
  struct File {
    std::uint64_t size_bytes = 0;
    std::string sha256;
    bool operator==(const File&) const = default;
  };

  KernelFamily family = KernelFamily::Nanos;
  std::string version;
  std::string architecture = "x86_64";
  std::string origin;
  bool debug = false;
  std::map<std::string, File> files;
};

inline constexpr const char* kKernelRecordName = "kernel.json";

/// Pretty-printed, the same bytes for the same record.
std::string to_json(const KernelRecord& record);

/// Reads and checks a kernel.json.
Result<KernelRecord> read_kernel_record(const std::filesystem::path& path);

using KernelFiles = std::map<std::string, KernelRecord::File>;

/// Size and digest of every regular file under `directory`, apart from its kernel.json. Hidden files are
/// passed over.
Result<KernelFiles> describe_files(const std::filesystem::path& directory);

/// Size and digest of the files that `kernel` names, and of each of its klibs, whatever else lies in its
/// directory.
Result<KernelFiles> describe_files(const Kernel& kernel);

}  // namespace faasc
