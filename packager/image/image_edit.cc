#include "packager/image/image_edit.h"

#include <algorithm>
#include <cerrno>
#include <map>

#include <sys/stat.h>

#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "packager/cpio/cpio_reader.h"
#include "packager/disk/initramfs.h"
#include "packager/disk/mbr.h"
#include "packager/erofs/erofs_reader.h"
#include "packager/erofs/erofs_writer.h"
#include "packager/ext4/ext4_reader.h"
#include "packager/ext4/ext4_writer.h"
#include "packager/image/codes.h"
#include "packager/tfs/tfs_layout.h"
#include "packager/tfs/tfs_reader.h"
#include "packager/tfs/tfs_writer.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

using Kind = StoredEntry::Kind;
constexpr std::uint64_t kPage = 4096;
constexpr std::uint64_t kCopyBytes = std::uint64_t{1} << 20;

constexpr std::uint64_t align_up(std::uint64_t value, std::uint64_t unit) {
  return (value + unit - 1) / unit * unit;
}

Error not_rebuilt(const std::string& why) {
  return {Fault::Input,
          kImageNotRebuilt,
          "a copy of this image would lose " + why,
          {},
          "build an image with these files instead"};
}

using Edits = std::map<std::string, RootfsNode, PathOrder>;

Result<void> check_kind(const StoredEntry& there, const RootfsNode& node) {
  bool directory = std::holds_alternative<Directory>(node.content);
  if (directory == (there.kind == Kind::Directory)) return {};
  return Error{Fault::Input,
               kImageWrongKind,
               "'" + there.path + "' is " + (directory ? "not " : "") + "a directory in the image",
               {},
               "copy to another path, or into the directory"};
}

// The root as it will be. Files that stay are read from the image when the copy is written.
Result<Rootfs> edited_tree(const std::shared_ptr<const StoredTree>& tree, Edits edits) {
  Rootfs rootfs;
  std::map<std::uint64_t, std::string> first_names;
  for (const StoredEntry& entry : tree->entries()) {
    FAASC_CHECK(check_interrupt());
    RootfsNode node;
    node.mode = entry.mode.value_or(entry.kind == Kind::Directory ? 0755 : 0644);
    if (auto edit = edits.find(entry.path); edit != edits.end()) {
      FAASC_CHECK(check_kind(entry, edit->second));
      if (entry.kind != Kind::Directory) {
        // Who may run a file is not the host's to say where the image has said it.
        if (entry.kind == Kind::File && entry.mode) edit->second.mode = *entry.mode;
        continue;
      }
      edits.erase(edit);
    }
    switch (entry.kind) {
      case Kind::Directory:
        break;
      case Kind::Symlink:
        node.content = Symlink{entry.target};
        break;
      case Kind::Other:
        return not_rebuilt("'" + entry.path + "', which is neither a file nor a directory nor a link");
      case Kind::File:
        if (auto [name, is_new] = first_names.try_emplace(entry.id, entry.path); is_new)
          node.content = StoredFile{tree, &entry};
        else
          node.content = HardLink{name->second};
        break;
    }
    FAASC_CHECK(rootfs.add(entry.path, std::move(node)));
  }
  for (auto& [path, node] : edits) FAASC_CHECK(rootfs.add(path, std::move(node)));
  return rootfs;
}

// The disk's bytes before `end`; what is zero stays a hole.
Result<void> copy_start(const DiskContents& disk, std::uint64_t end, AtomicFile& out) {
  std::string piece;
  for (std::uint64_t at = 0; at < end;) {
    FAASC_TRY(DiskContents::Range range, disk.next_data(at));
    if (range.begin >= std::min(end, range.end)) break;
    for (at = range.begin; at < std::min(end, range.end); at += piece.size()) {
      FAASC_CHECK(check_interrupt());
      piece.resize(std::min({kCopyBytes, end - at, range.end - at}));
      FAASC_CHECK(disk.read_at(at, piece.data(), piece.size()));
      if (piece.find_first_not_of('\0') != std::string::npos)
        FAASC_CHECK(write_all_at(out.fd(), piece, at, out.path()));
    }
  }
  return {};
}

// The root's entry in the partition table says how large it has become.
Result<void> write_partition_table(const OpenedImage& image, std::uint64_t root_offset,
                                   std::uint64_t root_size, AtomicFile& out) {
  std::string sector(kDiskSectorSize, '\0');
  FAASC_CHECK(image.disk->read_at(0, sector.data(), sector.size()));
  Mbr mbr = mbr_from_bytes(sector);
  for (MbrEntry& entry : mbr.entries) {
    if (entry.type == 0 || entry.first_sector * kDiskSectorSize != root_offset) continue;
    // The ends' cylinders and so on are copied from nowhere: nothing reads them.
    MbrEntry changed = mbr_partition(root_offset, root_size, entry.status);
    entry.sector_count = changed.sector_count;
  }
  return write_all_at(out.fd(), bytes_of(mbr), 0, out.path());
}

std::uint64_t used_bytes(const TfsReader& tree) {
  std::uint64_t end = 0;
  for (const tfs::LogExtension& log : tree.log_extensions())
    end = std::max(end, log.first_sector + log.sector_count);
  for (const TfsEntry& entry : tree.entries())
    for (const TfsExtent& extent : tree.extents(entry))
      end = std::max(end, extent.first_sector + std::max(extent.allocated_sectors, extent.sector_count));
  return std::min(end * tfs::kSectorSize, tree.size_bytes());
}

Result<std::uint64_t> write_root(const TfsReader& tree, const Rootfs& rootfs, const Edits& edits,
                                 std::uint64_t offset, AtomicFile& out, const TfsTuple& attributes) {
  TfsOptions options;
  options.label = tree.label();
  options.attributes = attributes;
  for (const TfsEntry& entry : tree.entries()) {
    TfsTuple more = tree.attributes_of(entry);
    if (edits.contains(entry.path))
      for (const char* time : {"mtime", "atime"}) more.erase(time);
    if (!more.empty() && rootfs.find(entry.path))
      options.node_attributes.emplace(entry.path, std::move(more));
  }
  FAASC_TRY(TfsLayout layout, plan_tfs(rootfs, options));
  SequentialOutput output(out.fd(), out.path(), offset);
  FAASC_CHECK(write_tfs(layout, output));
  FAASC_CHECK(output.flush());
  std::uint64_t room = tree.size_bytes() - used_bytes(tree);
  return align_up(layout.used_bytes() + room, kPage);
}

Result<std::uint64_t> write_root(const Ext4Reader& tree, const Rootfs& rootfs, std::uint64_t offset,
                                 AtomicFile& out) {
  if (std::string lost = tree.lost_by_writing_anew(); !lost.empty()) return not_rebuilt(lost);
  FAASC_TRY(Ext4Image written,
            write_ext4(rootfs, {.free_bytes = tree.free_bytes(), .label = tree.label()}, out, offset));
  return written.size_bytes;
}

Result<std::uint64_t> write_root(const ErofsReader& tree, const Rootfs& rootfs, std::uint64_t offset,
                                 AtomicFile& out) {
  if (!tree.lost_by_writing_anew().empty()) return not_rebuilt(tree.lost_by_writing_anew());
  FAASC_TRY(ErofsImage written, write_erofs(rootfs, {.label = tree.label()}, out, offset));
  return written.size_bytes;
}

/// The archives before the last hold init and the kernel's modules: they stay as they are.
Result<Image> write_edited_initramfs(const OpenedImage& image, const CpioReader& all, Edits edits,
                                     const fs::path& out) {
  const std::uint64_t begin = all.last_archive(), size = image.disk->size();
  FAASC_TRY(CpioReader first, CpioReader::open(piece_of(image.disk, 0, begin)));
  for (const auto& [path, node] : edits)
    if (const StoredEntry* entry = first.find(path); entry && entry->kind != Kind::Directory)
      return Error{Fault::Input,
                   kImageNotRebuilt,
                   "a copy of this image would lose '" + path + "', which is faasc's own",
                   {},
                   "copy to another path"};
  FAASC_TRY(CpioReader last, CpioReader::open(piece_of(image.disk, begin, size - begin)));
  if (last.has_owners()) return not_rebuilt("the owners of its files");
  FAASC_TRY(Rootfs rootfs, edited_tree(std::make_shared<CpioReader>(std::move(last)), std::move(edits)));
  FAASC_TRY(InitramfsTree tree, archive_of_tree(rootfs));

  FAASC_TRY(AtomicFile file, AtomicFile::create(out));
  FAASC_CHECK(copy_start(*image.disk, begin, file));
  FAASC_CHECK(write_all_at(file.fd(), tree.archive, begin, out));
  struct stat status{};
  if (::fstat(file.fd().get(), &status) != 0) return io_error("write", out, errno);
  FAASC_CHECK(std::move(file).commit());
  Image written;
  written.path = out;
  written.size_bytes = begin + tree.archive.size();
  written.allocated_bytes = static_cast<std::uint64_t>(status.st_blocks) * 512;
  written.payload_bytes = tree.payload_bytes;
  written.regions = {{"rootfs", 0, written.size_bytes}};
  return written;
}

Result<void> add_host(const fs::path& source, const std::string& to, std::vector<ImageEdit>& edits) {
  FAASC_CHECK(check_interrupt());
  struct stat status{};
  if (::lstat(source.c_str(), &status) != 0) return io_error("read", source, errno);
  RootfsNode node;
  node.mode = status.st_mode & 0777;
  node.why = "copied into the image";
  if (S_ISREG(status.st_mode)) {
    node.content = HostFile{source.string()};
  } else if (S_ISLNK(status.st_mode)) {
    std::error_code error;
    node.content = Symlink{fs::read_symlink(source, error).string()};
    if (error) return io_error("read", source, error.value());
  } else if (S_ISDIR(status.st_mode)) {
    if (to != "/") edits.push_back({to, std::move(node)});
    std::error_code error;
    std::vector<fs::path> names;
    for (fs::directory_iterator entry(source, error), end; !error && entry != end; entry.increment(error))
      names.push_back(entry->path().filename());
    if (error) return io_error("read", source, error.value());
    std::sort(names.begin(), names.end());
    for (const fs::path& name : names)
      FAASC_CHECK(add_host(source / name, (to == "/" ? "" : to) + "/" + name.string(), edits));
    return {};
  } else {
    return Error{Fault::Input,
                 kImageBadInput,
                 "'" + source.string() + "' is neither a file nor a directory nor a link",
                 {},
                 "leave it out; every kernel fills its own /dev"};
  }
  edits.push_back({to, std::move(node)});
  return {};
}

}  // namespace

Result<std::vector<ImageEdit>> edits_of_host(const fs::path& source, const std::string& to) {
  std::vector<ImageEdit> edits;
  std::error_code error;
  // What was named is what is meant, be it a link; what is found below is copied as it is.
  fs::path start = fs::is_symlink(source, error) ? fs::canonical(source, error) : source;
  if (error) return io_error("read", source, error.value());
  FAASC_CHECK(add_host(start, to, edits));
  return edits;
}

Result<Image> write_edited_image(const OpenedImage& image, std::vector<ImageEdit> list, const fs::path& out) {
  Edits edits;
  for (ImageEdit& edit : list) edits.insert_or_assign(edit.path, std::move(edit.node));
  const ImagePart& root = image.parts.front();
  if (const auto* archives = dynamic_cast<const CpioReader*>(root.tree.get()))
    return write_edited_initramfs(image, *archives, std::move(edits), out);
  const std::uint64_t offset = root.region.offset_bytes;
  FAASC_TRY(Rootfs rootfs, edited_tree(root.tree, edits));
  FAASC_TRY(AtomicFile file, AtomicFile::create(out));
  FAASC_CHECK(copy_start(*image.disk, offset, file));

  std::uint64_t size = 0;
  if (const auto* tfs = dynamic_cast<const TfsReader*>(root.tree.get())) {
    FAASC_TRY(size, write_root(*tfs, rootfs, edits, offset, file, image.attributes));
  } else if (const auto* ext4 = dynamic_cast<const Ext4Reader*>(root.tree.get())) {
    FAASC_TRY(size, write_root(*ext4, rootfs, offset, file));
  } else if (const auto* erofs = dynamic_cast<const ErofsReader*>(root.tree.get())) {
    FAASC_TRY(size, write_root(*erofs, rootfs, offset, file));
  }
  if (image.has_partitions) FAASC_CHECK(write_partition_table(image, offset, size, file));
  if (::ftruncate(file.fd().get(), static_cast<off_t>(offset + size)) != 0)
    return io_error("write", out, errno);
  struct stat status{};
  if (::fstat(file.fd().get(), &status) != 0) return io_error("write", out, errno);
  FAASC_CHECK(std::move(file).commit());

  Image written;
  written.path = out;
  written.size_bytes = offset + size;
  written.allocated_bytes = static_cast<std::uint64_t>(status.st_blocks) * 512;
  written.regions = image.regions;
  if (!written.regions.empty()) written.regions.back().size_bytes = size;
  return written;
}

}  // namespace faasc
