// Every way to write a handler, and the ways to miss.
#include <google/cloud/functions/function.h>

#include <map>
#include <string>
#include <utility>

#include "handlers.h"

namespace gcf = ::google::cloud::functions;

namespace made {

gcf::HttpResponse answer(gcf::HttpRequest request);
void consume(gcf::CloudEvent event);

gcf::Function http() {
  return gcf::MakeFunction([](gcf::HttpRequest const&) { return gcf::HttpResponse{}; });
}
gcf::Function event() {
  return gcf::MakeFunction([](gcf::CloudEvent const&) {});
}
auto deduced() { return gcf::MakeFunction(answer); }
gcf::Function map() {
  return gcf::MakeFunction(std::map<std::string, gcf::Function>{{"a", http()}});
}
gcf::Function through_a_helper() { return http(); }
gcf::Function through_a_variable() {
  auto function = gcf::MakeFunction(consume);
  return function;
}
gcf::Function moved() {
  gcf::Function function = gcf::MakeFunction(consume);
  return std::move(function);
}
gcf::Function either(bool first);
gcf::Function agreeing() { return answers() ? gcf::MakeFunction(answer) : http(); }
gcf::Function disagreeing() {
  if (answers()) return gcf::MakeFunction(answer);
  return gcf::MakeFunction(consume);
}
gcf::Function recursive() { return answers() ? recursive() : recursive(); }
gcf::Function hidden() { return elsewhere(); }
gcf::Function lambda_inside() {
  auto other = [] { return gcf::MakeFunction(consume); };
  (void)other;
  return gcf::MakeFunction(answer);
}
inline namespace v2 {
gcf::Function in_inline_namespace() { return gcf::MakeFunction(answer); }
}  // namespace v2
extern "C" gcf::Function with_c_linkage() { return gcf::MakeFunction(answer); }
inline gcf::Function inlined() { return gcf::MakeFunction(answer); }

}  // namespace made

using Request = gcf::HttpRequest;
gcf::HttpResponse by_value(Request const request) { return {}; }
gcf::HttpResponse by_reference(gcf::HttpRequest const& request) noexcept { return {}; }
auto by_rvalue(gcf::HttpRequest&& request) -> gcf::HttpResponse { return {}; }
void event_by_value(gcf::CloudEvent event) {}
#define HANDLER(name) void name(gcf::CloudEvent const& event)
HANDLER(from_a_macro) {}

namespace missed {

static gcf::Function is_static() { return gcf::MakeFunction(by_value); }
namespace {
gcf::Function is_unnamed() { return gcf::MakeFunction(by_value); }
}  // namespace
template <typename T>
gcf::Function is_template() {
  return gcf::MakeFunction(by_value);
}
struct Object {
  gcf::HttpResponse member(gcf::HttpRequest request) { return {}; }
  static gcf::Function static_member() { return gcf::MakeFunction(by_value); }
};
gcf::Function takes(int) { return gcf::MakeFunction(by_value); }
int returns(gcf::HttpRequest) { return 0; }
gcf::HttpResponse by_mutable_reference(gcf::HttpRequest& request) { return {}; }
gcf::HttpResponse by_pointer(gcf::HttpRequest const* request) { return {}; }
gcf::HttpResponse variadic(gcf::HttpRequest request, ...) { return {}; }
gcf::HttpResponse with_default(gcf::HttpRequest request, int more = 0) { return {}; }
int unrelated(int a, char const* b) { return a; }

}  // namespace missed

namespace mine {
struct HttpRequest {};
struct HttpResponse {};
HttpResponse another_framework(HttpRequest) { return {}; }
}  // namespace mine

void use() {
  missed::is_static();
  missed::is_unnamed();
}
