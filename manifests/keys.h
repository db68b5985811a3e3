#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "manifests/manifest.h"

namespace faasc {

/// What a value of the manifest looks like.
enum class Form : std::uint8_t {
  Text,
  Choice,  ///< one of `choices`
  Boolean,
  Integer,   ///< least … most
  Quantity,  ///< bytes, least … most
  Duration,  ///< milliseconds, least … most
  FileMode,  ///< octal permission bits
  TextList,
  TextMap,      ///< names to texts
  Section,      ///< `members`
  SectionList,  ///< a list of them
  Json,         ///< anything; kept as JSON text
  FreeMap,      ///< names to anything; kept as FreeValue
};

/// Why a text will not do. `message` continues "<key> '<text>'": "is outside 1–16".
struct Complaint {
  std::string message;
  std::string hint;
};
using TextCheck = std::optional<Complaint> (*)(std::string_view text);

/// A value that passed the check of its form; which members mean something depends on the form.
struct CheckedValue {
  SourcePlace place;
  std::string text;         ///< Text, Choice, Json
  std::int64_t number = 0;  ///< Integer, FileMode, Boolean, Quantity, Duration; Choice: the index
  std::vector<Located<std::string>> list;
  std::vector<NamedText> map;
  std::vector<FreeMember> free;
};

/// One key of the manifest. The reader, the JSON schema and the documentation all go by this table.
struct Key {
  std::string_view name;
  Form form = Form::Text;
  std::string_view help;      ///< one line, for editors
  std::string_view fallback;  ///< the default as one would write it; empty: there is none to show
  bool required = false;

  /// Puts the value into the struct that the section describes.
  void (*store)(void* owner, const CheckedValue& value) = nullptr;
  /// Section, SectionList: the struct that `members` describe, made if need be.
  void* (*open)(void* owner, const SourcePlace& place) = nullptr;
  std::span<const Key> members;

  std::string_view code;  ///< of a value that has the right form but will not do
  std::int64_t least = 0, most = 0;
  std::span<const std::string_view> choices;  ///< Choice; TextList: for the schema, what `check` accepts
  std::string_view word;  ///< Quantity: the one text that is allowed instead; it leaves the default
  std::string_view
      pattern;  ///< Text, TextList, TextMap: what `check` accepts as a regular expression, for the schema
  TextCheck check = nullptr;       ///< Text; TextList: each item; TextMap: each value
  TextCheck check_name = nullptr;  ///< TextMap: each name
  std::string_view name_code;      ///< of a name that will not do
};

/// The keys of a manifest, in the order of the documentation. `store` and `open` take a Manifest.
std::span<const Key> manifest_keys();

/// Every place of the table where a key is called `name`, as a dotted path: "limits.timeout".
std::vector<std::string> paths_of_key(std::string_view name);

}  // namespace faasc
