#include "packager/erofs/erofs_writer.h"

#include <algorithm>
#include <cerrno>

#include <sys/stat.h>

#include <unistd.h>

#include "base/interrupt.h"
#include "packager/erofs/codes.h"
#include "packager/erofs/erofs_format.h"
#include "packager/erofs/erofs_plan.h"
#include "packager/output/sequential_output.h"

namespace faasc {
namespace {

using namespace erofs;

constexpr std::uint64_t kTime = 1;

Superblock superblock(const ErofsPlan& plan, const ErofsOptions& options) {
  Superblock super{};
  super.magic = kMagic;
  super.block_bits = kBlockBits;
  super.root_number = static_cast<std::uint16_t>(plan.nodes.front().number);
  super.inode_count = plan.nodes.size();
  super.build_time = kTime;
  super.blocks = static_cast<std::uint32_t>(plan.blocks);
  super.uuid = plan.uuid;
  options.label.copy(super.label.data(), super.label.size());
  return super;
}

std::string inode_bytes(const ErofsNode& node) {
  auto bytes = [](const auto& inode) {
    return std::string(reinterpret_cast<const char*>(&inode), sizeof inode);
  };
  const auto layout = static_cast<std::uint16_t>((node.has_tail ? kInline : kPlain) << 1);
  const auto first = static_cast<std::uint32_t>(node.first_block);
  const auto number = static_cast<std::uint32_t>(node.number);
  if (!node.is_extended()) {
    CompactInode inode{};
    inode.format = layout;
    inode.mode = node.mode;
    inode.links = static_cast<std::uint16_t>(node.links);
    inode.size = static_cast<std::uint32_t>(node.size_bytes);
    inode.first_block = first;
    inode.number = number;
    return bytes(inode);
  }
  ExtendedInode inode{};
  inode.format = static_cast<std::uint16_t>(layout | 1);
  inode.mode = node.mode;
  inode.size = node.size_bytes;
  inode.first_block = first;
  inode.number = number;
  inode.modified = kTime;
  inode.links = node.links;
  return bytes(inode);
}

Error changed(const std::string& path) {
  return {Fault::Input,
          kErofsBadInput,
          "'" + path + "' changed its size while it was read",
          {},
          "run the command again once the file is complete"};
}

/// The last `size` bytes of what a node holds.
Result<std::string> tail_of(const ErofsNode& node) {
  const std::uint64_t size = node.tail_bytes(), from = node.size_bytes - size;
  if (S_ISDIR(node.mode)) return node.directory.substr(from);
  if (const auto* bytes = std::get_if<InlineBytes>(&node.source->content)) return bytes->bytes.substr(from);
  if (const auto* link = std::get_if<Symlink>(&node.source->content)) return link->target.substr(from);
  if (const auto* stored = std::get_if<StoredFile>(&node.source->content))
    return stored->tree->read_at(*stored->entry, from, size);
  const std::string& path = std::get<HostFile>(node.source->content).path;
  FAASC_TRY(Fd in, open_for_reading(path));
  std::string tail(size, '\0');
  std::size_t done = 0;
  while (done < size) {
    ssize_t count = ::pread(in.get(), tail.data() + done, size - done, static_cast<off_t>(from + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("read", path, errno);
    if (count == 0) return changed(path);
    done += static_cast<std::size_t>(count);
  }
  struct stat status{};
  if (::fstat(in.get(), &status) != 0) return io_error("read", path, errno);
  if (static_cast<std::uint64_t>(status.st_size) != node.size_bytes) return changed(path);
  return tail;
}

/// A host file's blocks, without the tail that was written before. `out` copies whole files only.
Result<void> copy_blocks(const ErofsNode& node, const std::string& path, SequentialOutput& out) {
  if (!node.has_tail) return out.copy_file(path, node.size_bytes, SequentialOutput::Holes::Look);
  FAASC_TRY(Fd in, open_for_reading(path));
  std::string piece;
  for (std::uint64_t at = 0, end = node.blocks() * kBlock; at < end;) {
    FAASC_CHECK(check_interrupt());
    piece.resize(std::min<std::uint64_t>(end - at, 1 << 20));
    ssize_t count = ::pread(in.get(), piece.data(), piece.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return io_error("read", path, errno);
    if (count == 0) return changed(path);
    piece.resize(static_cast<std::size_t>(count));
    FAASC_CHECK(out.write(piece));
    at += piece.size();
  }
  return {};
}

Result<void> write_blocks(const ErofsNode& node, SequentialOutput& out) {
  const std::uint64_t size = node.size_bytes - node.tail_bytes();
  if (S_ISDIR(node.mode)) return out.write(std::string_view(node.directory).substr(0, size));
  if (const auto* bytes = std::get_if<InlineBytes>(&node.source->content))
    return out.write(std::string_view(bytes->bytes).substr(0, size));
  if (const auto* link = std::get_if<Symlink>(&node.source->content)) return out.write(link->target);
  if (const auto* file = std::get_if<HostFile>(&node.source->content))
    return copy_blocks(node, file->path, out);
  const auto& stored = std::get<StoredFile>(node.source->content);
  for (std::uint64_t at = 0; at < size;) {
    FAASC_CHECK(check_interrupt());
    FAASC_TRY(std::string piece,
              stored.tree->read_at(*stored.entry, at, std::min<std::uint64_t>(size - at, 1 << 20)));
    FAASC_CHECK(out.write(piece));
    at += piece.size();
  }
  return {};
}

Error too_small(std::uint64_t needed, std::uint64_t asked) {
  auto kibibytes = [](std::uint64_t bytes) { return std::to_string(bytes / 1024) + "KiB"; };
  return {Fault::Input,
          kErofsTooSmall,
          "a disk of " + kibibytes(asked) + " is too small by " + kibibytes(needed - asked) + ": it needs " +
              kibibytes(needed),
          {},
          "give it at least " + kibibytes(needed) + ", or leave the size open"};
}

}  // namespace

Result<ErofsImage> write_erofs(const Rootfs& rootfs, const ErofsOptions& options, AtomicFile& file,
                               std::uint64_t offset) {
  FAASC_TRY(ErofsPlan plan, plan_erofs(rootfs, options));
  std::uint64_t size = plan.blocks * kBlock;
  if (options.size_bytes) {
    std::uint64_t asked = (*options.size_bytes + kBlock - 1) / kBlock * kBlock;
    if (asked < offset + size) return too_small(offset + size, asked);
    size = asked - offset;
  }
  SequentialOutput out(file.fd(), file.path(), offset);
  FAASC_CHECK(out.skip_to(offset + kSuperblockOffset));
  Superblock super = superblock(plan, options);
  FAASC_CHECK(out.write({reinterpret_cast<const char*>(&super), sizeof super}));
  auto during = [](Result<void> written, const ErofsNode& node) {
    return std::move(written).during("writing '" + std::string(node.path) + "'");
  };
  for (const ErofsNode& node : plan.nodes) {
    FAASC_CHECK(check_interrupt());
    FAASC_CHECK(out.skip_to(offset + node.number * kSlot));
    FAASC_CHECK(out.write(inode_bytes(node)));
    if (!node.has_tail) continue;
    FAASC_TRY(std::string tail, tail_of(node).during("writing '" + std::string(node.path) + "'"));
    FAASC_CHECK(out.write(tail));
  }
  for (const ErofsNode& node : plan.nodes) {
    if (node.blocks() == 0) continue;
    FAASC_CHECK(check_interrupt());
    FAASC_CHECK(out.skip_to(offset + node.first_block * kBlock));
    FAASC_CHECK(during(write_blocks(node, out), node));
  }
  FAASC_CHECK(out.flush());
  if (::ftruncate(file.fd().get(), static_cast<off_t>(offset + size)) != 0)
    return io_error("write", file.path(), errno);
  return ErofsImage{size, plan.payload_bytes};
}

Result<ErofsImage> write_erofs(const Rootfs& rootfs, const ErofsOptions& options,
                               const std::filesystem::path& out) {
  FAASC_TRY(AtomicFile file, AtomicFile::create(out));
  FAASC_TRY(ErofsImage image, write_erofs(rootfs, options, file, 0));
  FAASC_CHECK(std::move(file).commit());
  return image;
}

}  // namespace faasc
