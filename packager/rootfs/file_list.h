#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// One file of an image, and why it is there.
struct ListedFile {
  enum class Kind : std::uint8_t { Directory, File, Symlink, HardLink } kind = Kind::File;
  std::string path;
  std::uint64_t size_bytes = 0;  ///< of a file; a hard link has none of its own
  std::string target;            ///< of a link
  std::string why;               ///< "program", "needed by /app/shop", "files: data"
  bool operator==(const ListedFile&) const = default;
};

/// The nodes of a tree in its order. Directories that are there only for what they hold are left out. Asks
/// the host how large its files are.
Result<std::vector<ListedFile>> list_files(const Rootfs& tree);

/// The list lies beside an image, so that the reasons are not lost with the build: "shop.files.json", JSON
/// with schema "faasc.files/1", one file a line. It says nothing of the host, so that it is the same
/// everywhere.
std::string to_json(const std::vector<ListedFile>& files);
std::filesystem::path file_list_path(const std::filesystem::path& image);
/// An error where the list is not there or is none.
Result<std::vector<ListedFile>> read_file_list(const std::filesystem::path& path);

}  // namespace faasc
