#include "src/run.h"

#include <exception>
#include <memory>
#include <string>

#include <stdlib.h>

#include "src/function_impl.h"
#include "src/log.h"
#include "src/memory.h"
#include "src/server.h"
#include "src/settings.h"
#include "src/signals.h"

namespace faasc::rt {
namespace {

int refuse(std::string_view why) {
  log(Severity::Critical, why);
  return 1;
}

int start(Settings const& settings, google::cloud::functions::Function const& function) {
  using google::cloud::functions_internal::FunctionImpl;
  FunctionImpl* const chosen = FunctionImpl::of(function)->select(settings.target);
  if (chosen == nullptr) return refuse("there is no function '" + settings.target + "' to serve");
  auto opened = std::make_unique<Server>(settings, *chosen);
  if (std::string const error = opened->open(); !error.empty()) return refuse(error);
  // Never destroyed: a function may call exit() while other threads still serve.
  Server* const server = opened.release();
  handle_signals(*server);
  log(Severity::Info, "listening", "port", server->port());
  server->run();
  flush_user_output(WhenBusy::Wait);
  return 0;
}

}  // namespace

int run(int argc, char const* const argv[], google::cloud::functions::Function (*make)(void* context),
        void* context) noexcept {
  try {
    SettingsResult const read =
        read_settings(argc, argv, [](char const* name) -> char const* { return ::getenv(name); });
    if (read.settings.help) {
      write_line(Stream::Out, kUsage);
      return 0;
    }
    set_log_format(read.settings.log_format);
    if (!read.error.empty()) return refuse(read.error);
    limit_arenas();
    auto const function = make(context);
    flush_user_output(WhenBusy::Wait);
    return start(read.settings, function);
  } catch (std::exception const& thrown) {
    return refuse(std::string("the function could not be set up: ") + thrown.what());
  } catch (...) {
    return refuse("the function could not be set up: unknown C++ exception");
  }
}

}  // namespace faasc::rt
