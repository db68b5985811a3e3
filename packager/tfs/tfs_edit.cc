#include "packager/tfs/tfs_edit.h"

#include <algorithm>

#include "base/varint.h"
#include "packager/tfs/codes.h"
#include "packager/tfs/tfs_decoder.h"
#include "packager/tfs/tfs_log.h"

namespace faasc {
namespace {

using tfs::kExtensionSectors;
using tfs::kSectorSize;
using tfs::RecordType;

/// Room that a log's writers leave at the end of an extension: for a record's head, a link and an end mark.
constexpr std::uint64_t kReservedBytes = 2 * (1 + 2 * kMaxVarintBytes) + 1;

/// Encodes an edit of a log that goes on: what it has named or introduced before is referred to.
class EditEncoder {
 public:
  explicit EditEncoder(const tfs::Graph& graph) : graph_(graph), out_(graph.entry_count()) {}

  void merge(std::uint32_t tuple, const TfsTuple& edit) {
    out_.known_tuple(graph_.index_of_tuple(tuple), edit.size());
    for (const auto& [name, value] : edit) {
      const tfs::GraphValue* there = graph_.find(graph_.tuples()[tuple], name);
      const auto* inner = std::get_if<TfsTuple>(&value.data);
      put_name(name);
      if (inner && there && there->kind == tfs::GraphValue::Kind::Tuple)
        merge(static_cast<std::uint32_t>(there->number), *inner);
      else
        put(value);
    }
  }

  std::string take_bytes() { return out_.take_bytes(); }

 private:
  void put_name(const std::string& name) {
    if (auto index = graph_.index_of_name(name))
      out_.known_name(*index);
    else
      out_.name(name);
  }

  void put(const TfsValue& value) {
    if (const auto* tuple = std::get_if<TfsTuple>(&value.data)) {
      out_.tuple(tuple->size());
      for (const auto& [name, attribute] : *tuple) {
        put_name(name);
        put(attribute);
      }
    } else if (const auto* vector = std::get_if<std::vector<TfsValue>>(&value.data)) {
      out_.vector(vector->size());
      for (const TfsValue& element : *vector) put(element);
    } else {
      out_.value(value);
    }
  }

  const tfs::Graph& graph_;
  tfs::Encoder out_;
};

void append(std::string& out, RecordType type) {
  out += static_cast<char>(type);
}

Error no_room(std::string what) {
  return {Fault::Input, kTfsNoRoom, std::move(what), {}, "build the image again"};
}

}  // namespace

Result<TfsEdit> edit_tfs(const ByteSource& source, const TfsTuple& edit) {
  tfs::Graph graph;
  FAASC_TRY(tfs::LogHeader log, tfs::read_log(source, graph));
  const tfs::Graph::Tuple* root = graph.root();
  if (!root) return Error{Fault::Input, kTfsDamaged, "the log holds no tree", {}, {}};
  EditEncoder encoder(graph);
  encoder.merge(static_cast<std::uint32_t>(root - graph.tuples().data()), edit);
  std::string value = encoder.take_bytes();

  std::string record;
  append(record, RecordType::Value);
  append_varint(record, value.size());
  append_varint(record, value.size());
  record += value;
  append(record, RecordType::EndOfLog);

  const tfs::LogExtension& last = log.extensions.back();
  std::uint64_t last_end = (last.first_sector + last.sector_count) * kSectorSize;
  TfsEdit result{.patches = {}, .size_bytes = std::max(source.size(), last_end)};
  if (last.version == tfs::kVersion && log.end_offset + record.size() + kReservedBytes <= last_end) {
    result.patches.push_back({log.end_offset, std::move(record)});
    return result;
  }

  std::uint64_t sector = (result.size_bytes + kSectorSize - 1) / kSectorSize;
  std::string extension(tfs::kMagic), link;
  append_varint(extension, tfs::kVersion);
  append_varint(extension, kExtensionSectors);
  extension += record;
  append(link, RecordType::Link);
  append_varint(link, sector);
  append_varint(link, kExtensionSectors);
  append(link, RecordType::EndOfLog);
  if (extension.size() + kReservedBytes > kExtensionSectors * kSectorSize)
    return no_room("an edit of " + std::to_string(value.size()) + " bytes does not fit into the log");
  if (log.end_offset + link.size() > last_end)
    return no_room("the log ends where it is full, without room for a link");
  result.size_bytes = (sector + kExtensionSectors) * kSectorSize;
  result.patches.push_back({log.end_offset, std::move(link)});
  result.patches.push_back({sector * kSectorSize, std::move(extension)});
  return result;
}

}  // namespace faasc
