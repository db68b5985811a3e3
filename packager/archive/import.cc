#include "packager/archive/import.h"

#include <algorithm>

#include "base/file.h"
#include "base/interrupt.h"
#include "packager/archive/codes.h"
#include "packager/archive/digesting_stream.h"
#include "packager/archive/layer.h"
#include "packager/archive/spool.h"
#include "packager/rootfs/host_directory.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

Error other_digest(const std::string& name, const std::string& found, const std::string& expected) {
  return {Fault::Input,
          kContainerDigest,
          "'" + name + "' is damaged: its digest is " + found + " where " + expected + " was expected",
          {},
          "get the image again"};
}

Result<void> drain(ByteStream& stream) {
  char buffer[4096];
  for (;;) {
    FAASC_TRY(std::size_t count, stream.read(buffer, sizeof buffer));
    if (count == 0) return {};
  }
}

/// A stream that somebody else owns.
class SharedStream : public ByteStream {
 public:
  explicit SharedStream(std::shared_ptr<ByteStream> stream) : stream_(std::move(stream)) {}
  Result<std::size_t> read(char* buffer, std::size_t size) override { return stream_->read(buffer, size); }

 private:
  std::shared_ptr<ByteStream> stream_;
};

/// Reads one layer and compares it with its digests: as it is stored, and as a tar.
Result<Layer> read_blob(const ContainerFiles& files, const ContainerBlob& blob, const std::string& diff_id,
                        const ArchiveLimits& limits, Spool& spool) {
  std::string name = files.name_of(blob.path);
  auto stored = std::make_shared<StreamDigest>(), tar = std::make_shared<StreamDigest>();
  FAASC_TRY(std::unique_ptr<ByteStream> bytes, files.open(blob.path));
  std::shared_ptr<ByteStream> whole = std::make_shared<DigestingStream>(std::move(bytes), stored);
  FAASC_TRY(bytes, decompressed(std::make_unique<SharedStream>(whole), name));
  bytes = std::make_unique<DigestingStream>(std::move(bytes), tar);
  auto read = [&]() -> Result<Layer> {
    FAASC_TRY(ArchiveReader reader,
              ArchiveReader::open_unpacked(std::move(bytes), name, limits, ArchiveLinks::Root,
                                           [stored] { return stored->bytes; }));
    return read_layer(reader, spool, Whiteouts::Honoured);
  }();
  // What is wrong in a file with another digest is no news.
  if (!read && (blob.digest.empty() || read.error().code != kArchiveDamaged)) return std::move(read).error();
  // The end of the archive need not be the end of the file.
  FAASC_CHECK(drain(*whole));
  if (blob.size_bytes && *blob.size_bytes != stored->bytes)
    return Error{Fault::Input,
                 kContainerDigest,
                 "'" + name + "' is damaged: it has " + std::to_string(stored->bytes) + " bytes where " +
                     std::to_string(*blob.size_bytes) + " were expected",
                 {},
                 "get the image again"};
  std::string found = stored->finish();
  if (!blob.digest.empty() && found != blob.digest) return other_digest(name, found, blob.digest);
  if (!read) return std::move(read).error();
  found = tar->finish();
  if (found != diff_id) return other_digest(name, found, diff_id);
  return read;
}

Result<Imported> import_container(const ContainerFiles& files, Spool& spool, const ImportOptions& options) {
  FAASC_TRY(ContainerImage image, read_container_image(files, options.choice));
  LayeredTree tree;
  ArchiveLimits left = options.limits;
  for (std::size_t i = 0; i < image.layers.size(); ++i) {
    FAASC_CHECK(check_interrupt());
    FAASC_TRY(Layer layer, read_blob(files, image.layers[i], image.config.diff_ids[i], left, spool));
    left.total_bytes -= std::min(left.total_bytes, layer.unpacked_bytes);
    left.entries -= std::min(left.entries, layer.entries);
    FAASC_CHECK(tree.apply(std::move(layer), spool, files.name_of(image.layers[i].path)));
  }
  Imported imported;
  imported.kind = files.has("oci-layout") ? Imported::Kind::OciLayout : Imported::Kind::DockerSave;
  imported.foreign_owners = tree.foreign_owners();
  imported.reference = std::move(image.reference);
  imported.config = std::move(image.config);
  FAASC_TRY(imported.rootfs, std::move(tree).rootfs());
  return imported;
}

}  // namespace

Result<Imported> import_container(const ContainerFiles& files, const fs::path& spool_directory,
                                  const ImportOptions& options) {
  Spool spool(spool_directory);
  return import_container(files, spool, options);
}

Result<Imported> import_archive(const fs::path& path, const fs::path& spool_directory,
                                const ImportOptions& options) {
  Spool spool(spool_directory);
  std::error_code error;
  if (fs::is_directory(path, error)) {
    auto files = files_of_directory(path);
    if (!is_container_image(*files)) {
      Imported imported;
      FAASC_TRY(imported.rootfs, rootfs_of_directory(path));
      return imported;
    }
    return import_container(*files, spool, options);
  }
  FAASC_TRY(ArchiveReader reader, ArchiveReader::open(path, options.limits, ArchiveLinks::Root));
  FAASC_TRY(Layer layer, read_layer(reader, spool, Whiteouts::None));
  LayeredTree tree;
  FAASC_CHECK(tree.apply(std::move(layer), spool, path.string()));
  auto files = files_of_tree(tree.nodes(), path.string());
  if (is_container_image(*files)) return import_container(*files, spool, options);
  Imported imported;
  imported.foreign_owners = tree.foreign_owners();
  FAASC_TRY(imported.rootfs, std::move(tree).rootfs());
  return imported;
}

}  // namespace faasc
