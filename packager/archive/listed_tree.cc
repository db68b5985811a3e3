#include "packager/archive/listed_tree.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "base/byte_source.h"

namespace faasc {
namespace {

/// One source after another.
class Sequence : public ByteSource {
 public:
  std::uint64_t add(std::shared_ptr<const ByteSource> source) {
    std::uint64_t offset = size_;
    size_ += source->size();
    parts_.push_back({offset, std::move(source)});
    return offset;
  }
  std::uint64_t size() const override { return size_; }
  Result<void> read_at(std::uint64_t offset, char* buffer, std::size_t size) const override {
    while (size > 0) {
      auto part = std::upper_bound(parts_.begin(), parts_.end(), offset,
                                   [](std::uint64_t at, const Part& one) { return at < one.offset; });
      --part;
      std::uint64_t within = offset - part->offset;
      auto count = static_cast<std::size_t>(std::min<std::uint64_t>(size, part->source->size() - within));
      FAASC_CHECK(part->source->read_at(within, buffer, count));
      offset += count;
      buffer += count;
      size -= count;
    }
    return {};
  }

 private:
  struct Part {
    std::uint64_t offset;
    std::shared_ptr<const ByteSource> source;
  };
  std::vector<Part> parts_;
  std::uint64_t size_ = 0;
};

}  // namespace

Result<std::shared_ptr<const ListedTree>> ListedTree::make(const std::vector<File>& files) {
  std::shared_ptr<ListedTree> tree(new ListedTree);
  auto sequence = std::make_shared<Sequence>();
  std::set<std::string> directories;
  std::uint64_t id = 0;
  for (const File& file : files) {
    for (std::size_t slash = file.path.find('/', 1); slash != std::string::npos;
         slash = file.path.find('/', slash + 1))
      directories.insert(file.path.substr(0, slash));
    std::shared_ptr<const ByteSource> source = bytes_in_memory(file.text);
    if (!file.host.empty()) {
      FAASC_TRY(source, open_byte_source(file.host));
    }
    StoredEntry entry{.path = file.path, .kind = StoredEntry::Kind::File, .size_bytes = source->size()};
    entry.id = ++id;
    entry.mode = 0644;
    if (entry.size_bytes > 0)
      tree->runs_[entry.id].push_back(
          {.file_offset = 0, .source_offset = sequence->add(source), .size_bytes = entry.size_bytes});
    tree->entries_.push_back(std::move(entry));
  }
  for (const std::string& directory : directories) {
    StoredEntry entry{.path = directory, .kind = StoredEntry::Kind::Directory};
    entry.id = ++id;
    entry.mode = 0755;
    tree->entries_.push_back(std::move(entry));
  }
  tree->source_ = std::move(sequence);
  tree->sort_entries();
  return std::shared_ptr<const ListedTree>(std::move(tree));
}

}  // namespace faasc
