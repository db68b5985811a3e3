#include "packager/ext4/ext4_channel.h"

#include <cstdlib>
#include <cstring>

namespace faasc {
namespace {

// The library opens a file system by name. This is the source that the name stands for, while it does.
thread_local const std::shared_ptr<const ByteSource>* opening = nullptr;

struct Channel {
  std::shared_ptr<const ByteSource> source;
};

extern struct_io_manager source_manager;

errcode_t open_channel(const char*, int flags, io_channel* channel) {
  if (!opening || (flags & IO_FLAG_RW)) return EXT2_ET_BAD_DEVICE_NAME;
  // The library frees both by free().
  auto* opened = static_cast<io_channel>(std::calloc(1, sizeof(struct_io_channel)));
  char* name = ::strdup("image");
  if (!opened || !name) std::abort();
  opened->magic = EXT2_ET_MAGIC_IO_CHANNEL;
  opened->manager = &source_manager;
  opened->name = name;
  opened->block_size = 1024;
  opened->refcount = 1;
  opened->private_data = new Channel{*opening};
  *channel = opened;
  return 0;
}

errcode_t close_channel(io_channel channel) {
  if (--channel->refcount > 0) return 0;
  delete static_cast<Channel*>(channel->private_data);
  std::free(channel->name);
  std::free(channel);
  return 0;
}

errcode_t set_block_size(io_channel channel, int block_size) {
  channel->block_size = block_size;
  return 0;
}

// A negative count is one of bytes.
errcode_t read_blocks(io_channel channel, unsigned long long block, int count, void* buffer) {
  const ByteSource& source = *static_cast<Channel*>(channel->private_data)->source;
  auto block_size = static_cast<std::uint64_t>(channel->block_size);
  std::size_t bytes = count < 0 ? static_cast<std::size_t>(-static_cast<long long>(count))
                                : static_cast<std::size_t>(count) * block_size;
  if (block > source.size() / block_size) return EXT2_ET_SHORT_READ;
  if (!source.read_at(block * block_size, static_cast<char*>(buffer), bytes)) return EXT2_ET_SHORT_READ;
  return 0;
}

errcode_t read_few_blocks(io_channel channel, unsigned long block, int count, void* buffer) {
  return read_blocks(channel, block, count, buffer);
}
errcode_t write_few_blocks(io_channel, unsigned long, int, const void*) {
  return EXT2_ET_RO_FILSYS;
}
errcode_t write_blocks(io_channel, unsigned long long, int, const void*) {
  return EXT2_ET_RO_FILSYS;
}
errcode_t flush_channel(io_channel) {
  return 0;
}

constexpr struct_io_manager make_manager() {
  struct_io_manager manager{};
  manager.magic = EXT2_ET_MAGIC_IO_MANAGER;
  manager.name = "image";
  manager.open = open_channel;
  manager.close = close_channel;
  manager.set_blksize = set_block_size;
  manager.read_blk = read_few_blocks;
  manager.write_blk = write_few_blocks;
  manager.flush = flush_channel;
  manager.read_blk64 = read_blocks;
  manager.write_blk64 = write_blocks;
  return manager;
}

constinit struct_io_manager source_manager = make_manager();

}  // namespace

errcode_t open_ext4_handle(std::shared_ptr<const ByteSource> source, int flags, ext2_filsys* handle) {
  opening = &source;
  errcode_t code = ext2fs_open2("image", nullptr, flags, 0, 0, &source_manager, handle);
  opening = nullptr;
  return code;
}

}  // namespace faasc
