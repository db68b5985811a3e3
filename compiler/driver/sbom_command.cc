#include <cstdlib>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/file.h"
#include "compiler/build/linked_files.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"
#include "compiler/driver/version.h"
#include "packager/bill/bill_of_image.h"

namespace faasc {
namespace {

struct SbomArguments {
  TargetArguments target;
  std::string as = "spdx", output;
};

// https://reproducible-builds.org/specs/source-date-epoch/
std::int64_t source_date(const EnvironmentLookup& environment) {
  auto text = environment("SOURCE_DATE_EPOCH");
  return text ? std::strtoll(text->c_str(), nullptr, 10) : 0;
}

Result<int> write_bill(Session& session, const SbomArguments& arguments) {
  FAASC_TRY(std::optional<VmSpec> spec, read_target(session, arguments.target));
  if (!spec) return session.status();
  const std::filesystem::path disk = image_of(*spec);
  FAASC_TRY(OpenedImage image, open_image(disk));
  BillRequest request{.name = spec->name,
                      .kernel_family = spec->kernel_family,
                      .kernel_version = spec->direct_boot ? spec->direct_boot->kernel_version : "",
                      .linked_files = linked_files(disk)};
  FAASC_TRY(Bill bill, bill_of_image(image, request));
  std::int64_t created = source_date(session.environment());
  std::string version(kVersion);
  std::string text =
      arguments.as == "spdx" ? to_spdx(bill, version, created) : to_cyclonedx(bill, version, created);
  session.set_result("components", std::to_string(bill.components.size()));
  if (arguments.output.empty()) {
    if (session.options().format == ReportFormat::Text) session.console().print(text);
    return 0;
  }
  FAASC_CHECK(write_file(arguments.output, text));
  session.console().say("wrote " + arguments.output + ": " + std::to_string(bill.components.size()) +
                        " components beside the function");
  return 0;
}

}  // namespace

Action configure_sbom(CLI::App& app) {
  auto arguments = std::make_shared<SbomArguments>();
  add_target_options(app, arguments->target, "a project, an image or a VM spec [.]");
  app.add_option("--as", arguments->as, "spdx (2.3, JSON) or cyclonedx (1.5, JSON) [spdx]")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"spdx", "cyclonedx"}).description(""));
  app.add_option("-o,--output", arguments->output, "the file to write, instead of standard output")
      ->type_name("FILE");
  return [arguments](Session& session) { return write_bill(session, *arguments); };
}

}  // namespace faasc
