#pragma once

#include <cstddef>
#include <memory>

namespace faasc::rt {

/// Bytes received and not yet used up. Holds no memory while empty() and after release().
class InputBuffer {
 public:
  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }
  std::size_t capacity() const { return capacity_; }
  char const* data() const { return bytes_.get() + begin_; }

  void consume(std::size_t count) { begin_ += count; }

  /// Makes room behind the content; free_size() is at least 1 afterwards. Grows from 4 KiB to 64 KiB when the
  /// reads fill it, and beyond only while something that must be seen in one piece, such as a header, needs
  /// it.
  void make_room();
  char* free_begin() { return bytes_.get() + end_; }
  std::size_t free_size() const { return capacity_ - end_; }
  void received(std::size_t count) {
    end_ += count;
    was_filled_ = end_ == capacity_;
  }

  void release();

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool was_filled_ = false;
};

}  // namespace faasc::rt
