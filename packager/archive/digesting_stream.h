#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "base/sha256.h"
#include "packager/archive/byte_stream.h"

namespace faasc {

/// What a DigestingStream saw go by.
struct StreamDigest {
  Sha256 hash;
  std::uint64_t bytes = 0;

  /// "sha256:…" of it all. The object is spent afterwards.
  std::string finish() { return "sha256:" + to_hex(hash.finish()); }
};

/// Passes a stream through and takes its SHA-256. The digest is a thing of its own, since the stream ends up
/// inside of others.
class DigestingStream : public ByteStream {
 public:
  DigestingStream(std::unique_ptr<ByteStream> stream, std::shared_ptr<StreamDigest> digest)
      : stream_(std::move(stream)), digest_(std::move(digest)) {}

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    FAASC_TRY(std::size_t count, stream_->read(buffer, size));
    digest_->hash.update({buffer, count});
    digest_->bytes += count;
    return count;
  }

 private:
  std::unique_ptr<ByteStream> stream_;
  std::shared_ptr<StreamDigest> digest_;
};

}  // namespace faasc
