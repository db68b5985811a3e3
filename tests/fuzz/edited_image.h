#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/byte_source.h"

namespace faasc {

/// An image that a fuzzer's input damages. File systems are large and nearly all of them matters little, so
/// the input is a list of edits to an image that is whole:
///
///   <edit> ::= <offset: 4 bytes, little-endian> <length: 1 byte> <length bytes>  ; length 0: cut off here
class EditedImage : public ByteSource {
 public:
  EditedImage(const std::string& image, std::string_view edits) : image_(image), size_(image.size()) {
    while (edits.size() >= 5) {
      std::uint64_t offset = 0;
      for (int i = 3; i >= 0; --i) offset = offset << 8 | static_cast<std::uint8_t>(edits[i]);
      std::size_t length = static_cast<std::uint8_t>(edits[4]);
      edits.remove_prefix(5);
      offset %= image.size();
      if (length == 0) {
        size_ = std::min(size_, offset);
      } else {
        edits_.push_back({offset, edits.substr(0, length)});
        edits.remove_prefix(edits_.back().bytes.size());
      }
    }
  }

  std::uint64_t size() const override { return size_; }
  Result<void> read_at(std::uint64_t offset, char* buffer, std::size_t size) const override {
    if (offset > size_ || size > size_ - offset) return Error{Fault::Input, "FAASC0903", "too short", {}, {}};
    std::memcpy(buffer, image_.data() + offset, size);
    for (const Edit& edit : edits_) {
      std::uint64_t from = std::max(offset, edit.offset);
      std::uint64_t end = std::min(offset + size, edit.offset + edit.bytes.size());
      if (from < end)
        std::memcpy(buffer + (from - offset), edit.bytes.data() + (from - edit.offset), end - from);
    }
    return {};
  }

 private:
  struct Edit {
    std::uint64_t offset;
    std::string_view bytes;
  };
  const std::string& image_;
  std::uint64_t size_;
  std::vector<Edit> edits_;
};

}  // namespace faasc
