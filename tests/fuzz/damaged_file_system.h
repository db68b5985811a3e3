#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "packager/rootfs/rootfs.h"
#include "tests/fuzz/edited_image.h"
#include "tests/fuzz/read_tree.h"

// What the fuzzers of file systems have in common. An input that begins with 'R' is a whole image, any other
// one edits an image of ours (edited_image.h).

namespace faasc {

inline void add_to(Rootfs& tree, const std::string& path, decltype(RootfsNode::content) content) {
  if (!tree.add(path, {std::move(content), 0644, {}})) std::abort();
}

/// A node of each kind.
inline Rootfs tree_of_all_kinds() {
  Rootfs tree;
  add_to(tree, "/dir/file", InlineBytes{std::string(20'000, 'f')});
  add_to(tree, "/dir/second", HardLink{"/dir/file"});
  add_to(tree, "/dir/empty", InlineBytes{});
  add_to(tree, "/link", Symlink{"dir/file"});
  add_to(tree, "/long", Symlink{std::string(100, 'l')});
  add_to(tree, "/nothing", Directory{});
  return tree;
}

/// `write` puts a file system into the file that it is given.
template <typename Write>
std::string image_by(const Write& write) {
  auto directory = TemporaryDirectory::create(std::filesystem::temp_directory_path(), "fuzz");
  if (!directory || !write(directory->path() / "image")) std::abort();
  return read_file(directory->path() / "image").value();
}

/// Stops the program where `Reader` gives neither a tree that is one nor a reason.
template <typename Reader>
void read_damaged(const std::string& image, const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  std::shared_ptr<const ByteSource> source;
  if (input.starts_with('R'))
    source = bytes_in_memory(std::string(input.substr(1)));
  else
    source = std::make_shared<EditedImage>(image, input);
  auto reader = Reader::open(source);
  if (reader)
    read_tree(*reader);
  else if (reader.error().code.empty() || reader.error().what.empty())
    std::abort();
}

}  // namespace faasc
