#include "src/typed_function.h"

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "src/crash_reply.h"
#include "src/function_impl.h"
#include "src/log.h"
#include "src/run.h"

namespace faasc::rt {

namespace gcf = google::cloud::functions;
using google::cloud::functions_internal::FunctionImpl;

namespace {

Reply json_reply(int status, std::string body) {
  Reply reply;
  reply.status = status;
  reply.headers.emplace_back("Content-Type", "application/json");
  reply.body = std::move(body);
  return reply;
}

Reply bad_request(JsonReader::Problem const& problem) {
  std::string text = "{\"message\":";
  std::string const where = problem.pointer.empty() ? "the body" : problem.pointer;
  append_json_string(text, where + ": expected " + problem.expected + ", found " + problem.found);
  text += ",\"pointer\":";
  append_json_string(text, problem.pointer);
  text += ",\"expected\":";
  append_json_string(text, problem.expected);
  text += ",\"found\":";
  append_json_string(text, problem.found);
  return json_reply(400, text + '}');
}

Reply method_not_allowed(std::string_view allowed) {
  Reply reply = text_reply(405, "the methods of this function are " + std::string(allowed));
  reply.set_header("Allow", allowed);
  return reply;
}

class TypedFunction final : public FunctionImpl {
 public:
  TypedFunction(TypedCall typed, bool takes_body, char const* openapi)
      : call_(typed), takes_body_(takes_body), openapi_(openapi) {}

  FunctionImpl* select(std::string_view) override { return this; }

  Reply call(gcf::HttpRequest request) override {
    std::string_view const target = request.target();
    bool const get = request.verb() == "GET" || request.verb() == "HEAD";
    if (openapi_ != nullptr && target.substr(0, target.find('?')) == "/openapi.json")
      return get ? json_reply(200, openapi_) : method_not_allowed("GET");
    if (request.verb() != "POST" && (takes_body_ || !get))
      return method_not_allowed(takes_body_ ? "POST" : "GET, POST");

    JsonReader in(request.payload());
    TypedAnswer answer;
    try {
      call_(in, answer);
    } catch (std::invalid_argument const& thrown) {
      std::string text = "{\"message\":";
      append_json_string(text, thrown.what());
      return json_reply(400, text + '}');
    }
    if (in.failed()) return bad_request(in.problem());
    if (!answer.body.trouble.empty())
      return crash_reply("the function's result cannot be written as JSON: " + answer.body.trouble);
    if (!answer.has_body) return Reply{204, {}, {}};
    Reply reply = json_reply(answer.status, std::move(answer.body.text));
    if (answer.failed && answer.status >= 500) reply.set_header("X-Google-Status", "error");
    return reply;
  }

 private:
  TypedCall const call_;
  bool const takes_body_;
  char const* const openapi_;
};

}  // namespace

gcf::Function make_typed_function(TypedCall call, bool takes_body, char const* openapi) {
  return FunctionImpl::wrap(std::make_shared<TypedFunction>(call, takes_body, openapi));
}

int serve_typed(int argc, char** argv, TypedCall call, bool takes_body, char const* openapi) {
  struct What {
    TypedCall call;
    bool takes_body;
    char const* openapi;
  } described{call, takes_body, openapi};
  return run(
      argc, argv,
      [](void* context) {
        auto const& what = *static_cast<What*>(context);
        return make_typed_function(what.call, what.takes_body, what.openapi);
      },
      &described);
}

}  // namespace faasc::rt
