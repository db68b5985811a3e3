#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <unistd.h>

#include "packager/archive/layer.h"

// Whatever the bytes, reading them as a root file system ends, within its limits, in a tree that can be
// created or in an error that has a code; and nothing is written but numbered files in the spool.

using namespace faasc;
namespace fs = std::filesystem;

namespace {

const fs::path& spool_directory() {
  static const fs::path directory = [] {
    fs::path path = fs::path("/dev/shm") / ("faasc-fuzz-tar-" + std::to_string(::getpid()));
    fs::create_directories(path);
    return path;
  }();
  return directory;
}

void check_tree(const Rootfs& rootfs) {
  for (const auto& [path, node] : rootfs.nodes()) {
    if (path.find("/../") != std::string::npos || path.find('\0') != std::string::npos) std::abort();
    if (const auto* link = std::get_if<HardLink>(&node.content)) {
      const RootfsNode* file = rootfs.find(link->target);
      if (!file || !is_file(*file)) std::abort();
    }
    if (const auto* file = std::get_if<HostFile>(&node.content))
      if (fs::path(file->path).parent_path() != spool_directory()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string bytes(reinterpret_cast<const char*>(data), size);
  ArchiveLimits limits{.total_bytes = 1 << 20, .entries = 1000, .ratio = 200, .ratio_free_bytes = 64 << 10};
  for (Whiteouts whiteouts : {Whiteouts::None, Whiteouts::Honoured}) {
    Spool spool(spool_directory());
    auto read = [&]() -> Result<Rootfs> {
      FAASC_TRY(ArchiveReader reader,
                ArchiveReader::open(stream_of_bytes(bytes), "a", limits, ArchiveLinks::Root));
      FAASC_TRY(Layer layer, read_layer(reader, spool, whiteouts));
      if (layer.entries > limits.entries) std::abort();
      LayeredTree tree;
      FAASC_CHECK(tree.apply(std::move(layer), spool, "a"));
      return std::move(tree).rootfs();
    }();
    if (read)
      check_tree(*read);
    else if (read.error().code.empty() || read.error().what.empty())
      std::abort();
  }
  return 0;
}
