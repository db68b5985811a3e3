#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/build/affected_function.h"
#include "compiler/build/depfile.h"
#include "compiler/driver/chosen_functions.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/command.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/planned_build.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

struct BuildArguments {
  TargetArguments target;
  std::vector<std::string> projects;     // and workspaces
  std::vector<std::string> affected_by;  // files; "-": named on standard input
  bool list = false, keep_going = false, dry_run = false;
  std::string time_trace;
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

Error usage(std::string what, std::string hint) {
  return Error{Fault::Usage, kBadCommandLine, std::move(what), {}, std::move(hint)};
}

Result<void> refuse_for_several(const ChosenFunctions& chosen, const BuildArguments& arguments) {
  if (chosen.several && !arguments.target.output.empty())
    return usage("-o names one image, and there are several functions",
                 "leave it out: each image goes to build/ in its function's directory");
  if (chosen.several && arguments.target.depfile)
    return usage("a rule is for one image, and there are several functions", "build them one by one");
  return {};
}

// Leaves those that a change of the files concerns.
Result<void> keep_affected(Session& session, const BuildArguments& arguments, std::vector<BatchItem>& items) {
  std::vector<fs::path> files;
  for (const std::string& file : arguments.affected_by) {
    if (file != "-") {
      files.emplace_back(file);
      continue;
    }
    for (std::string line; std::getline(std::cin, line);)
      if (!line.empty()) files.emplace_back(line);
  }
  std::vector<BatchItem> kept;
  for (BatchItem& item : items) {
    FAASC_TRY(fs::path manifest, find_manifest(item.arguments.project));
    if (is_affected(manifest, files, ManifestEnvironment{session.environment()}))
      kept.push_back(std::move(item));
  }
  items = std::move(kept);
  return {};
}

void tell_one(Session& session, const BuiltFunction& built) {
  session.set_result("image", json_text(built.image.string()));
  session.set_result("spec", json_text(built.spec.string()));
  session.set_result("bytes", std::to_string(built.image_bytes));
  session.set_result("allocated_bytes", std::to_string(built.allocated_bytes));
  session.set_result("sha256", json_text(built.sha256));
  session.set_result("kind", json_text(built.function.kind));
  session.set_result("handler", json_text(built.function.handler));
  session.set_result("kernel", json_text(built.kernel));
}

int tell_all(Session& session, const std::vector<BatchItem>& items) {
  nlohmann::ordered_json functions = nlohmann::ordered_json::array();
  std::size_t built = 0, idle = 0, not_begun = 0;
  std::string missing;
  for (const BatchItem& item : items) {
    nlohmann::ordered_json function{{"project", name_of(item)}, {"ok", item.built.has_value()}};
    if (item.built) {
      ++(item.built->up_to_date ? idle : built);
      function["image"] = item.built->image;
      function["sha256"] = item.built->sha256;
      function["up_to_date"] = item.built->up_to_date;
    } else if (item.begun) {
      missing += (missing.empty() ? "" : ", ") + name_of(item);
    } else {
      ++not_begun;
    }
    functions.push_back(std::move(function));
  }
  session.set_result("functions", functions.dump());
  std::string all = std::to_string(items.size()) + (items.size() == 1 ? " function" : " functions");
  if (built + idle == items.size()) {
    session.console().say(all + ": " + std::to_string(built) + " built, " + std::to_string(idle) +
                          " up to date");
    return 0;
  }
  const std::size_t lacking = items.size() - built - idle;
  session.report(Error{
      Fault::Input,
      kNotAllBuilt,
      std::to_string(lacking) + " of " + all + (lacking == 1 ? " was" : " were") + " not built: " + missing,
      {},
      not_begun == 0 ? "the messages above say why"
                     : std::to_string(not_begun) + " were not begun; --keep-going builds what can be built"});
  return session.status();
}

Result<int> build(Session& session, const BuildArguments& arguments) {
  FAASC_TRY(std::optional<ChosenFunctions> chosen,
            choose_functions(session, arguments.projects, arguments.target));
  if (!chosen) return session.status();
  FAASC_CHECK(refuse_for_several(*chosen, arguments));
  std::vector<BatchItem>& items = chosen->items;
  if (!arguments.affected_by.empty()) FAASC_CHECK(keep_affected(session, arguments, items));
  if (arguments.list) {
    nlohmann::json projects = nlohmann::json::array();
    for (const BatchItem& item : items) {
      projects.push_back(name_of(item));
      if (session.options().format == ReportFormat::Text) session.console().print(name_of(item) + "\n");
    }
    session.set_result("functions", projects.dump());
    return 0;
  }
  if (arguments.dry_run) return print_plan(session, items);
  if (!arguments.time_trace.empty()) session.begin_time_trace(arguments.time_trace);
  FAASC_CHECK(build_batch(session, items, arguments.target.jobs, arguments.keep_going));
  if (session.options().format == ReportFormat::Text)
    for (const BatchItem& item : items)
      if (item.built) session.console().print(as_typed(item.built->image) + "\n");
  if (chosen->several || !arguments.affected_by.empty()) return tell_all(session, items);
  if (!items.front().built) return session.status();
  tell_one(session, *items.front().built);
  return 0;
}

}  // namespace

Action configure_build(CLI::App& app) {
  auto arguments = std::make_shared<BuildArguments>();
  TargetArguments& target = arguments->target;
  app.add_option("projects", arguments->projects,
                 "functions: directories or manifests; or a workspace, faas.workspace.yaml [.]")
      ->type_name("PATH");
  add_build_options(app, target, "functions to build, or sources to compile, at a time");
  app.add_option("-o,--output", target.output, "the image to write [build/<name>.img]")->type_name("FILE");
  app.add_flag("-k,--keep-going", arguments->keep_going,
               "of several functions build the rest, too, when one fails");
  app.add_option("--affected-by", arguments->affected_by,
                 "only functions that a change of FILE concerns; may be given again, - reads names from "
                 "standard input")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_flag("--list", arguments->list, "print which functions would be built, and build none");
  app.add_flag("-n,--dry-run", arguments->dry_run,
               "print the steps of the build and why each would run, and do none; -v shows the commands");
  app.add_option("--time-trace", arguments->time_trace,
                 "write what took the time, for ui.perfetto.dev or chrome://tracing")
      ->type_name("FILE");
  add_depfile_options(app, *arguments);
  return [arguments](Session& session) {
    BuildArguments made = *arguments;
    made.target.digest = session.shows_results();
    if (made.make_depfile || !made.depfile_path.empty()) {
      made.target.depfile = made.depfile;
      made.target.depfile->file = made.depfile_path;
      for (const std::string& text : made.quoted_targets)
        made.target.depfile->targets.push_back(make_quoted(text));
    }
    return build(session, made);
  };
}

}  // namespace faasc
