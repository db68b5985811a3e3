#pragma once

#include <cstdlib>

#include "packager/rootfs/rootfs.h"
#include "packager/rootfs/stored_tree.h"

namespace faasc {

/// Does with a tree what commands do, and stops the program where the tree breaks a promise.
inline void read_tree(const StoredTree& tree) {
  const StoredEntry* before = nullptr;
  for (const StoredEntry& entry : tree.entries()) {
    if (entry.path.size() < 2 || entry.path[0] != '/') std::abort();
    if (before && !PathOrder{}(before->path, entry.path)) std::abort();
    if (tree.find(entry.path) != &entry) std::abort();
    before = &entry;
    if (entry.kind != StoredEntry::Kind::File) continue;
    std::uint64_t end = 0;
    for (const StoredRun& run : tree.runs(entry)) {
      if (run.size_bytes == 0 || run.file_offset < end || run.file_offset + run.size_bytes > entry.size_bytes)
        std::abort();
      end = run.file_offset + run.size_bytes;
    }
    if (entry.size_bytes > 65536) continue;
    auto bytes = tree.read(entry, 65536);
    if (bytes && bytes->size() != entry.size_bytes) std::abort();
  }
  for (const std::string& problem : tree.problems())
    if (problem.empty()) std::abort();
  (void)tree.label();
  (void)tree.format();
  (void)tree.uuid_text();
}

}  // namespace faasc
