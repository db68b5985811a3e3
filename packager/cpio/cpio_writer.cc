#include "packager/cpio/cpio_writer.h"

#include <cassert>
#include <cstdio>
#include <utility>

namespace faasc {
namespace {

constexpr std::uint32_t kFile = 0100000, kDirectory = 0040000, kSymlink = 0120000;
constexpr std::size_t kAlignment = 4, kBlock = 512;

// Entries begin at multiples of that, whatever was taken before.
void align(std::string& out) {
  out.append((kAlignment - out.size() % kAlignment) % kAlignment, '\0');
}

}  // namespace

// A header is the magic and 13 fields of 8 hexadecimal digits: inode, mode, uid, gid, links, mtime, size, the
// device (2), the device a special file stands for (2), the name's length with its NUL, and a checksum that
// this format leaves 0.
void CpioWriter::add(std::string_view path, std::string_view bytes, std::uint32_t inode, std::uint32_t mode,
                     std::uint32_t links) {
  assert(path.size() < 4096 && bytes.size() <= UINT32_MAX);
  char header[6 + 13 * 8 + 1];
  std::snprintf(header, sizeof header, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X", inode,
                mode, 0u, 0u, links, 0u, static_cast<std::uint32_t>(bytes.size()), 0u, 0u, 0u, 0u,
                static_cast<std::uint32_t>(path.size() + 1), 0u);
  out_ += header;
  out_ += path;
  out_ += '\0';
  align(out_);
  out_ += bytes;
  align(out_);
}

std::uint32_t CpioWriter::add_file(std::string_view path, std::string_view bytes, std::uint32_t permissions,
                                   std::uint32_t links) {
  add(path, bytes, ++inode_, kFile | permissions, links);
  return inode_;
}

void CpioWriter::add_link(std::string_view path, std::uint32_t file, std::uint32_t permissions,
                          std::uint32_t links) {
  // The kernel makes a link of what has the inode of an earlier entry, and leaves its bytes alone.
  add(path, {}, file, kFile | permissions, links);
}

void CpioWriter::add_directory(std::string_view path, std::uint32_t permissions) {
  add(path, {}, ++inode_, kDirectory | permissions, 2);
}

void CpioWriter::add_symlink(std::string_view path, std::string_view target) {
  add(path, target, ++inode_, kSymlink | 0777, 1);
}

std::string CpioWriter::take() {
  taken_bytes_ += out_.size();
  return std::exchange(out_, {});
}

std::string CpioWriter::finish() && {
  add("TRAILER!!!", {}, 0, 0, 1);
  out_.append((kBlock - (taken_bytes_ + out_.size()) % kBlock) % kBlock, '\0');
  return std::move(out_);
}

}  // namespace faasc
