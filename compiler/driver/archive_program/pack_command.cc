#include "compiler/driver/archive_program/pack_command.h"

#include "base/file.h"
#include "compiler/driver/archive_program/codes.h"
#include "compiler/driver/archive_program/oci_output.h"
#include "packager/archive/listed_tree.h"
#include "packager/spec/image_plan.h"

namespace faasc {

Result<void> run_pack(const PackImage& command) {
  FAASC_TRY(std::string text, read_file("/dev/stdin"));
  auto plan = parse_image_plan(text);
  if (!plan)
    return Error{Fault::Usage,
                 kBadImageCommand,
                 "standard input does not say what the container image is to hold",
                 {},
                 "'faasc spec --to oci' starts this program"};
  std::vector<ListedTree::File> files;
  for (const ImagePlan::File& file : plan->files) files.push_back({file.path, file.host, file.text});
  FAASC_TRY(std::shared_ptr<const ListedTree> tree, ListedTree::make(files));
  ContainerConfig config{.architecture = plan->architecture, .os = "linux"};
  if (plan->port != 0) config.tcp_ports = {plan->port};
  auto written = write_oci_output(
      *tree, {},
      {.config = std::move(config), .reference = plan->reference, .annotations = plan->annotations},
      command.output);
  if (!written) return std::move(written).during("writing '" + command.output.string() + "'").error();
  return {};
}

}  // namespace faasc
