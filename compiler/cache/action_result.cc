#include "compiler/cache/action_result.h"

#include <algorithm>

#include <protozero/pbf_message.hpp>
#include <protozero/pbf_writer.hpp>

namespace faasc {
namespace {

// The numbers of remote_execution.proto.
enum class ResultField : protozero::pbf_tag_type { OutputFiles = 2, StdoutRaw = 5 };
enum class FileField : protozero::pbf_tag_type { Path = 1, Digest = 2, IsExecutable = 4 };
enum class DigestField : protozero::pbf_tag_type { Hash = 1, SizeBytes = 2 };

template <typename Field>
constexpr protozero::pbf_tag_type number(Field field) {
  return static_cast<protozero::pbf_tag_type>(field);
}

BlobName parse_digest(protozero::pbf_message<DigestField> message) {
  BlobName name;
  while (message.next()) switch (message.tag()) {
      case DigestField::Hash:
        name.sha256 = message.get_string();
        break;
      case DigestField::SizeBytes:
        name.size_bytes = static_cast<std::uint64_t>(message.get_int64());
        break;
      default:
        message.skip();
    }
  return name;
}

ActionResult::File parse_file(protozero::pbf_message<FileField> message) {
  ActionResult::File file;
  while (message.next()) switch (message.tag()) {
      case FileField::Path:
        file.path = message.get_string();
        break;
      case FileField::Digest:
        file.blob = parse_digest(message.get_message());
        break;
      case FileField::IsExecutable:
        file.executable = message.get_bool();
        break;
      default:
        message.skip();
    }
  return file;
}

}  // namespace

bool is_sha256(std::string_view text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

const ActionResult::File* ActionResult::find(std::string_view path) const {
  auto found = std::find_if(files.begin(), files.end(), [&](const File& file) { return file.path == path; });
  return found == files.end() ? nullptr : &*found;
}

std::string to_protobuf(const ActionResult& result) {
  std::string bytes;
  protozero::pbf_writer message(bytes);
  for (const ActionResult::File& file : result.files) {
    protozero::pbf_writer row(message, number(ResultField::OutputFiles));
    row.add_string(number(FileField::Path), file.path);
    {
      protozero::pbf_writer digest(row, number(FileField::Digest));
      digest.add_string(number(DigestField::Hash), file.blob.sha256);
      digest.add_int64(number(DigestField::SizeBytes), static_cast<std::int64_t>(file.blob.size_bytes));
    }
    if (file.executable) row.add_bool(number(FileField::IsExecutable), true);
  }
  if (!result.standard_output.empty())
    message.add_string(number(ResultField::StdoutRaw), result.standard_output);
  return bytes;
}

std::optional<ActionResult> parse_action_result(std::string_view bytes) {
  ActionResult result;
  try {
    protozero::pbf_message<ResultField> message(bytes.data(), bytes.size());
    while (message.next()) switch (message.tag()) {
        case ResultField::OutputFiles:
          result.files.push_back(parse_file(message.get_message()));
          break;
        case ResultField::StdoutRaw:
          result.standard_output = message.get_string();
          break;
        default:
          message.skip();
      }
  } catch (const protozero::exception&) {
    return std::nullopt;
  }
  for (const ActionResult::File& file : result.files)
    if (!is_sha256(file.blob.sha256)) return std::nullopt;
  return result;
}

}  // namespace faasc
