#include "manifests/yaml_tree.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <string_view>

#include <llvm/ADT/SmallString.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/YAMLParser.h>

#include "manifests/codes.h"
#include "manifests/syntax_advice.h"
#include "manifests/utf8.h"

namespace faasc {
namespace {

// LLVM's scanner skips empty flow entries by recursion, one stack frame for each comma.
constexpr int kMostCommasInARow = 64;

std::optional<std::size_t> find_comma_run(std::string_view text) {
  int commas = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == ',') {
      if (++commas > kMostCommasInARow) return i;
    } else if (c == '#') {
      while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
    } else if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
      commas = 0;
    }
  }
  return std::nullopt;
}

// Roughly what a tree takes in memory, and how many levels it has.
struct Extent {
  std::size_t bytes = 0;
  int levels = 0;
};
Extent extent_of(const YamlNode& node) {
  Extent sum{.bytes = sizeof(YamlNode) + node.text.size()};
  auto add = [&](const YamlNode& child) {
    Extent extent = extent_of(child);
    sum.bytes += extent.bytes;
    sum.levels = std::max(sum.levels, extent.levels);
  };
  for (const YamlNode& item : node.items) add(item);
  for (const auto& [name, value] : node.members) {
    add(name);
    add(value);
  }
  ++sum.levels;
  return sum;
}

// What copies for anchors and aliases may take together.
constexpr std::size_t kMostExpandedBytes = std::size_t{4} << 20;

enum class Dialect : std::uint8_t { Manifest, Foreign };

class TreeBuilder {
 public:
  TreeBuilder(const SourceText& source, Dialect dialect, Diagnostics& diagnostics)
      : source_(source), foreign_(dialect == Dialect::Foreign), diagnostics_(diagnostics) {}

  std::optional<YamlNode> build();

 private:
  std::optional<YamlNode> build(llvm::yaml::Node& node, int depth);
  std::optional<YamlNode> build_untagged(llvm::yaml::Node& node, const SourcePlace& place, int depth);
  std::optional<YamlNode> build_alias(llvm::StringRef name, int depth);
  bool charge(const YamlNode& copied, const SourcePlace& place);
  void merge(const YamlNode& merged, std::set<std::string, std::less<>>& seen, YamlNode& result);
  bool report_twice(const YamlNode& key, const YamlNode& result);
  std::optional<YamlNode> build_scalar(llvm::yaml::Node& node, const SourcePlace& place, std::string value,
                                       bool quoted);
  bool build_members(llvm::yaml::MappingNode& mapping, int depth, YamlNode& result);

  void report(const char* code, std::string message, const SourcePlace& place, std::string hint = "");
  void report_syntax_error(const llvm::SMDiagnostic& error);
  SourcePlace place_of(llvm::SMRange range) const;
  SourcePlace place_of(llvm::StringRef part) const;
  SourcePlace place_of_name(llvm::StringRef name) const;  // with the '&' or '*' before it
  std::optional<std::size_t> bracket_before(const llvm::yaml::Node& collection) const;
  bool check_indentation(const llvm::yaml::Node& collection, const SourcePlace& place);
  std::size_t offset_of(llvm::SMLoc location) const;

  const SourceText& source_;
  const bool foreign_;
  Diagnostics& diagnostics_;
  bool failed_ = false;
  int twice_ = 0;  // keys
  std::map<std::string, YamlNode, std::less<>> anchors_;
  std::size_t expanded_ = 0;  // bytes
};

void TreeBuilder::report(const char* code, std::string message, const SourcePlace& place, std::string hint) {
  failed_ = true;
  diagnostics_.add(Diagnostic{.code = code,
                              .message = std::move(message),
                              .place = place,
                              .line_text = source_.line(place.line),
                              .hint = std::move(hint)});
}

std::size_t TreeBuilder::offset_of(llvm::SMLoc location) const {
  const char* begin = source_.text().data();
  const char* end = begin + source_.text().size();
  const char* pointer = location.getPointer();
  // The parser reports some errors at tokens that have no place.
  if (pointer == nullptr || pointer < begin || pointer > end) return source_.text().size();
  return static_cast<std::size_t>(pointer - begin);
}

SourcePlace TreeBuilder::place_of(llvm::StringRef part) const {
  return source_.place(offset_of(llvm::SMLoc::getFromPointer(part.begin())),
                       offset_of(llvm::SMLoc::getFromPointer(part.end())));
}

SourcePlace TreeBuilder::place_of_name(llvm::StringRef name) const {
  std::size_t start = offset_of(llvm::SMLoc::getFromPointer(name.begin()));
  return source_.place(start > 0 ? start - 1 : 0, start + name.size());
}

// A collection in brackets begins, for the parser, with what follows the bracket.
std::optional<std::size_t> TreeBuilder::bracket_before(const llvm::yaml::Node& collection) const {
  std::size_t start = offset_of(collection.getSourceRange().Start);
  std::size_t last =
      start == 0 ? std::string_view::npos : source_.text().find_last_not_of(" \t\r\n", start - 1);
  if (last == std::string_view::npos) return std::nullopt;
  char c = source_.text()[last];
  return c == '{' || c == '[' ? std::optional(last) : std::nullopt;
}

// The parser takes a tab for one space, in which no other reader agrees; within brackets tabs mean nothing.
bool TreeBuilder::check_indentation(const llvm::yaml::Node& collection, const SourcePlace& place) {
  if (bracket_before(collection)) return true;
  std::string_view text = source_.text();
  std::size_t start = source_.offset_of_line(place.line);
  std::size_t indent_end = std::min(text.find_first_not_of(" \t", start), text.size());
  std::size_t tab = text.substr(0, indent_end).find('\t', start);
  if (tab == std::string_view::npos) return true;
  report(kNotYaml, "a tab in the indentation", source_.place(tab, tab + 1),
         "YAML is indented with spaces only");
  return false;
}

SourcePlace TreeBuilder::place_of(llvm::SMRange range) const {
  return source_.place(offset_of(range.Start), offset_of(range.End));
}

void TreeBuilder::report_syntax_error(const llvm::SMDiagnostic& error) {
  if (failed_) return;  // everything after the first is a consequence of it
  std::string_view said{error.getMessage().data(), error.getMessage().size()};
  SyntaxAdvice advice = explain_syntax_error(source_.text(), offset_of(error.getLoc()), said);
  report(kNotYaml, std::move(advice.message), source_.place(advice.start, advice.end),
         std::move(advice.hint));
}

std::optional<YamlNode> TreeBuilder::build() {
  std::string_view text = source_.text();
  if (text.size() > kYamlSizeLimit) {
    report(kUnreadableText,
           "the file has " + std::to_string(text.size()) + " bytes; at most 256KiB are allowed",
           SourcePlace{.file = source_.file()},
           foreign_ ? "see whether it is the right file"
                    : "move large data to files of their own and name them under 'files'");
    return std::nullopt;
  }
  if (std::optional<std::size_t> bad = find_invalid_utf8(text)) {
    report(kUnreadableText, "this byte is not UTF-8", source_.place(*bad, *bad + 1),
           "save the file as UTF-8");
    return std::nullopt;
  }
  for (std::size_t i = 0; i < text.size();) {
    auto [character, length] = first_code_point(text.substr(i));
    if (!is_yaml_printable(character)) {
      bool control = character < 0x80;
      report(kUnreadableText,
             control ? "a control character (byte " + std::to_string(static_cast<int>(character)) + ")"
                     : "an invisible character (" + code_point_name(character) + ")",
             source_.place(i, i + 1),
             control ? "remove it, or write it as an escape in double quotes"
                     : "delete it; it often comes along with copied text");
      return std::nullopt;
    }
    i += length;
  }
  if (std::size_t mark = find_conflict_mark(text); mark != std::string_view::npos) {
    report(kNotYaml, "a conflict of two versions that was never resolved", source_.place(mark, mark + 7),
           "choose one side, and remove the lines that begin with <<<<<<<, ======= and >>>>>>>");
    return std::nullopt;
  }
  if (std::optional<std::size_t> comma = find_comma_run(text)) {
    report(kNotYaml, "a long row of commas with nothing between them", source_.place(*comma, *comma + 1));
    return std::nullopt;
  }

  llvm::SourceMgr manager;
  manager.setDiagHandler([](const llvm::SMDiagnostic& error,
                            void* self) { static_cast<TreeBuilder*>(self)->report_syntax_error(error); },
                         this);
  llvm::yaml::Stream stream(llvm::StringRef(text.data(), text.size()), manager, /*ShowColors=*/false);

  llvm::yaml::document_iterator document = stream.begin();
  if (stream.failed() || document == stream.end()) return std::nullopt;
  llvm::yaml::Node* root = document->getRoot();
  if (root == nullptr || stream.failed()) return std::nullopt;
  std::optional<YamlNode> tree = build(*root, 1);
  if (failed_ || stream.failed()) return std::nullopt;
  ++document;
  if (failed_ || stream.failed()) return std::nullopt;
  if (document != stream.end()) {
    llvm::yaml::Node* second = document->getRoot();
    std::size_t start = second == nullptr ? text.size() : offset_of(second->getSourceRange().Start);
    // The line that separates the two is what to look at.
    std::size_t dashes = start == 0 ? std::string_view::npos : text.rfind("\n---", start - 1);
    SourcePlace place = dashes == std::string_view::npos ? source_.place(start, start + 1)
                                                         : source_.place(dashes + 1, dashes + 4);
    if (foreign_) {
      diagnostics_.add(Diagnostic{.severity = Severity::Warning,
                                  .code = kRefusedYaml,
                                  .message = "a second document, which is not read",
                                  .place = place,
                                  .line_text = source_.line(place.line),
                                  .hint = "give it a file of its own, if it is what was meant"});
      return tree;
    }
    report(kRefusedYaml, "a second document", place,
           "one file describes one function: remove the line '---' and what follows");
    return std::nullopt;
  }
  return tree;
}

std::optional<YamlNode> TreeBuilder::build(llvm::yaml::Node& node, int depth) {
  SourcePlace place = place_of(node.getSourceRange());
  bool collection =
      node.getType() == llvm::yaml::Node::NK_Sequence || node.getType() == llvm::yaml::Node::NK_Mapping;
  if (std::optional<std::size_t> bracket = collection ? bracket_before(node) : std::nullopt) {
    place = source_.place(*bracket, *bracket + 1);
  }
  int limit = foreign_ ? kForeignDepthLimit : kYamlDepthLimit;
  if (depth > limit) {
    report(kUnreadableText, "values are nested more than " + std::to_string(limit) + " deep", place);
    return std::nullopt;
  }
  std::string anchor = node.getAnchor().str(), tag = node.getRawTag().str();
  if (!foreign_ && !anchor.empty()) {
    report(kRefusedYaml, "anchor '&" + anchor + "' is not allowed", place_of_name(node.getAnchor()),
           "write the value out where it is needed");
    return std::nullopt;
  }
  if (!foreign_ && !tag.empty()) {
    report(kRefusedYaml, "tag '" + tag + "' is not allowed", place_of(node.getRawTag()),
           tag.starts_with("!!") ? "remove it: every key already has a type of its own"
                                 : "put text that begins with '!' in quotes");
    return std::nullopt;
  }
  std::optional<YamlNode> result = build_untagged(node, place, depth);
  if (!result) return std::nullopt;
  result->tag = std::move(tag);
  if (!anchor.empty()) {
    if (!charge(*result, place)) return std::nullopt;
    anchors_.insert_or_assign(std::move(anchor), *result);
  }
  return result;
}

bool TreeBuilder::charge(const YamlNode& copied, const SourcePlace& place) {
  expanded_ += extent_of(copied).bytes;
  if (expanded_ <= kMostExpandedBytes) return true;
  report(kRefusedYaml, "anchors and aliases make more than 4MiB of this file", place,
         "write out what is needed, and leave out the rest");
  return false;
}

std::optional<YamlNode> TreeBuilder::build_alias(llvm::StringRef name, int depth) {
  SourcePlace place = place_of_name(name);
  if (!foreign_) {
    report(kRefusedYaml, "alias '*" + name.str() + "' is not allowed", place,
           "write the value out; text that begins with '*' goes in quotes");
    return std::nullopt;
  }
  auto anchored = anchors_.find(std::string_view(name.data(), name.size()));
  if (anchored == anchors_.end()) {
    report(kNotYaml, "alias '*" + name.str() + "' stands for nothing above it", place,
           "write '&" + name.str() + "' before the value it stands for");
    return std::nullopt;
  }
  if (depth + extent_of(anchored->second).levels - 1 > kForeignDepthLimit) {
    report(kUnreadableText, "values are nested more than 64 deep", place);
    return std::nullopt;
  }
  if (!charge(anchored->second, place)) return std::nullopt;
  YamlNode copy = anchored->second;
  copy.place = place;
  return copy;
}

std::optional<YamlNode> TreeBuilder::build_untagged(llvm::yaml::Node& node, const SourcePlace& place,
                                                    int depth) {
  YamlNode result{.place = place};
  switch (node.getType()) {
    case llvm::yaml::Node::NK_Null:
      return result;
    case llvm::yaml::Node::NK_Scalar: {
      auto& scalar = static_cast<llvm::yaml::ScalarNode&>(node);
      llvm::SmallString<128> storage;
      llvm::StringRef raw = scalar.getRawValue();
      bool quoted = raw.starts_with("\"") || raw.starts_with("'");
      std::string value = scalar.getValue(storage).str();
      if (failed_) return std::nullopt;
      return build_scalar(node, place, std::move(value), quoted);
    }
    case llvm::yaml::Node::NK_BlockScalar:
      return build_scalar(node, place, static_cast<llvm::yaml::BlockScalarNode&>(node).getValue().str(),
                          true);
    case llvm::yaml::Node::NK_Sequence: {
      result.kind = YamlNode::Kind::Sequence;
      for (llvm::yaml::Node& item : static_cast<llvm::yaml::SequenceNode&>(node)) {
        std::optional<YamlNode> built = build(item, depth + 1);
        // Leaving the loop without advancing: the parser may not skip a collection that was read in part.
        if (!built || failed_ || !check_indentation(node, built->place)) return std::nullopt;
        result.items.push_back(std::move(*built));
      }
      break;
    }
    case llvm::yaml::Node::NK_Mapping:
      result.kind = YamlNode::Kind::Mapping;
      if (!build_members(static_cast<llvm::yaml::MappingNode&>(node), depth, result)) return std::nullopt;
      break;
    case llvm::yaml::Node::NK_Alias:
      return build_alias(static_cast<llvm::yaml::AliasNode&>(node).getName(), depth);
    default:
      report(kNotYaml, "this does not fit in here", place);
      return std::nullopt;
  }
  if (failed_) return std::nullopt;
  return result;
}

std::optional<YamlNode> TreeBuilder::build_scalar(llvm::yaml::Node&, const SourcePlace& place,
                                                  std::string value, bool quoted) {
  join_surrogates(value);  // JSON writes what lies beyond the first plane as two \u escapes
  if (find_invalid_utf8(value)) {
    report(kUnreadableText, "the escapes of this text do not make UTF-8", place,
           "write the characters themselves");
    return std::nullopt;
  }
  if (value.find('\0') != std::string::npos) {
    report(kUnreadableText, "the value contains a NUL character", place, "remove the escape '\\0'");
    return std::nullopt;
  }
  YamlNode result{.kind = YamlNode::Kind::Scalar, .text = std::move(value), .quoted = quoted, .place = place};
  if (!quoted && (result.text.empty() || result.text == "null" || result.text == "~"))
    result.kind = YamlNode::Kind::Null;
  return result;
}

bool TreeBuilder::build_members(llvm::yaml::MappingNode& mapping, int depth, YamlNode& result) {
  std::set<std::string, std::less<>> seen;
  std::vector<YamlNode> merges;
  for (llvm::yaml::KeyValueNode& entry : mapping) {
    llvm::yaml::Node* key_node = entry.getKey();
    if (key_node == nullptr || failed_) return false;
    // Only now may the value be asked for: reading it skips the key, whatever its depth.
    if (key_node->getType() != llvm::yaml::Node::NK_Scalar) {
      bool alias = key_node->getType() == llvm::yaml::Node::NK_Alias;
      report(kRefusedYaml, alias ? "an alias as a key is not allowed" : "a key must be a word",
             place_of(key_node->getSourceRange()),
             "write 'key: value'; text that begins with '*', '[' or '{' goes in quotes");
      return false;
    }
    std::optional<YamlNode> key = build(*key_node, depth + 1);
    if (!key || !check_indentation(mapping, key->place)) return false;
    key->kind = YamlNode::Kind::Scalar;
    bool merge_key = key->text == "<<" && !key->quoted;
    if (merge_key && !foreign_) {
      report(kRefusedYaml, "merge key '<<' is not allowed", key->place,
             "write the keys out where they are needed");
      return false;
    }
    llvm::yaml::Node* value_node = entry.getValue();
    if (value_node == nullptr || failed_) return false;
    std::optional<YamlNode> value = build(*value_node, depth + 1);
    if (!value || failed_) return false;
    // Nothing at all has no place of its own.
    if (value->kind == YamlNode::Kind::Null && value->text.empty()) value->place = key->place;
    if (merge_key) {
      merges.push_back(std::move(*value));
      continue;
    }
    if (!seen.insert(key->text).second) {
      if (!report_twice(*key, result)) return false;
      continue;  // the first one stands, and the rest is still worth reading
    }
    result.members.push_back({std::move(*key), std::move(*value)});
  }
  for (const YamlNode& merged : merges) merge(merged, seen, result);
  return !failed_;
}

// What the mapping itself says comes before what is merged into it.
void TreeBuilder::merge(const YamlNode& merged, std::set<std::string, std::less<>>& seen, YamlNode& result) {
  for (const YamlNode& item : merged.items) merge(item, seen, result);
  for (const YamlMember& member : merged.members) {
    if (seen.insert(member.name.text).second) result.members.push_back(member);
  }
}

// False where there were too many.
bool TreeBuilder::report_twice(const YamlNode& key, const YamlNode& result) {
  if (++twice_ > kMostFindings || diagnostics_.error_count() >= kMostFindings) {
    report(kDuplicateKey, "more than " + std::to_string(kMostFindings) + " problems; the rest is not shown",
           key.place, "correct these first, then check again");
    return false;
  }
  const YamlNode* first = nullptr;
  for (const auto& [other, unused] : result.members) {
    if (other.text == key.text) first = &other;
  }
  Diagnostic twice{.code = kDuplicateKey,
                   .message = "key '" + key.text + "' is given twice",
                   .place = key.place,
                   .line_text = source_.line(key.place.line),
                   .hint = "keep one of the two"};
  twice.notes.push_back(Diagnostic{.severity = Severity::Note,
                                   .message = "the first is here",
                                   .place = first->place,
                                   .line_text = source_.line(first->place.line)});
  diagnostics_.add(std::move(twice));
  return true;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name.text == key) return &value;
  }
  return nullptr;
}

std::optional<YamlNode> parse_yaml(const SourceText& source, Diagnostics& diagnostics) {
  return TreeBuilder(source, Dialect::Manifest, diagnostics).build();
}

std::optional<YamlNode> parse_foreign_yaml(const SourceText& source, Diagnostics& diagnostics) {
  return TreeBuilder(source, Dialect::Foreign, diagnostics).build();
}

}  // namespace faasc
