#include "packager/archive/libarchive_handle.h"

#include <algorithm>
#include <cerrno>

#include "base/interrupt.h"
#include "packager/archive/codes.h"

namespace faasc {

Error archive_damaged(const std::string& name, const std::string& how) {
  return {Fault::Input, kArchiveDamaged, "'" + name + "' is damaged: " + how, {}, "get the file again"};
}

Result<std::size_t> ArchiveInput::fill() {
  FAASC_CHECK(check_interrupt());
  buffer_.resize(64 * 1024);
  FAASC_TRY(std::size_t count, stream_->read(buffer_.data(), buffer_.size()));
  auto last = std::find_if(std::make_reverse_iterator(buffer_.begin() + static_cast<std::ptrdiff_t>(count)),
                           buffer_.rend(), [](char byte) { return byte != 0; });
  if (last != buffer_.rend())
    end_of_content_ = bytes_read_ + static_cast<std::uint64_t>(buffer_.rend() - last);
  bytes_read_ += count;
  if (bytes_read_ > limit_)
    return Error{Fault::Input,
                 kArchiveTooLarge,
                 "'" + name_ + "' unpacks to more than the " + std::to_string(limit_) + " bytes allowed here",
                 {},
                 {}};
  return count;
}

la_ssize_t ArchiveInput::read_callback(archive* handle, void* self, const void** buffer) {
  auto* input = static_cast<ArchiveInput*>(self);
  auto count = input->fill();
  if (!count) {
    archive_set_error(handle, EIO, "%s", count.error().what.c_str());
    input->error_ = std::move(count).error();
    return ARCHIVE_FATAL;
  }
  *buffer = input->buffer_.data();
  return static_cast<la_ssize_t>(*count);
}

int ArchiveInput::open(archive* handle) {
  return archive_read_open(handle, this, nullptr, &read_callback, nullptr);
}

Error ArchiveInput::error_of(archive* handle, const std::string& name) const {
  if (error_) return *error_;
  const char* words = archive_error_string(handle);
  return archive_damaged(name, words && *words ? words : "no reason given");
}

Result<void> ArchiveInput::drain() {
  for (;;) {
    FAASC_TRY(std::size_t count, fill());
    if (count == 0) return {};
  }
}

}  // namespace faasc
