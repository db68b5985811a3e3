#include "packager/ext4/ext4_reader.h"
#include "packager/ext4/ext4_writer.h"
#include "tests/fuzz/damaged_file_system.h"

// Whatever is done to an ext4 file system, the reader ends, and either gives a tree or says why not.

using namespace faasc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string image =
      image_by([](const auto& file) { return write_ext4(tree_of_all_kinds(), {}, file); });
  read_damaged<Ext4Reader>(image, data, size);
  return 0;
}
