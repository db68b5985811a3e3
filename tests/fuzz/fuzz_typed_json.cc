#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "faasc/rt/typed.h"
#include "src/lambda_url.h"

// A typed function's body and a Lambda function's result are JSON of strangers. Whatever the bytes: the
// reader ends, takes exactly what another JSON library takes (but for nesting and keys that come twice), what
// it has read can be written and read again, and nothing is sent that could break the response's framing.

namespace {

enum class Size { small, large };

struct Node {
  bool flag = false;
  std::int8_t tiny = 0;
  std::uint64_t large = 0;
  double number = 0;
  float narrow = 0;
  std::string text;
  std::optional<Size> size;
  std::vector<Node> children;
  std::array<int, 2> pair{};
  std::map<std::string, std::vector<bool>> table;
  std::variant<std::monostate, int, std::string, std::vector<Node>> extra;
};

}  // namespace

namespace faasc::rt {

template <>
struct Names<Size> {
  static constexpr Named<Size> kAll[] = {{"small", Size::small}, {"large", Size::large}};
};
template <>
struct Fields<Node> {
  static constexpr std::size_t kCount = 11;
  template <class F>
  static bool each(F&& use) {
    return use("flag", &Node::flag, false) && use("tiny", &Node::tiny, false) &&
           use("large", &Node::large, false) && use("number", &Node::number, false) &&
           use("narrow", &Node::narrow, false) && use("text", &Node::text, false) &&
           use("size", &Node::size, false) && use("children", &Node::children, false) &&
           use("pair", &Node::pair, false) && use("table", &Node::table, false) &&
           use("extra", &Node::extra, false);
  }
};

}  // namespace faasc::rt

using namespace faasc::rt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string text(reinterpret_cast<const char*>(data), size);

  JsonReader grammar(text);
  bool taken = grammar.skip_value() && grammar.finish();
  bool stricter = grammar.problem().found.find("128 levels") != std::string::npos ||
                  grammar.problem().expected == "each key once";
  // A byte order mark and numbers that fit no double are the other library's own ideas.
  bool others_idea = text.starts_with("\xEF\xBB\xBF");
  for (char c : text) others_idea = others_idea || c == 'e' || c == 'E' || c == '\0';
  bool json = nlohmann::json::accept(text);
  if (!others_idea && text.size() < 300 && !stricter && json != taken) std::abort();
  if (taken == grammar.failed()) std::abort();

  JsonReader in(text);
  Node node;
  if (read_json(in, node) && in.finish()) {
    if (!taken) std::abort();
    JsonOutput first, second;
    if (!write_json(first, node)) std::abort();
    JsonReader again(first.text);
    Node copy;
    if (!read_json(again, copy) || !again.finish() || !write_json(second, copy)) std::abort();
    if (first.text != second.text) std::abort();
  } else if (!in.failed() || in.problem().expected.empty()) {
    std::abort();
  }

  Reply reply = url_reply(text);
  if (!why_unsendable(reply).empty()) std::abort();
  google::cloud::functions::HttpRequest request;
  std::size_t half = text.size() / 2;
  request.set_verb("POST").set_target("/" + text.substr(0, half)).set_payload(text.substr(half));
  request.add_header("Cookie", text.substr(0, half)).add_header("Content-Type", text.substr(half));
  std::string event = url_event(request, LambdaSettings(), "id", 0);
  if (!nlohmann::json::accept(event)) std::abort();
  return 0;
}
