#include "packager/tfs/tfs_writer.h"

#include <algorithm>
#include <cassert>

#include "base/interrupt.h"
#include "base/varint.h"
#include "packager/tfs/tfs_format.h"

namespace faasc {
namespace {

using tfs::kExtensionSectors;
using tfs::kSectorSize;
using tfs::RecordType;

void append(std::string& out, RecordType type) {
  out += static_cast<char>(type);
}

void append_header(std::string& out, std::uint64_t sectors) {
  out += tfs::kMagic;
  append_varint(out, tfs::kVersion);
  append_varint(out, sectors);
}

void append_link(std::string& out, std::uint64_t sector) {
  append(out, RecordType::Link);
  append_varint(out, sector);
  append_varint(out, kExtensionSectors);
}

std::string first_sector(const TfsLayout& layout) {
  std::string out;
  append_header(out, 1);
  out.append(layout.uuid.begin(), layout.uuid.end());
  out += layout.label;
  out += '\0';
  append_link(out, 1);
  append(out, RecordType::EndOfLog);
  assert(out.size() <= kSectorSize);
  return out;
}

// Appends as much of `rest` as the extension can hold beside a link and an end mark, and takes that off the
// front.
void append_part(std::string& out, std::string_view& rest, std::size_t total) {
  bool first = rest.size() == total;
  std::uint64_t reserved = out.size() + 1 + 2 * kMaxVarintBytes + 1 + 2 * kMaxVarintBytes + 1;
  std::string_view part = rest.substr(0, kExtensionSectors * kSectorSize - reserved);
  append(out, first ? RecordType::Value : RecordType::Continuation);
  if (first) append_varint(out, total);
  append_varint(out, part.size());
  out += part;
  rest.remove_prefix(part.size());
}

Result<void> write_log(const TfsLayout& layout, SequentialOutput& out, std::uint64_t start) {
  FAASC_CHECK(out.write(first_sector(layout)));
  std::string_view rest = layout.root;
  for (std::uint64_t i = 0; i < layout.log_extensions; ++i) {
    std::uint64_t sector = 1 + i * kExtensionSectors;
    std::string extension;
    append_header(extension, kExtensionSectors);
    append_part(extension, rest, layout.root.size());
    if (!rest.empty()) append_link(extension, sector + kExtensionSectors);
    append(extension, RecordType::EndOfLog);
    FAASC_CHECK(out.skip_to(start + sector * kSectorSize));
    FAASC_CHECK(out.write(extension));
  }
  assert(rest.empty());
  return {};
}

Result<void> write_file_data(const TfsLayout::File& file, SequentialOutput& out) {
  if (const auto* bytes = std::get_if<InlineBytes>(&file.node->content)) return out.write(bytes->bytes);
  if (const auto* stored = std::get_if<StoredFile>(&file.node->content))
    return out.copy_stored(*stored->tree, *stored->entry);
  return out.copy_file(std::get<HostFile>(file.node->content).path, file.size_bytes,
                       file.sparse ? SequentialOutput::Holes::Look : SequentialOutput::Holes::None);
}

// Files that follow each other in an earlier image as they will in this one.
struct Run {
  std::size_t files = 0;
  std::uint64_t offset = 0;  // in the earlier image
  std::uint64_t size_bytes = 0;
};

Run run_from(const TfsLayout& layout, std::size_t first, const EarlierImage& earlier) {
  Run run;
  for (std::size_t i = first; i < layout.files.size(); ++i) {
    const TfsLayout::File& file = layout.files[i];
    const auto* host = std::get_if<HostFile>(&file.node->content);
    if (!host || file.sparse) break;
    std::optional<std::uint64_t> offset = earlier.find(host->path, file.stamp);
    if (!offset) break;
    if (run.files == 0) run.offset = *offset;
    std::uint64_t distance = (file.first_sector - layout.files[first].first_sector) * kSectorSize;
    // Between two files there may be nothing but the padding of a sector. What else was there once belonged
    // to a file that has gone.
    if (*offset - run.offset != distance || distance - run.size_bytes >= kSectorSize) break;
    run.size_bytes = distance + file.size_bytes;
    ++run.files;
  }
  return run;
}

// One large file is as well read where it lies, unless the image's blocks can be had for nothing.
bool is_worth_it(const Run& run, const SequentialOutput& out) {
  return run.files > 1 || (run.size_bytes >= SequentialOutput::kLeastShared && out.may_share());
}

}  // namespace

void add_places(const TfsLayout& layout, std::uint64_t start, std::int64_t started_ns, ImagePlaces& places) {
  for (const TfsLayout::File& file : layout.files) {
    const auto* host = std::get_if<HostFile>(&file.node->content);
    if (!host || file.sparse || file.stamp.changed_ns >= started_ns) continue;
    places.files.insert_or_assign(host->path,
                                  ImagePlaces::Place{file.stamp, start + file.first_sector * kSectorSize});
  }
}

Result<void> write_tfs(const TfsLayout& layout, SequentialOutput& out, const EarlierImage* earlier) {
  std::uint64_t start = out.position();
  FAASC_CHECK(write_log(layout, out, start));
  for (std::size_t i = 0; i < layout.files.size(); ++i) {
    const TfsLayout::File& file = layout.files[i];
    FAASC_CHECK(check_interrupt());
    FAASC_CHECK(out.skip_to(start + file.first_sector * kSectorSize));
    if (earlier) {
      if (Run run = run_from(layout, i, *earlier); is_worth_it(run, out)) {
        FAASC_CHECK(out.copy_image(*earlier, run.offset, run.size_bytes));
        i += run.files - 1;
        continue;
      }
    }
    if (auto written = write_file_data(file, out); !written)
      return std::move(written).during("writing '" + std::string(file.guest_path) + "'");
  }
  return out.skip_to(start + layout.used_bytes());
}

}  // namespace faasc
