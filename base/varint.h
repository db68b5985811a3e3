#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace faasc {

/// Big-endian base-128: the most significant 7-bit group first, bit 7 set on every byte but the last. At most
/// 10 bytes.
inline constexpr std::size_t kMaxVarintBytes = 10;

constexpr std::size_t varint_size(std::uint64_t value) {
  std::size_t size = 1;
  while (value >>= 7) ++size;
  return size;
}

inline void append_varint(std::string& out, std::uint64_t value) {
  for (std::size_t group = varint_size(value) - 1; group > 0; --group)
    out += static_cast<char>(0x80 | ((value >> (7 * group)) & 0x7f));
  out += static_cast<char>(value & 0x7f);
}

/// Takes one varint off the front of `in`. Nothing where `in` ends too soon or the value does not fit 64
/// bits; `in` is then left as it was.
inline std::optional<std::uint64_t> take_varint(std::string_view& in) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < in.size() && i < kMaxVarintBytes; ++i) {
    auto byte = static_cast<std::uint8_t>(in[i]);
    if (value >> 57) return std::nullopt;
    value = (value << 7) | (byte & 0x7f);
    if (!(byte & 0x80)) {
      in.remove_prefix(i + 1);
      return value;
    }
  }
  return std::nullopt;
}

}  // namespace faasc
