#include <cstddef>
#include <cstdint>

#include "base/file.h"
#include "packager/erofs/erofs_reader.h"
#include "packager/erofs/erofs_writer.h"
#include "tests/fuzz/edited_image.h"
#include "tests/fuzz/read_tree.h"

// Whatever is done to an EROFS, the reader ends, and either gives a tree or says why not. An input
// that begins with 'R' is a whole image, any other one edits an image of ours (edited_image.h).

using namespace faasc;

namespace {

std::string make_image() {
  Rootfs tree;
  auto add = [&](const char* path, decltype(RootfsNode::content) content) {
    if (!tree.add(path, {std::move(content), 0644, {}})) std::abort();
  };
  add("/dir/file", InlineBytes{std::string(20'000, 'f')});
  for (char c = 'a'; c <= 'z'; ++c)  // a directory of more than one block
    add(("/many/" + std::string(200, c)).c_str(), InlineBytes{"m"});
  add("/dir/second", HardLink{"/dir/file"});
  add("/dir/empty", InlineBytes{});
  add("/link", Symlink{"dir/file"});
  add("/long", Symlink{std::string(100, 'l')});
  add("/nothing", Directory{});
  auto directory = TemporaryDirectory::create(std::filesystem::temp_directory_path(), "fuzz");
  if (!directory || !write_erofs(tree, {}, directory->path() / "image")) std::abort();
  return read_file(directory->path() / "image").value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string image = make_image();
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::shared_ptr<const ByteSource> source;
  if (input.starts_with('R'))
    source = bytes_in_memory(std::string(input.substr(1)));
  else
    source = std::make_shared<EditedImage>(image, input);
  auto reader = ErofsReader::open(source);
  if (!reader) {
    if (reader.error().code.empty() || reader.error().what.empty()) std::abort();
    return 0;
  }
  read_tree(*reader);
  return 0;
}
