#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "packager/tfs/tfs_format.h"

namespace faasc {

struct TfsValue;
/// Attributes by name.
using TfsTuple = std::map<std::string, TfsValue, std::less<>>;

/// Present, without a value. What the kernel calls a flag is on as soon as it is there, whatever its value;
/// in the root tuple it is customarily the string "t".
struct TfsFlag {
  bool operator==(const TfsFlag&) const = default;
};

struct TfsInteger {
  std::uint64_t magnitude = 0;
  bool negative = false;
  bool operator==(const TfsInteger&) const = default;
};

/// In an edit: the attribute is to be there no more. Nothing else holds one, as readers show what is there.
struct TfsDeletion {
  bool operator==(const TfsDeletion&) const = default;
};

/// A value of a tuple of the file system, as a caller gives it for the root tuple or a reader finds it there.
struct TfsValue {
  std::variant<TfsFlag, TfsInteger, std::string, std::vector<TfsValue>, TfsTuple, TfsDeletion> data;

  TfsValue() = default;
  TfsValue(TfsFlag) {}                                                 // NOLINT(google-explicit-constructor)
  TfsValue(TfsDeletion deletion) : data(deletion) {}                   // NOLINT(google-explicit-constructor)
  TfsValue(TfsInteger integer) : data(integer) {}                      // NOLINT(google-explicit-constructor)
  TfsValue(std::string text) : data(std::move(text)) {}                // NOLINT(google-explicit-constructor)
  TfsValue(const char* text) : data(std::string(text)) {}              // NOLINT(google-explicit-constructor)
  TfsValue(std::vector<TfsValue> values) : data(std::move(values)) {}  // NOLINT(google-explicit-constructor)
  TfsValue(TfsTuple tuple) : data(std::move(tuple)) {}                 // NOLINT(google-explicit-constructor)
  template <typename T>
    requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
  TfsValue(T value)  // NOLINT(google-explicit-constructor)
      : data(
            TfsInteger{value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value),
                       value < 0}) {}

  bool operator==(const TfsValue&) const = default;
};

/// For people: `(program:/app arguments:[/app -v])`, the notation of Nanos' own manifests.
std::string to_text(const TfsValue& value);

namespace tfs {

/// Appends values in the encoding of version 5 to `bytes`. A container's contents are what is appended after
/// it.
class Encoder {
 public:
  Encoder() = default;
  /// For a log that goes on after `last_index` names, tuples and vectors.
  explicit Encoder(std::uint32_t last_index) : last_index_(last_index) {}

  /// A new tuple of `count` attributes, each to follow as a name and a value.
  void tuple(std::uint64_t count) { composite(ValueType::Tuple, count); }
  /// One more reference to a tuple, by its index, with `count` attributes of it changed, each to follow as a
  /// name and a value.
  void known_tuple(std::uint32_t index, std::uint64_t count = 0);
  /// The index that the next new name, tuple or vector gets.
  std::uint32_t next_index() const { return last_index_ + 1; }
  void vector(std::uint64_t count) { composite(ValueType::Vector, count); }
  /// Returns the name's index.
  std::uint32_t name(std::string_view name);
  /// A name that was used before, by its index.
  void known_name(std::uint32_t index) { header(false, ValueType::Buffer, index); }
  void string(std::string_view text);
  void integer(TfsInteger value);
  void flag() { bytes_ += std::string_view("\x81\0", 2); }
  /// Instead of a value: a text without a type and of no length.
  void deletion() { bytes_ += '\x80'; }
  void value(const TfsValue& value);

  const std::string& bytes() const { return bytes_; }
  std::string take_bytes() { return std::move(bytes_); }
  void reserve(std::size_t bytes, std::size_t names);

 private:
  // A name that has an index. Its text is looked up in `bytes_`, where it was introduced.
  struct Known {
    std::size_t hash = 0;
    std::uint64_t offset = 0;
    std::uint32_t size = 0;
    std::uint32_t index = 0;  // 0: a free slot
  };

  void header(bool immediate, ValueType type, std::uint64_t number) {
    int first = (immediate ? 0x80 : 0) | static_cast<int>(type) << 4;
    if (number < 8)
      bytes_ += static_cast<char>(first | static_cast<int>(number));
    else
      long_header(first, number);
  }
  void long_header(int first, std::uint64_t number);
  void composite(ValueType type, std::uint64_t count);
  void grow_names(std::size_t slots);

  std::string bytes_;
  std::vector<Known> names_;  // an open-addressing table; its size is a power of two
  std::size_t name_count_ = 0;
  std::uint32_t last_index_ = 0;
};

}  // namespace tfs
}  // namespace faasc
