#include "packager/archive/cpio_check.h"

#include <algorithm>
#include <optional>

#include <limits.h>

#include "packager/archive/libarchive_handle.h"

namespace faasc {
namespace {

constexpr std::size_t kHeader = 110;  // the magic and 13 fields of 8 hexadecimal digits
constexpr std::size_t kFileSize = 6 + 6 * 8, kNameSize = 6 + 11 * 8;
constexpr std::string_view kTrailer("TRAILER!!!\0", 11);

std::optional<std::uint64_t> field(std::string_view header, std::size_t at) {
  std::uint64_t value = 0;
  for (char c : header.substr(at, 8)) {
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return std::nullopt;
    value = value * 16 + static_cast<std::uint64_t>(digit);
  }
  return value;
}

std::uint64_t padded(std::uint64_t size) {
  return (size + 3) / 4 * 4;
}

class CheckedCpio : public ByteStream {
 public:
  CheckedCpio(std::unique_ptr<ByteStream> bytes, std::string name)
      : bytes_(std::move(bytes)), name_(std::move(name)) {}

  Result<std::size_t> read(char* buffer, std::size_t size) override {
    FAASC_TRY(std::size_t count, bytes_->read(buffer, size));
    FAASC_CHECK(look_at({buffer, count}));
    return count;
  }

 private:
  // A header and the name that follows it are gathered; what comes then is skipped.
  Result<void> look_at(std::string_view piece) {
    while (!done_ && !piece.empty()) {
      if (skip_ > 0) {
        std::uint64_t count = std::min<std::uint64_t>(skip_, piece.size());
        skip_ -= count;
        piece.remove_prefix(count);
        continue;
      }
      std::size_t count = std::min(wanted_ - gathered_.size(), piece.size());
      gathered_ += piece.substr(0, count);
      piece.remove_prefix(count);
      if (first_ && gathered_.size() >= 6 && !is_magic(gathered_.substr(0, 6))) done_ = true;
      if (!done_ && gathered_.size() == wanted_)
        FAASC_CHECK(wanted_ == kHeader ? take_header() : take_name());
    }
    return {};
  }

  static bool is_magic(std::string_view magic) { return magic == "070701" || magic == "070702"; }

  Result<void> take_header() {
    first_ = false;
    std::optional<std::uint64_t> file_size = field(gathered_, kFileSize),
                                 name_size = field(gathered_, kNameSize);
    // Where any field is no number, libarchive looks for another header further on, and we would lose track.
    bool numbers = true;
    for (std::size_t at = 6; at < kHeader; at += 8) numbers = numbers && field(gathered_, at);
    if (!is_magic(std::string_view(gathered_).substr(0, 6)) || !numbers)
      return archive_damaged(name_, "there is no header where its cpio has to have one");
    if (*name_size == 0 || *name_size > PATH_MAX)
      return archive_damaged(name_, "its cpio has a name of " + std::to_string(*name_size) +
                                        " bytes, at most " + std::to_string(PATH_MAX) + " are possible");
    file_bytes_ = *file_size;
    wanted_ = kHeader + *name_size;
    return {};
  }

  Result<void> take_name() {
    if (std::string_view(gathered_).substr(kHeader) == kTrailer) done_ = true;
    skip_ = padded(wanted_) - wanted_ + padded(file_bytes_);
    wanted_ = kHeader;
    gathered_.clear();
    return {};
  }

  std::unique_ptr<ByteStream> bytes_;
  std::string name_;
  std::string gathered_;
  std::size_t wanted_ = kHeader;
  std::uint64_t file_bytes_ = 0, skip_ = 0;
  bool first_ = true, done_ = false;
};

}  // namespace

std::unique_ptr<ByteStream> checked_cpio(std::unique_ptr<ByteStream> bytes, std::string name) {
  return std::make_unique<CheckedCpio>(std::move(bytes), std::move(name));
}

}  // namespace faasc
