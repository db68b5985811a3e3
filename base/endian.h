#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace faasc {

/// An unsigned integer stored least significant byte first, with no alignment: the byte order of a disk field
/// is part of its type. Trivial, so that a struct of such fields can be copied to and from bytes.
template <typename T>
class LittleEndian {
  static_assert(std::is_unsigned_v<T>);

 public:
  constexpr LittleEndian() = default;
  constexpr LittleEndian(T value) {  // NOLINT(google-explicit-constructor)
    for (std::size_t i = 0; i < sizeof(T); ++i) bytes_[i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  constexpr operator T() const {  // NOLINT(google-explicit-constructor)
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      value = static_cast<T>(value | static_cast<T>(static_cast<T>(bytes_[i]) << (8 * i)));
    return value;
  }

 private:
  std::array<std::uint8_t, sizeof(T)> bytes_{};
};

/// The same, most significant byte first.
template <typename T>
class BigEndian {
  static_assert(std::is_unsigned_v<T>);

 public:
  constexpr BigEndian() = default;
  constexpr BigEndian(T value) {  // NOLINT(google-explicit-constructor)
    for (std::size_t i = 0; i < sizeof(T); ++i)
      bytes_[sizeof(T) - 1 - i] = static_cast<std::uint8_t>(value >> (8 * i));
  }
  constexpr operator T() const {  // NOLINT(google-explicit-constructor)
    T value = 0;
    for (std::uint8_t byte : bytes_)
      value = static_cast<T>(static_cast<T>(value << (8 % (8 * sizeof(T)))) | byte);
    return value;
  }

 private:
  std::array<std::uint8_t, sizeof(T)> bytes_{};
};

using le16 = LittleEndian<std::uint16_t>;
using le32 = LittleEndian<std::uint32_t>;
using le64 = LittleEndian<std::uint64_t>;
using be16 = BigEndian<std::uint16_t>;
using be32 = BigEndian<std::uint32_t>;
using be64 = BigEndian<std::uint64_t>;
static_assert(sizeof(be32) == 4 && alignof(be64) == 1 && std::is_trivially_copyable_v<be16>);
static_assert(sizeof(le32) == 4 && alignof(le64) == 1 && std::is_trivially_copyable_v<le16>);

}  // namespace faasc
