#include <cstddef>
#include <cstdint>

#include "packager/cpio/cpio_reader.h"
#include "packager/cpio/cpio_writer.h"
#include "tests/fuzz/edited_image.h"
#include "tests/fuzz/read_tree.h"

// Whatever is done to an initramfs, the reader ends, and either gives a tree or says why not. An input that
// begins with '0' is a whole archive, any other one edits an initramfs of ours (edited_image.h).

using namespace faasc;

namespace {

std::string make_initramfs() {
  CpioWriter first, second;
  first.add_directory("dir");
  const std::uint32_t file = first.add_file("dir/file", std::string(5000, 'f'), 0755, 2);
  first.add_link("dir/second", file, 0755, 2);
  first.add_symlink("link", "dir/file");
  first.add_file("empty", "");
  second.add_directory("dir");
  second.add_file("dir/file", "instead");
  std::string bytes = std::move(first).finish() + std::string(512, '\0');
  return bytes + std::move(second).finish();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string initramfs = make_initramfs();
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::shared_ptr<const ByteSource> source;
  if (input.starts_with('0'))
    source = bytes_in_memory(std::string(input));
  else
    source = std::make_shared<EditedImage>(initramfs, input);
  auto reader = CpioReader::open(source);
  if (!reader) {
    if (reader.error().code.empty() || reader.error().what.empty()) std::abort();
    return 0;
  }
  read_tree(*reader);
  return 0;
}
