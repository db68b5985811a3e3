#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/diagnostics.h"
#include "base/file.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/inspection/inspection.h"
#include "compiler/driver/inspection/reason_chain.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"

namespace faasc {
namespace {

struct InspectArguments {
  TargetArguments target;
  bool files = false, openapi = false;
  std::string why;
};

Error not_in_image(const std::vector<ListedFile>& files, const std::string& name,
                   const std::string& language) {
  std::vector<std::string> names = names_in(files);
  std::string_view near = nearest(name, {names.begin(), names.end()});
  std::string hint = "'faasc inspect --files' lists what is there";
  if (!near.empty())
    hint = "did you mean '" + std::string(near) + "'?";
  else if (language == "python" && name.find('/') == name.npos)
    hint =
        "no import of it was seen; a module that is imported in another way is named in "
        "'build.python.include'";
  return Error{Fault::Input, kNothingInImage, "there is no '" + name + "' in the image", {}, hint};
}

Result<int> explain_file(Session& session, const std::vector<ListedFile>& files, const std::string& name,
                         const std::string& language) {
  auto found = find_files(files, name);
  if (found.empty()) return not_in_image(files, name, language);
  nlohmann::ordered_json chains = nlohmann::ordered_json::array();
  std::string text;
  for (const ListedFile* file : found) {
    nlohmann::ordered_json chain = nlohmann::ordered_json::array();
    std::string indent;
    for (const ListedFile* link : reason_chain(files, *file)) {
      text += indent + link->path + ": " + (link->why.empty() ? "no reason was recorded" : link->why) + "\n";
      chain.push_back({{"path", link->path}, {"why", link->why}});
      indent += "  ";
    }
    chains.push_back(std::move(chain));
  }
  session.set_result("why", chains.dump());
  if (session.options().format == ReportFormat::Text) session.console().print(text);
  return 0;
}

Result<int> print_openapi(Session& session, const BuiltFunction& built) {
  if (built.openapi.empty())
    return Error{Fault::Input,
                 kNoOpenApi,
                 "there is no OpenAPI document of '" + built.name + "': " + built.function.language + ", " +
                     built.function.kind,
                 {},
                 "a typed C++ function has one, made from the types that it takes and returns"};
  FAASC_TRY(std::string document, read_file(built.openapi));
  session.console().print(document);
  return 0;
}

Result<int> inspect(Session& session, const InspectArguments& arguments) {
  TargetArguments target = arguments.target;
  target.digest = !arguments.openapi && arguments.why.empty();
  FAASC_TRY(std::optional<BuiltFunction> built, build_target(session, target));
  if (!built) return session.status();
  if (arguments.openapi) return print_openapi(session, *built);
  FAASC_TRY(std::vector<ListedFile> files, read_file_list(file_list_path(built->image)));
  if (!arguments.why.empty()) return explain_file(session, files, arguments.why, built->function.language);
  FAASC_TRY(KernelStore store, KernelStore::open());
  FAASC_TRY(VmSpec spec, read_vm_spec(built->spec, store.root()));
  Inspection inspection{*built, spec, files};
  for (auto& [name, json] : to_json_members(inspection)) session.set_result(name, json);
  if (session.options().format == ReportFormat::Text)
    session.console().print(to_text(inspection, arguments.files));
  return 0;
}

}  // namespace

Action configure_inspect(CLI::App& app) {
  auto arguments = std::make_shared<InspectArguments>();
  add_target_options(app, arguments->target, "the project: a directory or its manifest [.]");
  app.add_flag("--files", arguments->files, "list every file of the image, with its size and reason");
  app.add_flag("--openapi", arguments->openapi, "print the OpenAPI document of a typed function");
  app.add_option("--why", arguments->why, "why this file, library or module is in the image")
      ->type_name("NAME");
  return [arguments](Session& session) { return inspect(session, *arguments); };
}

}  // namespace faasc
