#include "src/router.h"

#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include <unistd.h>

#include "src/crash_reply.h"

namespace faasc::rt {

namespace gcf = google::cloud::functions;
using namespace std::string_view_literals;

namespace {

/// What the function wrote to a directory of the host's is there before its answer is. Nanos passes on what
/// was written when it is told to; whoever starts the machine says whether there is such a directory.
void sync_shares() {
  static bool const wanted = ::getenv("FAASC_SYNC_WRITES") != nullptr;
  if (wanted) ::sync();
}

}  // namespace

std::optional<Reply> answer_without_function(gcf::HttpRequest const& request, Settings const& settings,
                                             Readiness readiness) {
  std::string_view const target = request.target();
  std::string_view const path = target.substr(0, target.find('?'));
  if (path == "/robots.txt"sv || path == "/favicon.ico"sv) return text_reply(404, "");
  if (!settings.health || (request.verb() != "GET"sv && request.verb() != "HEAD"sv)) return std::nullopt;
  if (path == "/health/readiness"sv || path == "/_/ready"sv) {
    if (readiness == Readiness::Ready) return text_reply(200, "READY");
    return text_reply(503, readiness == Readiness::Stopping ? "STOPPING" : "TIMED OUT");
  }
  if (path == "/health/liveness"sv || path == "/_/health"sv) return text_reply(200, "ALIVE");
  return std::nullopt;
}

Reply call_function(google::cloud::functions_internal::FunctionImpl& function, gcf::HttpRequest request,
                    Settings const& settings) {
  Reply reply;
  try {
    reply = function.call(std::move(request));
  } catch (std::exception const& thrown) {
    reply = crash_reply(std::string("standard C++ exception thrown by the function: ") + thrown.what());
  } catch (...) {
    reply = crash_reply("unknown C++ exception thrown by the function");
  }
  if (settings.response_size && reply.body.size() > *settings.response_size) {
    reply = crash_reply("the function returned " + std::to_string(reply.body.size()) + " bytes; at most " +
                        std::to_string(*settings.response_size) + " are allowed");
  }
  flush_user_output(WhenBusy::Wait);
  sync_shares();
  return reply;
}

Reply timeout_reply(Settings const& settings, int status) {
  std::string const hundredths = std::to_string(settings.timeout % 1000 / 10);
  return text_reply(status, "Task timed out after " + std::to_string(settings.timeout / 1000) + '.' +
                                std::string(2 - hundredths.size(), '0') + hundredths + " seconds");
}

}  // namespace faasc::rt
