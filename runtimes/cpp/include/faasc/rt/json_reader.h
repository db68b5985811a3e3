#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace faasc::rt {

/// Names that came already.
class NameSet {
 public:
  NameSet() = default;
  NameSet(NameSet const&) = delete;
  NameSet& operator=(NameSet const&) = delete;
  ~NameSet();
  /// False: it was there.
  bool insert(std::string const& name);

 private:
  struct Names;
  Names* names_ = nullptr;
};

/// Reads one JSON text (RFC 8259) value by value, straight into what the caller wants of it: no tree is
/// built, so that what a body costs in memory is what its values are worth. Stricter than the grammar where
/// the grammar leaves a hole: a key may come once, strings are UTF-8, nesting ends at 128.
///
/// Every function that returns bool has read something when it says true. The first complaint stays, and
/// everything says false from then on.
class JsonReader {
 public:
  /// `text` must outlive the reader.
  explicit JsonReader(std::string_view text) : text_(text) {}

  enum class Kind : std::uint8_t { Nothing, Null, Boolean, Number, String, Array, Object };
  /// Of the value that comes next, told from its first byte.
  Kind next();

  bool read_null();
  bool read_bool(bool& value);
  bool read_string(std::string& value);
  /// The digits as they were written: "-1", "2.50", "1e9".
  bool read_number(std::string_view& literal);
  /// Integers that are written with a fraction of zeros or an exponent count as what they are: 2.0, 1e3.
  bool read_signed(std::int64_t& value, std::int64_t least, std::int64_t most);
  bool read_unsigned(std::uint64_t& value, std::uint64_t most);
  /// Infinite values are out of range.
  bool read_double(double& value);

  /// `{`, then next_member() until it says false: that is the end, or a complaint.
  bool enter_object();
  bool next_member(std::string& name);
  /// The same for `[`.
  bool enter_array();
  bool next_item();
  bool skip_value();

  /// Says that nothing but white space is left.
  bool finish();

  struct Problem {
    std::string pointer;   ///< JSON Pointer (RFC 6901) of the value; empty: the whole body
    std::string expected;  ///< "integer from 0 to 255"
    std::string found;     ///< "string", "300"
  };
  bool failed() const { return failed_; }
  Problem const& problem() const { return problem_; }

  /// Complains about the value that comes next. All of these return false.
  bool expect(std::string_view what);
  /// The same with other words for what is there.
  bool complain(std::string_view expected, std::string_view found);
  /// Complains about a member of the object that was read last.
  bool missing(std::string_view name, std::string_view expected);
  bool duplicate();
  /// Repeats an earlier complaint.
  bool refuse(Problem problem);

  /// For trying several readings of one value. A text on which too much is tried in vain is refused, so that
  /// nested alternatives cannot take exponential time.
  struct Mark {
    std::size_t at, depth;
  };
  Mark mark();
  bool rewind(Mark const& mark);

 private:
  struct Level {
    bool is_object;
    bool first = true;
    std::size_t index = 0;
    std::string key{};
  };

  void skip_space();
  char peek();
  bool literal(std::string_view word, std::string_view expected);
  bool hex4(unsigned& value);
  bool escape(std::string& value);
  bool syntax(std::string_view what);
  bool separator(char close);
  bool enter(char open, bool is_object, std::string_view expected);
  std::string found_next();
  void append_pointer(std::string& out) const;

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t in_vain_ = 0;
  std::vector<Level> levels_;
  bool failed_ = false;
  bool final_ = false;
  Problem problem_;
};

}  // namespace faasc::rt
