#include "faasc/rt/json_reader.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <utility>

#include "src/utf8.h"

namespace faasc::rt {
namespace {

constexpr std::size_t kMaxDepth = 128;
constexpr std::size_t kShownBytes = 32;

std::string range_text(std::string least, std::string most) {
  return "integer from " + std::move(least) + " to " + std::move(most);
}

std::string shown(std::string_view text) {
  return text.size() <= kShownBytes ? std::string(text) : std::string(text.substr(0, kShownBytes)) + "...";
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A part of a JSON Pointer.
void append_reference(std::string& out, std::string_view key) {
  out += '/';
  for (char const c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
}

// 2.0 and 1e3 are integers; beyond 2^53 a double does not know which.
bool whole_number(std::string_view literal, double& value) {
  auto const [end, error] = std::from_chars(literal.data(), literal.data() + literal.size(), value);
  return error == std::errc() && std::fabs(value) <= 9007199254740992.0 && std::floor(value) == value;
}

}  // namespace

struct NameSet::Names : std::set<std::string> {};

NameSet::~NameSet() {
  delete names_;
}

bool NameSet::insert(std::string const& name) {
  if (names_ == nullptr) names_ = new Names;
  return names_->insert(name).second;
}

void JsonReader::skip_space() {
  while (at_ < text_.size() &&
         (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r'))
    ++at_;
}

char JsonReader::peek() {
  skip_space();
  return at_ < text_.size() ? text_[at_] : '\0';
}

JsonReader::Kind JsonReader::next() {
  switch (char const c = peek()) {
    case '{':
      return Kind::Object;
    case '[':
      return Kind::Array;
    case '"':
      return Kind::String;
    case 't':
    case 'f':
      return Kind::Boolean;
    case 'n':
      return Kind::Null;
    default:
      return c == '-' || is_digit(c) ? Kind::Number : Kind::Nothing;
  }
}

void JsonReader::append_pointer(std::string& out) const {
  for (Level const& level : levels_) {
    if (level.is_object) {
      append_reference(out, level.key);
    } else {
      out.append("/").append(std::to_string(level.index));
    }
  }
}

bool JsonReader::complain(std::string_view expected, std::string_view found) {
  if (failed_) return false;
  failed_ = true;
  problem_ = {};
  append_pointer(problem_.pointer);
  problem_.expected = expected;
  problem_.found = found;
  return false;
}

bool JsonReader::syntax(std::string_view what) {
  if (failed_) return false;
  failed_ = final_ = true;
  problem_ = {"", "JSON", std::string(what) + " at byte " + std::to_string(at_)};
  return false;
}

std::string JsonReader::found_next() {
  static constexpr char const* kNames[] = {"nothing", "null",  "boolean", "number",
                                           "string",  "array", "object"};
  Kind const kind = next();
  std::string text = kNames[static_cast<int>(kind)];
  std::string_view literal;
  if (kind == Kind::Number && read_number(literal)) text += " " + shown(literal);
  return text;
}

bool JsonReader::expect(std::string_view what) {
  if (failed_) return false;
  if (next() == Kind::Nothing && peek() != '\0') return syntax("no value");
  std::string const found = found_next();
  return complain(what, found);
}

bool JsonReader::missing(std::string_view name, std::string_view expected) {
  if (failed_) return false;
  complain(expected, "nothing");
  append_reference(problem_.pointer, name);
  return false;
}

bool JsonReader::duplicate() {
  complain("each key once", "the key a second time");
  final_ = true;
  return false;
}

bool JsonReader::refuse(Problem problem) {
  if (failed_) return false;
  failed_ = true;
  problem_ = std::move(problem);
  return false;
}

bool JsonReader::literal(std::string_view word, std::string_view expected) {
  if (failed_) return false;
  skip_space();
  if (text_.substr(at_, word.size()) != word) return expect(expected);
  at_ += word.size();
  return true;
}

bool JsonReader::read_null() {
  return literal("null", "null");
}

bool JsonReader::read_bool(bool& value) {
  if (failed_) return false;
  value = peek() == 't';
  return literal(value ? "true" : "false", "boolean");
}

bool JsonReader::read_number(std::string_view& number) {
  if (failed_) return false;
  if (next() != Kind::Number) return expect("number");
  std::size_t const start = at_;
  auto const digits = [&] {
    std::size_t const first = at_;
    while (at_ < text_.size() && is_digit(text_[at_])) ++at_;
    return at_ > first;
  };
  auto const one_of = [&](std::string_view wanted) {
    bool const is = at_ < text_.size() && wanted.find(text_[at_]) != std::string_view::npos;
    if (is) ++at_;
    return is;
  };
  one_of("-");
  if (!one_of("0") && !digits()) return syntax("a number without digits");
  if (one_of(".") && !digits()) return syntax("a number that ends with its point");
  if (one_of("eE")) {
    one_of("+-");
    if (!digits()) return syntax("a number without an exponent");
  }
  if (at_ < text_.size() && is_digit(text_[at_])) return syntax("a number that begins with 0");
  number = text_.substr(start, at_ - start);
  return true;
}

bool JsonReader::read_signed(std::int64_t& value, std::int64_t least, std::int64_t most) {
  if (failed_) return false;
  std::string const expected = range_text(std::to_string(least), std::to_string(most));
  if (next() != Kind::Number) return expect(expected);
  std::string_view number;
  if (!read_number(number)) return false;
  auto const [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  bool fits = error == std::errc();
  if (fits && end != number.data() + number.size()) {
    double whole = 0;
    fits = whole_number(number, whole);
    if (fits) value = static_cast<std::int64_t>(whole);
  }
  if (!fits || value < least || value > most) return complain(expected, "number " + shown(number));
  return true;
}

bool JsonReader::read_unsigned(std::uint64_t& value, std::uint64_t most) {
  if (failed_) return false;
  std::string const expected = range_text("0", std::to_string(most));
  if (next() != Kind::Number) return expect(expected);
  std::string_view number;
  if (!read_number(number)) return false;
  // "-0" is 0, which from_chars would not read as an unsigned number.
  bool const negative = number.front() == '-';
  std::string_view const digits = number.substr(negative ? 1 : 0);
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  bool fits = error == std::errc();
  if (fits && end != digits.data() + digits.size()) {
    double whole = 0;
    fits = whole_number(digits, whole);
    if (fits) value = static_cast<std::uint64_t>(whole);
  }
  if (!fits || value > most || (negative && value != 0)) return complain(expected, "number " + shown(number));
  return true;
}

bool JsonReader::read_double(double& value) {
  if (failed_) return false;
  std::string_view number;
  if (!read_number(number)) return false;
  auto const [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  // Too small a number is 0, or what is next to it; too large a one is nothing at all.
  if (error == std::errc::result_out_of_range) {
    std::size_t const exponent = number.find_first_of("eE");
    if (exponent == std::string_view::npos || exponent + 1 >= number.size() || number[exponent + 1] != '-')
      return complain("number that fits a double", "number " + shown(number));
    value = 0;
  }
  return true;
}

bool JsonReader::hex4(unsigned& value) {
  if (text_.size() - at_ < 4) return syntax("an unfinished \\u");
  char const* const first = text_.data() + at_;
  auto const [end, error] = std::from_chars(first, first + 4, value, 16);
  if (error != std::errc() || end != first + 4) return syntax("an \\u without four hexadecimal digits");
  at_ += 4;
  return true;
}

bool JsonReader::escape(std::string& value) {
  ++at_;
  if (at_ >= text_.size()) return syntax("an unfinished string");
  char const c = text_[at_++];
  if (c != 'u') {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kBytes = "\"\\/\b\f\n\r\t";
    std::size_t const known = kNames.find(c);
    if (known == std::string_view::npos) return syntax("an unknown escape");
    value += kBytes[known];
    return true;
  }
  unsigned code = 0;
  if (!hex4(code)) return false;
  if (code >= 0xDC00 && code <= 0xDFFF) return syntax("half a surrogate pair");
  if (code >= 0xD800 && code <= 0xDBFF) {
    unsigned low = 0;
    if (text_.substr(at_, 2) != "\\u") return syntax("half a surrogate pair");
    at_ += 2;
    if (!hex4(low)) return false;
    if (low < 0xDC00 || low > 0xDFFF) return syntax("half a surrogate pair");
    code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
  }
  auto const put = [&](unsigned byte) { value += static_cast<char>(byte); };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 63));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 63));
    put(0x80 | (code & 63));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 63));
    put(0x80 | (code >> 6 & 63));
    put(0x80 | (code & 63));
  }
  return true;
}

bool JsonReader::read_string(std::string& value) {
  if (failed_) return false;
  if (peek() != '"') return expect("string");
  ++at_;
  value.clear();
  while (true) {
    // Most of a string is plain: it is taken in one piece.
    std::size_t const start = at_;
    while (at_ < text_.size() && text_[at_] != '"' && text_[at_] != '\\') {
      auto const byte = static_cast<unsigned char>(text_[at_]);
      if (byte < 0x20) return syntax("a control character in a string");
      std::size_t const length = byte < 0x80 ? 1 : utf8_sequence_length(text_.substr(at_));
      if (length == 0) return syntax("a byte that is not UTF-8");
      at_ += length;
    }
    value.append(text_.substr(start, at_ - start));
    if (at_ >= text_.size()) return syntax("an unfinished string");
    if (text_[at_] == '"') break;
    if (!escape(value)) return false;
  }
  ++at_;
  return true;
}

bool JsonReader::enter(char open, bool is_object, std::string_view expected) {
  if (failed_) return false;
  if (peek() != open) return expect(expected);
  if (levels_.size() >= kMaxDepth) return syntax("more than 128 levels of nesting");
  ++at_;
  levels_.push_back({is_object});
  return true;
}

bool JsonReader::enter_object() {
  return enter('{', true, "object");
}

bool JsonReader::enter_array() {
  return enter('[', false, "array");
}

/// True where another element follows; false at the end, which it takes, and for a complaint.
bool JsonReader::separator(char close) {
  if (failed_) return false;
  Level& level = levels_.back();
  char const c = peek();
  bool const first = std::exchange(level.first, false);
  if (c == close) {
    ++at_;
    levels_.pop_back();
    return false;
  }
  if (first) return true;
  if (c != ',') return syntax(at_ < text_.size() ? "no comma" : "an unfinished body");
  ++at_;
  ++level.index;
  if (peek() == close) return syntax("a comma before the end");
  return true;
}

bool JsonReader::next_member(std::string& name) {
  if (!separator('}')) return false;
  if (peek() != '"') return syntax(at_ < text_.size() ? "no key" : "an unfinished body");
  if (!read_string(name)) return false;
  levels_.back().key = name;
  if (peek() != ':') return syntax("no colon after a key");
  ++at_;
  return true;
}

bool JsonReader::next_item() {
  return separator(']');
}

bool JsonReader::skip_value() {
  if (failed_) return false;
  switch (next()) {
    case Kind::Nothing:
      return expect("value");
    case Kind::Null:
      return read_null();
    case Kind::Boolean: {
      bool value = false;
      return read_bool(value);
    }
    case Kind::Number: {
      std::string_view number;
      return read_number(number);
    }
    case Kind::String: {
      std::string value;
      return read_string(value);
    }
    case Kind::Array:
      if (!enter_array()) return false;
      while (next_item())
        if (!skip_value()) return false;
      return !failed_;
    case Kind::Object: {
      if (!enter_object()) return false;
      std::string name;
      std::vector<std::string> names;
      while (next_member(name)) {
        names.push_back(name);
        if (!skip_value()) return false;
      }
      if (failed_) return false;
      std::sort(names.begin(), names.end());
      auto const twice = std::adjacent_find(names.begin(), names.end());
      if (twice == names.end()) return true;
      complain("each key once", "the key a second time");
      append_reference(problem_.pointer, *twice);
      final_ = true;
      return false;
    }
  }
  return false;
}

bool JsonReader::finish() {
  if (failed_) return false;
  if (peek() != '\0' || at_ < text_.size()) return syntax("something after the end");
  return true;
}

JsonReader::Mark JsonReader::mark() {
  skip_space();
  return {at_, levels_.size()};
}

bool JsonReader::rewind(Mark const& mark) {
  if (final_) return false;
  in_vain_ += at_ - mark.at + 1;
  at_ = mark.at;
  levels_.resize(mark.depth, Level{false});
  failed_ = false;
  if (in_vain_ > 16 * text_.size() + 65536) return syntax("too many ways to read the value");
  return true;
}

}  // namespace faasc::rt
