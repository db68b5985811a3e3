#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faasc {

/// What a blob is called: the SHA-256 of its bytes, in hexadecimal, and their number.
struct BlobName {
  std::string sha256;
  std::uint64_t size_bytes = 0;
  bool operator==(const BlobName&) const = default;
};

/// 64 lower-case hexadecimal digits, and nothing else that could lead out of a directory.
bool is_sha256(std::string_view text);

/// What a step gave, as Bazel's caches keep it: build.bazel.remote.execution.v2.ActionResult
/// (remote_execution.proto of bazelbuild/remote-apis), of which faasc uses the files and the standard output.
struct ActionResult {
  struct File {
    std::string path;
    BlobName blob;
    bool executable = false;
  };
  std::vector<File> files;
  std::string standard_output;

  const File* find(std::string_view path) const;
};

/// The message in Protocol Buffers' wire format. Equal results give equal bytes.
std::string to_protobuf(const ActionResult& result);

/// Nothing where the bytes are no such message, or one that names a blob by anything but a SHA-256. Fields
/// that are not known are passed over.
std::optional<ActionResult> parse_action_result(std::string_view bytes);

}  // namespace faasc
