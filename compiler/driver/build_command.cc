#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/driver/command.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"

namespace faasc {
namespace {

std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump();
}

Result<int> build(Session& session, const TargetArguments& arguments) {
  FAASC_TRY(std::optional<BuiltFunction> built, build_target(session, arguments));
  if (!built) return session.status();
  session.set_result("image", json_text(built->image.string()));
  session.set_result("spec", json_text(built->spec.string()));
  session.set_result("bytes", std::to_string(built->image_bytes));
  session.set_result("allocated_bytes", std::to_string(built->allocated_bytes));
  session.set_result("sha256", json_text(built->sha256));
  session.set_result("kind", json_text(built->function.kind));
  session.set_result("handler", json_text(built->function.handler));
  session.set_result("kernel", json_text(built->kernel));
  if (session.options().format == ReportFormat::Text) session.console().print(as_typed(built->image) + "\n");
  return 0;
}

}  // namespace

Action configure_build(CLI::App& app) {
  auto arguments = std::make_shared<TargetArguments>();
  add_target_options(app, *arguments, "the project: a directory or its manifest [.]");
  app.add_option("-o,--output", arguments->output, "the image to write [build/<name>.img]")
      ->type_name("FILE");
  return [arguments](Session& session) { return build(session, *arguments); };
}

}  // namespace faasc
