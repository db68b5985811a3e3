#include "packager/archive/oci_writer.h"

#include <algorithm>
#include <cerrno>
#include <vector>

#include "base/file.h"
#include "base/interrupt.h"
#include "base/sha256.h"
#include "packager/archive/container_json.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json descriptor(const char* media_type, const std::string& digest, std::uint64_t size_bytes) {
  return {{"mediaType", media_type}, {"digest", "sha256:" + digest}, {"size", size_bytes}};
}

/// Writes a description as a blob; its descriptor.
Result<Json> write_blob(const fs::path& blobs, const char* media_type, const std::string& bytes) {
  std::string digest = to_hex(sha256(bytes));
  FAASC_CHECK(write_file(blobs / digest, bytes));
  return descriptor(media_type, digest, bytes.size());
}

}  // namespace

Result<TreeArchiveOutcome> write_oci_layout(const StoredTree& tree, const TreeArchiveOptions& options,
                                            OciImage image, const fs::path& directory) {
  fs::path blobs = directory / "blobs/sha256";
  FAASC_CHECK(make_directories(blobs));
  // Its name is known once it is written.
  fs::path unnamed = directory / "layer";
  FAASC_TRY(AtomicFile file, AtomicFile::create(unnamed));
  Sha256 hash;
  std::uint64_t size_bytes = 0;
  FAASC_TRY(TreeArchiveOutcome outcome, write_tree_archive(tree, options, [&](std::string_view bytes) {
              hash.update(bytes);
              size_bytes += bytes.size();
              return file.write(bytes);
            }));
  FAASC_CHECK(std::move(file).commit());
  std::string digest = to_hex(hash.finish());
  std::error_code error;
  fs::rename(unnamed, blobs / digest, error);
  if (error) return io_error("write", blobs / digest, error.value());

  ContainerConfig& config = image.config;
  config.diff_ids = {"sha256:" + digest};
  FAASC_TRY(Json configuration,
            write_blob(blobs, "application/vnd.oci.image.config.v1+json", to_json(config)));
  Json manifest = {
      {"schemaVersion", 2},
      {"mediaType", "application/vnd.oci.image.manifest.v1+json"},
      {"config", configuration},
      {"layers", Json::array({descriptor("application/vnd.oci.image.layer.v1.tar", digest, size_bytes)})}};
  for (const auto& [name, value] : image.annotations) manifest["annotations"][name] = value;
  FAASC_TRY(Json entry, write_blob(blobs, "application/vnd.oci.image.manifest.v1+json", dump(manifest)));
  entry["platform"] = {{"architecture", config.architecture}, {"os", config.os}};
  entry["annotations"] = {{"org.opencontainers.image.ref.name", image.reference}};
  Json index = {{"schemaVersion", 2},
                {"mediaType", "application/vnd.oci.image.index.v1+json"},
                {"manifests", Json::array({entry})}};
  FAASC_CHECK(write_file(directory / "oci-layout", R"({"imageLayoutVersion":"1.0.0"})"));
  FAASC_CHECK(write_file(directory / "index.json", dump(index)));
  return outcome;
}

Result<void> write_layout_archive(const fs::path& directory, const ArchiveSink& sink) {
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator entry(directory / "blobs/sha256", error), end; !error && entry != end;
       entry.increment(error))
    names.push_back("blobs/sha256/" + entry->path().filename().string());
  if (error) return io_error("read", directory / "blobs/sha256", error.value());
  std::sort(names.begin(), names.end());
  names.insert(names.end(), {"index.json", "oci-layout"});

  FileArchive archive(sink);
  FAASC_CHECK(archive.add_directory("blobs"));
  FAASC_CHECK(archive.add_directory("blobs/sha256"));
  std::vector<char> buffer(1 << 20);
  for (const std::string& name : names) {
    fs::path path = directory / name;
    std::uint64_t size_bytes = fs::file_size(path, error);
    if (error) return io_error("read", path, error.value());
    FAASC_TRY(Fd fd, open_for_reading(path));
    auto write = [&](const ArchiveSink& file) -> Result<void> {
      for (;;) {
        FAASC_CHECK(check_interrupt());
        FAASC_TRY(std::size_t count, read_some(fd, buffer.data(), buffer.size(), path));
        if (count == 0) return {};
        FAASC_CHECK(file({buffer.data(), count}));
      }
    };
    FAASC_CHECK(archive.add(name, size_bytes, write));
  }
  return archive.finish();
}

}  // namespace faasc
