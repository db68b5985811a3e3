#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "base/result.h"
#include "packager/archive/archive_reader.h"
#include "packager/archive/container_image.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

struct ImportOptions {
  /// Of all layers together. An archive of archives is read twice, and each time within these limits.
  ArchiveLimits limits{.total_bytes = std::uint64_t{8} << 30, .entries = 1'000'000, .ratio = 250};
  ContainerChoice choice;
};

struct Imported {
  enum class Kind : std::uint8_t { Rootfs, OciLayout, DockerSave };
  Kind kind = Kind::Rootfs;
  Rootfs rootfs;  ///< its host files lie in the spool
  std::string reference;
  ContainerConfig config;            ///< of a container image
  std::uint64_t foreign_owners = 0;  ///< entries that belonged to others than root, to whom all belongs now
};

/// Reads a root file system: a directory, a tar or cpio of one (compressed or not), an OCI image layout (a
/// directory or an archive of one), or what `docker save` wrote. `spool` is an empty directory in which file
/// contents are put under numbers; nothing is written elsewhere, whatever names the archive has. Refusals are
/// ArchiveReader's and read_container_image's.
Result<Imported> import_archive(const std::filesystem::path& path, const std::filesystem::path& spool,
                                const ImportOptions& options = {});

/// The same for a container image whose files are at hand.
Result<Imported> import_container(const ContainerFiles& files, const std::filesystem::path& spool,
                                  const ImportOptions& options = {});

}  // namespace faasc
