#include "packager/erofs/erofs_reader.h"
#include "packager/erofs/erofs_writer.h"
#include "tests/fuzz/damaged_file_system.h"

// Whatever is done to an EROFS, the reader ends, and either gives a tree or says why not.

using namespace faasc;

namespace {

Rootfs make_tree() {
  Rootfs tree = tree_of_all_kinds();
  for (char c = 'a'; c <= 'z'; ++c)  // a directory of more than one block
    add_to(tree, "/many/" + std::string(200, c), InlineBytes{"m"});
  return tree;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string image =
      image_by([](const auto& file) { return write_erofs(make_tree(), {}, file); });
  read_damaged<ErofsReader>(image, data, size);
  return 0;
}
