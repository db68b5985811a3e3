#include "src/input_buffer.h"

#include <string.h>

namespace faasc::rt {
namespace {

constexpr std::size_t kFirstCapacity = 4096;
constexpr std::size_t kUsualCapacity = 65536;

}  // namespace

void InputBuffer::make_room() {
  std::size_t const held = size();
  std::size_t wanted = capacity_ == 0 ? kFirstCapacity : capacity_;
  if (held == capacity_ || (was_filled_ && capacity_ < kUsualCapacity))
    wanted = capacity_ == 0 ? kFirstCapacity : capacity_ * (capacity_ < kUsualCapacity ? 4 : 2);
  if (wanted != capacity_) {
    std::unique_ptr<char[]> larger(new char[wanted]);  // not make_unique, which would clear it
    if (held > 0) ::memcpy(larger.get(), data(), held);
    bytes_ = std::move(larger);
    capacity_ = wanted;
  } else if (begin_ > 0 && held > 0) {
    ::memmove(bytes_.get(), data(), held);
  }
  begin_ = 0;
  end_ = held;
  was_filled_ = false;
}

void InputBuffer::release() {
  bytes_.reset();
  capacity_ = begin_ = end_ = 0;
  was_filled_ = false;
}

}  // namespace faasc::rt
