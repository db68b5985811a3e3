#include <cstdlib>
#include <ctime>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/provenance/signature.h"
#include "compiler/driver/provenance/statement.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"

namespace faasc {
namespace {

struct ProvenanceArguments {
  TargetArguments target;
  std::string output, key;
  bool time = false;
};

// SOURCE_DATE_EPOCH stands for the clock, as everywhere.
std::string time_now(const EnvironmentLookup& environment) {
  auto epoch = environment("SOURCE_DATE_EPOCH");
  std::time_t now =
      epoch ? static_cast<std::time_t>(std::strtoll(epoch->c_str(), nullptr, 10)) : std::time(nullptr);
  std::tm parts{};
  ::gmtime_r(&now, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return text;
}

Result<int> write_provenance(Session& session, const ProvenanceArguments& arguments) {
  FAASC_TRY(std::optional<VmSpec> spec, read_target(session, arguments.target));
  if (!spec) return session.status();
  const std::filesystem::path image = image_of(*spec);
  FAASC_TRY(Provenance provenance, provenance_of(image));
  if (arguments.time) provenance.finished_on = time_now(session.environment());
  std::filesystem::path file = arguments.output;
  if (file.empty()) file = provenance_path(image);
  FAASC_CHECK(write_file(file, to_statement(provenance)));
  session.set_result("provenance", nlohmann::json(file.string()).dump());
  if (session.options().format == ReportFormat::Text) session.console().print(as_typed(file) + "\n");
  if (arguments.key.empty()) return 0;
  FAASC_TRY(std::filesystem::path signature, sign_file(file, arguments.key));
  session.set_result("signature", nlohmann::json(signature.string()).dump());
  if (session.options().format == ReportFormat::Text) session.console().print(as_typed(signature) + "\n");
  return 0;
}

}  // namespace

Action configure_provenance(CLI::App& app) {
  auto arguments = std::make_shared<ProvenanceArguments>();
  add_target_options(app, arguments->target, "a project, or an image that was built here [.]");
  app.add_option("-o,--output", arguments->output, "the file to write [IMAGE.provenance.json]")
      ->type_name("FILE");
  app.add_option("--sign", arguments->key, "sign it with this private key of ssh's or minisign's")
      ->type_name("KEY");
  app.add_flag("--time", arguments->time, "say when that was, too; no two are alike then");
  return [arguments](Session& session) { return write_provenance(session, *arguments); };
}

}  // namespace faasc
