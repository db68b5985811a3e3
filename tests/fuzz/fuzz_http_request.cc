#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "src/reply.h"
#include "src/request_reader.h"
#include "src/response_writer.h"

// What strangers send to a function's port. However the bytes are cut on their way, the same requests come
// out and the same is refused; what is held is bounded by what came; and no answer made of a request's parts
// can be read as two.

namespace {

using namespace faasc::rt;

constexpr std::size_t kBodyLimit = 4096;

struct Outcome {
  std::vector<std::string> requests;
  int refusal = 0;
  bool operator==(const Outcome&) const = default;
};

std::string text_of(const google::cloud::functions::HttpRequest& request, const RequestFacts& facts) {
  std::string text = request.verb() + " " + request.target() + (facts.keep_alive ? " keep" : " close") +
                     (facts.http_1_0 ? " 1.0" : " 1.1") + (facts.head ? " head " : " ") + facts.execution_id +
                     "\n";
  for (const auto& [name, value] : request.headers()) text += name + "=" + value + "\n";
  return text + request.payload();
}

void answer(const google::cloud::functions::HttpRequest& request, const RequestFacts& facts) {
  Reply reply;
  reply.status = 200 + static_cast<int>(request.payload().size() % 400);
  for (const auto& [name, value] : request.headers()) reply.set_header(name, value);
  reply.set_header("X-Target", request.target());
  reply.body = request.payload();
  if (!why_unsendable(reply).empty()) reply = checked(std::move(reply));
  AfterResponse after = facts.keep_alive ? AfterResponse::KeepOpen : AfterResponse::Close;
  WireResponse wire = write_response(std::move(reply), facts, facts.execution_id, after);
  std::size_t blank = wire.head.find("\r\n\r\n");
  if (blank == std::string::npos) std::abort();
  // Behind the blank line there may be a chunk's size, and nothing else.
  std::string_view rest = std::string_view(wire.head).substr(blank + 4);
  if (rest.find_first_not_of("0123456789abcdef\r\n") != std::string_view::npos) std::abort();
  for (std::size_t at = 0; at < blank; ++at) {
    bool line_break = wire.head[at] == '\r' || wire.head[at] == '\n';
    bool pair = wire.head[at] == '\r' ? wire.head[at + 1] == '\n' : at > 0 && wire.head[at - 1] == '\r';
    if (line_break && !pair) std::abort();
  }
  if (facts.head && !wire.body.empty()) std::abort();
}

/// Presents `bytes` as a connection does: unused ones again, with what came after them.
Outcome read_in_pieces(std::string_view bytes, std::uint64_t cuts) {
  Outcome outcome;
  std::string held;
  auto reader = std::make_unique<RequestReader>(kBodyLimit);
  std::size_t fed = 0;  // to this reader
  while (!bytes.empty()) {
    std::size_t piece = cuts == 0 ? bytes.size() : std::min<std::size_t>(bytes.size(), 1 + cuts % 13);
    cuts = cuts == 0 ? 0 : cuts * 6364136223846793005u + 1442695040888963407u;
    held.append(bytes.substr(0, piece));
    bytes.remove_prefix(piece);
    fed += piece;
    while (!held.empty()) {
      std::size_t used = reader->feed(held.data(), held.size());
      if (used > held.size()) std::abort();
      held.erase(0, used);
      if (reader->held() > 4 * fed + 162 * kFieldLimit + 4096) std::abort();
      if (reader->state() == RequestReader::State::Refused) {
        outcome.refusal = reader->refusal_status();
        if (outcome.refusal < 400 || outcome.refusal > 599 || reader->refusal().empty()) std::abort();
        return outcome;
      }
      static_cast<void>(reader->take_continue());
      if (reader->state() == RequestReader::State::NeedMore) break;
      RequestFacts facts = reader->facts();
      auto request = reader->take_request();
      if (request.payload().size() > kBodyLimit) std::abort();
      answer(request, facts);
      outcome.requests.push_back(text_of(request, facts));
      reader = std::make_unique<RequestReader>(kBodyLimit);
      fed = held.size();
    }
  }
  return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // With an end to the last header: what is wrong before it may be noticed sooner or later.
  std::string bytes = std::string(reinterpret_cast<const char*>(data), size) + "\r\n\r\n";
  Outcome whole = read_in_pieces(bytes, 0);
  if (read_in_pieces(bytes, size * 2 + 1) != whole) std::abort();
  return 0;
}
