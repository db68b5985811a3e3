#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/build/depfile.h"
#include "compiler/driver/command.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"

namespace faasc {
namespace {

struct BuildArguments {
  TargetArguments target;
  bool make_depfile = false;
  DepfileRequest depfile;
  std::string depfile_path;
  std::vector<std::string> quoted_targets;
};

void add_depfile_options(CLI::App& app, BuildArguments& arguments) {
  app.add_flag("--make-depfile", arguments.make_depfile,
               "write what the build reads, as a rule for make or Ninja, to IMAGE.d");
  app.add_option("--depfile", arguments.depfile_path, "the same, to FILE")->type_name("FILE");
  app.add_option("--depfile-target", arguments.depfile.targets, "the rule's target [the image]")
      ->type_name("TEXT")
      ->allow_extra_args(false);
  app.add_option("--depfile-quoted-target", arguments.quoted_targets, "the same, quoted for make")
      ->type_name("TEXT")
      ->allow_extra_args(false);
  app.add_flag("--depfile-phony", arguments.depfile.phony,
               "a rule for every file, so that make goes on when one is removed");
  app.add_flag("--restat", arguments.target.keep_time,
               "leave the image's time alone where its content stays the same (Ninja's restat)");
}

std::string json_text(const std::string& text) {
  return nlohmann::json(text).dump();
}

Result<int> build(Session& session, TargetArguments target) {
  target.digest = session.shows_results();
  FAASC_TRY(std::optional<BuiltFunction> built, build_target(session, target));
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
  auto arguments = std::make_shared<BuildArguments>();
  TargetArguments& target = arguments->target;
  add_target_options(app, target, "the project: a directory or its manifest [.]");
  app.add_option("-o,--output", target.output, "the image to write [build/<name>.img]")->type_name("FILE");
  add_depfile_options(app, *arguments);
  return [arguments](Session& session) {
    TargetArguments target = arguments->target;
    if (arguments->make_depfile || !arguments->depfile_path.empty()) {
      target.depfile = arguments->depfile;
      target.depfile->file = arguments->depfile_path;
      for (const std::string& text : arguments->quoted_targets)
        target.depfile->targets.push_back(make_quoted(text));
    }
    return build(session, std::move(target));
  };
}

}  // namespace faasc
