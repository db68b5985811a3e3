#include "packager/archive/cpio_writer.h"

#include <cassert>
#include <cstdio>

namespace faasc {
namespace {

constexpr std::uint32_t kFile = 0100000, kDirectory = 0040000, kSymlink = 0120000;
constexpr std::size_t kAlignment = 4, kBlock = 512;

void pad_to(std::string& out, std::size_t multiple) {
  out.append((multiple - out.size() % multiple) % multiple, '\0');
}

}  // namespace

// A header is the magic and 13 fields of 8 hexadecimal digits: inode, mode, uid, gid, links, mtime, size, the
// device (2), the device a special file stands for (2), the name's length with its NUL, and a checksum that
// this format leaves 0.
void CpioWriter::add(std::string_view path, std::string_view bytes, std::uint32_t mode, std::uint32_t links) {
  assert(path.size() < 4096 && bytes.size() <= UINT32_MAX);
  char header[6 + 13 * 8 + 1];
  std::snprintf(header, sizeof header, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", inode_,
                mode, 0u, 0u, links, 0u, static_cast<std::uint32_t>(bytes.size()), 0u, 0u, 0u, 0u,
                static_cast<std::uint32_t>(path.size() + 1), 0u);
  out_ += header;
  out_ += path;
  out_ += '\0';
  pad_to(out_, kAlignment);
  out_ += bytes;
  pad_to(out_, kAlignment);
}

void CpioWriter::add_file(std::string_view path, std::string_view bytes, std::uint32_t permissions) {
  ++inode_;
  add(path, bytes, kFile | permissions, 1);
}

void CpioWriter::add_directory(std::string_view path, std::uint32_t permissions) {
  ++inode_;
  add(path, {}, kDirectory | permissions, 2);
}

void CpioWriter::add_symlink(std::string_view path, std::string_view target) {
  ++inode_;
  add(path, target, kSymlink | 0777, 1);
}

std::string CpioWriter::finish() && {
  inode_ = 0;
  add("TRAILER!!!", {}, 0, 1);
  pad_to(out_, kBlock);
  return std::move(out_);
}

}  // namespace faasc
