#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "packager/tfs/tfs_log.h"

namespace faasc::tfs {

/// A value as the log has it. Tuples and vectors are indices into the graph, because the log may refer to one
/// from several places, even in a circle.
struct GraphValue {
  enum class Kind : std::uint8_t { Flag, Integer, Text, Tuple, Vector };
  Kind kind = Kind::Flag;
  bool negative = false;     // of an integer
  std::uint64_t number = 0;  // an integer's magnitude, or an index
  std::string text;
};

using SymbolId = std::uint32_t;

/// What a log's edits add up to.
class Graph : public LogVisitor {
 public:
  using Tuple = std::map<SymbolId, GraphValue>;

  /// Applies one record. Refuses lengths beyond the record's end, unknown types, and references to nothing.
  Result<void> on_value(std::string_view bytes, std::uint64_t version) override;

  const std::vector<Tuple>& tuples() const { return tuples_; }
  const std::vector<std::vector<GraphValue>>& vectors() const { return vectors_; }
  std::string_view name(SymbolId symbol) const { return *symbol_names_[symbol]; }
  /// Null where the tuple has no attribute of that name.
  const GraphValue* find(const Tuple& tuple, std::string_view name) const;
  /// Null where the log's first entry is no tuple, or there is none.
  const Tuple* root() const;

  // For a log that goes on.
  /// How many names, tuples and vectors have an index.
  std::uint32_t entry_count() const { return static_cast<std::uint32_t>(dictionary_.size()); }
  /// By which index the log refers to one of tuples().
  std::uint32_t index_of_tuple(std::uint32_t tuple) const;
  /// Nothing where the log has no such name.
  std::optional<std::uint32_t> index_of_name(std::string_view name) const;

 private:
  friend class Decoder;
  enum class EntryKind : std::uint8_t { Symbol, Tuple, Vector };
  struct Entry {
    EntryKind kind;
    std::uint32_t index;
  };

  SymbolId intern(std::string_view name);
  std::optional<std::uint32_t> index_of(EntryKind kind, std::uint32_t index) const;

  std::vector<Tuple> tuples_;
  std::vector<std::vector<GraphValue>> vectors_;
  std::unordered_map<std::string, SymbolId> symbols_;
  std::vector<const std::string*> symbol_names_;
  std::vector<Entry> dictionary_;  // entry i has index i + 1
};

}  // namespace faasc::tfs
