#include "packager/tfs/tfs_value.h"

#include <bit>
#include <functional>

#include "base/varint.h"

namespace faasc {

std::string to_text(const TfsValue& value) {
  struct Print {
    std::string operator()(const TfsFlag&) const { return "(flag)"; }
    std::string operator()(const TfsDeletion&) const { return "(deleted)"; }
    std::string operator()(const TfsInteger& integer) const {
      return (integer.negative ? "-" : "") + std::to_string(integer.magnitude);
    }
    std::string operator()(const std::string& text) const {
      if (!text.empty() && text.find_first_of(" \t\n\"()[]#\\") == std::string::npos) return text;
      std::string out = "\"";
      for (char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
      }
      return out + '"';
    }
    std::string operator()(const std::vector<TfsValue>& values) const {
      std::string out;
      for (const TfsValue& element : values) out += (out.empty() ? "" : " ") + to_text(element);
      return "[" + out + "]";
    }
    std::string operator()(const TfsTuple& tuple) const {
      std::string out;
      for (const auto& [name, attribute] : tuple)
        out += (out.empty() ? "" : " ") + name + ":" + to_text(attribute);
      return "(" + out + ")";
    }
  };
  return std::visit(Print{}, value.data);
}

namespace tfs {

void Encoder::long_header(int first, std::uint64_t number) {
  if (number < 1024) {
    char both[] = {static_cast<char>(first | 0x08 | static_cast<int>(number >> 7)),
                   static_cast<char>(number & 0x7f)};
    bytes_.append(both, sizeof both);
    return;
  }
  int groups = (static_cast<int>(std::bit_width(number)) - 3 + 6) / 7;
  std::uint64_t top = groups * 7 < 64 ? number >> (groups * 7) : 0;
  bytes_ += static_cast<char>(first | 0x08 | static_cast<int>(top));
  while (groups-- > 0)
    bytes_ += static_cast<char>(((number >> (groups * 7)) & 0x7f) | (groups > 0 ? 0x80 : 0));
}

void Encoder::composite(ValueType type, std::uint64_t count) {
  header(true, type, count);
  ++last_index_;
}

void Encoder::known_tuple(std::uint32_t index, std::uint64_t count) {
  header(false, ValueType::Tuple, count);
  append_varint(bytes_, index);
}

std::uint32_t Encoder::name(std::string_view name) {
  if ((name_count_ + 1) * 2 > names_.size()) grow_names(names_.empty() ? 64 : names_.size() * 2);
  std::size_t hash = std::hash<std::string_view>{}(name);
  std::size_t mask = names_.size() - 1;
  std::size_t slot = hash & mask;
  for (; names_[slot].index != 0; slot = (slot + 1) & mask) {
    const Known& known = names_[slot];
    if (known.hash == hash && std::string_view(bytes_).substr(known.offset, known.size) == name) {
      known_name(known.index);
      return known.index;
    }
  }
  header(true, ValueType::Buffer, name.size());
  names_[slot] = {hash, bytes_.size(), static_cast<std::uint32_t>(name.size()), ++last_index_};
  ++name_count_;
  bytes_ += name;
  return last_index_;
}

void Encoder::string(std::string_view text) {
  header(true, ValueType::String, text.size());
  bytes_ += text;
}

void Encoder::integer(TfsInteger value) {
  header(true, ValueType::Integer, value.negative ? 1 : 0);
  append_varint(bytes_, value.magnitude);
}

void Encoder::value(const TfsValue& value) {
  struct Encode {
    Encoder& encoder;
    void operator()(const TfsFlag&) const { encoder.flag(); }
    void operator()(const TfsDeletion&) const { encoder.deletion(); }
    void operator()(const TfsInteger& integer) const { encoder.integer(integer); }
    void operator()(const std::string& text) const { encoder.string(text); }
    void operator()(const std::vector<TfsValue>& values) const {
      encoder.vector(values.size());
      for (const TfsValue& element : values) encoder.value(element);
    }
    void operator()(const TfsTuple& tuple) const {
      encoder.tuple(tuple.size());
      for (const auto& [name, attribute] : tuple) {
        encoder.name(name);
        encoder.value(attribute);
      }
    }
  };
  std::visit(Encode{*this}, value.data);
}

void Encoder::reserve(std::size_t bytes, std::size_t names) {
  bytes_.reserve(bytes);
  std::size_t slots = std::bit_ceil(names * 2 + 2);
  if (slots > names_.size()) grow_names(slots);
}

void Encoder::grow_names(std::size_t slots) {
  std::vector<Known> old(slots);
  old.swap(names_);
  for (const Known& known : old) {
    if (known.index == 0) continue;
    std::size_t slot = known.hash & (slots - 1);
    while (names_[slot].index != 0) slot = (slot + 1) & (slots - 1);
    names_[slot] = known;
  }
}

}  // namespace tfs
}  // namespace faasc
