#include "packager/tfs/tfs_decoder.h"

#include <bit>
#include <optional>

#include "base/varint.h"
#include "packager/tfs/codes.h"

namespace faasc::tfs {
namespace {

struct Header {
  bool immediate;
  ValueType type;
  std::uint64_t number;
};

std::optional<Header> take_header(std::string_view& in, std::uint64_t version) {
  if (in.empty()) return std::nullopt;
  auto first = static_cast<std::uint8_t>(in[0]);
  in.remove_prefix(1);
  bool old = version == kOldVersion;
  Header header{(first & 0x80) != 0, static_cast<ValueType>(old ? (first >> 6) & 1 : (first >> 4) & 7),
                static_cast<std::uint64_t>(first & (old ? 0x1f : 0x07))};
  bool more = (first & (old ? 0x20 : 0x08)) != 0;
  while (more) {
    if (in.empty() || header.number >> 57) return std::nullopt;
    auto byte = static_cast<std::uint8_t>(in[0]);
    in.remove_prefix(1);
    header.number = header.number << 7 | (byte & 0x7f);
    more = (byte & 0x80) != 0;
  }
  return header;
}

}  // namespace

// Decodes one record. Containers inside containers are kept on a stack of its own: a record may nest as deep
// as it is long.
class Decoder {
 public:
  Decoder(Graph& graph, std::string_view in, std::uint64_t version)
      : graph_(graph), in_(in), size_(in.size()), version_(version) {}

  Result<void> decode() {
    FAASC_TRY(auto top, value());
    if (!top || top->kind != GraphValue::Kind::Tuple) return damaged("a record that is no tuple");
    while (!open_.empty()) {
      // Not a reference: value() may open another container.
      std::size_t level = open_.size() - 1;
      if (open_[level].left == 0) {
        open_.pop_back();
        continue;
      }
      --open_[level].left;
      Open container = open_[level];
      if (container.vector) {
        ++open_[level].position;
        FAASC_TRY(auto element, value());
        auto& elements = graph_.vectors_[container.index];
        if (container.position < elements.size())
          elements[container.position] = element.value_or(GraphValue{});
        else
          elements.push_back(element.value_or(GraphValue{}));
      } else {
        FAASC_TRY(SymbolId symbol, name());
        FAASC_TRY(auto attribute, value());
        auto& tuple = graph_.tuples_[container.index];
        if (attribute)
          tuple.insert_or_assign(symbol, std::move(*attribute));
        else
          tuple.erase(symbol);
      }
    }
    if (!in_.empty()) return damaged(std::to_string(in_.size()) + " bytes after the record's value");
    return {};
  }

 private:
  struct Open {
    bool vector;
    std::uint32_t index;
    std::uint64_t left;    // elements or attributes still to come
    std::size_t position;  // of a vector's next element
  };

  Error damaged(std::string what) const {
    return {Fault::Input,
            kTfsDamaged,
            "byte " + std::to_string(size_ - in_.size()) + " of a value: " + std::move(what),
            {},
            {}};
  }

  Result<Graph::Entry> known(std::uint64_t index) const {
    if (index == 0 || index > graph_.dictionary_.size())
      return damaged("a reference to entry " + std::to_string(index) + " of " +
                     std::to_string(graph_.dictionary_.size()));
    return graph_.dictionary_[index - 1];
  }

  Result<std::string_view> take_bytes(std::uint64_t count) {
    if (count > in_.size())
      return damaged(std::to_string(count) + " bytes are announced and " + std::to_string(in_.size()) +
                     " are there");
    std::string_view bytes = in_.substr(0, count);
    in_.remove_prefix(count);
    return bytes;
  }

  Result<SymbolId> name() {
    auto header = take_header(in_, version_);
    if (!header || header->type != ValueType::Buffer) return damaged("no name where one has to be");
    if (!header->immediate) {
      FAASC_TRY(Graph::Entry entry, known(header->number));
      if (entry.kind != Graph::EntryKind::Symbol) return damaged("a reference to a name that is none");
      return entry.index;
    }
    FAASC_TRY(std::string_view text, take_bytes(header->number));
    SymbolId symbol = graph_.intern(text);
    graph_.dictionary_.push_back({Graph::EntryKind::Symbol, symbol});
    return symbol;
  }

  // Nothing for a deletion. A container's contents are left to decode().
  Result<std::optional<GraphValue>> value() {
    auto header = take_header(in_, version_);
    if (!header) return damaged("a value is cut off");
    using Kind = GraphValue::Kind;
    switch (header->type) {
      case ValueType::Tuple:
        return container(*header, false);
      case ValueType::Vector:
        return container(*header, true);
      case ValueType::Integer: {
        auto magnitude = take_varint(in_);
        if (!header->immediate || header->number > 1 || !magnitude) return damaged("an integer that is none");
        return std::optional(GraphValue{Kind::Integer, header->number == 1, *magnitude, {}});
      }
      case ValueType::String: {
        if (!header->immediate) return damaged("a reference to a string");
        FAASC_TRY(std::string_view text, take_bytes(header->number));
        return std::optional(GraphValue{Kind::Text, false, 0, std::string(text)});
      }
      case ValueType::Buffer:
        break;
      default:
        return damaged("unknown type " + std::to_string(static_cast<unsigned>(header->type)));
    }
    if (header->number == 0) return std::optional<GraphValue>();
    if (!header->immediate) {
      FAASC_TRY(Graph::Entry entry, known(header->number));
      if (entry.kind != Graph::EntryKind::Symbol) return damaged("a reference to text that is none");
      return std::optional(GraphValue{Kind::Text, false, 0, std::string(graph_.name(entry.index))});
    }
    FAASC_TRY(std::string_view text, take_bytes(header->number));
    if (text == std::string_view("\0", 1)) return std::optional(GraphValue{});
    return std::optional(GraphValue{Kind::Text, false, 0, std::string(text)});
  }

  Result<std::optional<GraphValue>> container(const Header& header, bool vector) {
    Graph::EntryKind kind = vector ? Graph::EntryKind::Vector : Graph::EntryKind::Tuple;
    std::uint32_t index = 0;
    if (header.immediate) {
      index = static_cast<std::uint32_t>(vector ? graph_.vectors_.size() : graph_.tuples_.size());
      vector ? static_cast<void>(graph_.vectors_.emplace_back())
             : static_cast<void>(graph_.tuples_.emplace_back());
      graph_.dictionary_.push_back({kind, index});
    } else {
      auto number = take_varint(in_);
      if (!number) return damaged("a reference is cut off");
      FAASC_TRY(Graph::Entry entry, known(*number));
      if (entry.kind != kind) return damaged("a reference to another kind of value");
      index = entry.index;
    }
    // Every element takes a byte or more, so this bounds how much a short record can ask for.
    if (header.number > in_.size())
      return damaged(std::to_string(header.number) + " elements are announced and " +
                     std::to_string(in_.size()) + " bytes are there");
    if (header.number > 0) open_.push_back({vector, index, header.number, 0});
    return std::optional(
        GraphValue{vector ? GraphValue::Kind::Vector : GraphValue::Kind::Tuple, false, index, {}});
  }

  Graph& graph_;
  std::string_view in_;
  std::size_t size_;
  std::uint64_t version_;
  std::vector<Open> open_;
};

Result<void> Graph::on_value(std::string_view bytes, std::uint64_t version) {
  return Decoder(*this, bytes, version).decode();
}

const GraphValue* Graph::find(const Tuple& tuple, std::string_view name) const {
  auto symbol = symbols_.find(std::string(name));
  if (symbol == symbols_.end()) return nullptr;
  auto attribute = tuple.find(symbol->second);
  return attribute == tuple.end() ? nullptr : &attribute->second;
}

const Graph::Tuple* Graph::root() const {
  if (dictionary_.empty() || dictionary_[0].kind != EntryKind::Tuple) return nullptr;
  return &tuples_[dictionary_[0].index];
}

std::optional<std::uint32_t> Graph::index_of(EntryKind kind, std::uint32_t index) const {
  for (std::size_t i = 0; i < dictionary_.size(); ++i)
    if (dictionary_[i].kind == kind && dictionary_[i].index == index)
      return static_cast<std::uint32_t>(i + 1);
  return std::nullopt;
}

std::uint32_t Graph::index_of_tuple(std::uint32_t tuple) const {
  // Every tuple has come from the log, and got its index there.
  return index_of(EntryKind::Tuple, tuple).value_or(0);
}

std::optional<std::uint32_t> Graph::index_of_name(std::string_view name) const {
  auto symbol = symbols_.find(std::string(name));
  if (symbol == symbols_.end()) return std::nullopt;
  return index_of(EntryKind::Symbol, symbol->second);
}

SymbolId Graph::intern(std::string_view name) {
  auto [entry, is_new] = symbols_.try_emplace(std::string(name), static_cast<SymbolId>(symbol_names_.size()));
  if (is_new) symbol_names_.push_back(&entry->first);
  return entry->second;
}

}  // namespace faasc::tfs
