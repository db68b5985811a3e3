#pragma once

#include "compiler/driver/command.h"

// The configure functions of the table, each in a file of its own: check_command.cc.

namespace faasc {

Action configure_build(CLI::App& app);
Action configure_check(CLI::App& app);
Action configure_clean(CLI::App& app);
Action configure_completion(CLI::App& app);
Action configure_debug(CLI::App& app);
Action configure_dev(CLI::App& app);
Action configure_doctor(CLI::App& app);
Action configure_explain(CLI::App& app);
Action configure_image_cat(CLI::App& app);
Action configure_image_convert(CLI::App& app);
Action configure_image_cp(CLI::App& app);
Action configure_image_diff(CLI::App& app);
Action configure_image_export(CLI::App& app);
Action configure_image_import(CLI::App& app);
Action configure_image_ls(CLI::App& app);
Action configure_image_size(CLI::App& app);
Action configure_image_tree(CLI::App& app);
Action configure_image_verify(CLI::App& app);
Action configure_init(CLI::App& app);
Action configure_inspect(CLI::App& app);
Action configure_invoke(CLI::App& app);
Action configure_kernel(CLI::App& app);
Action configure_lock(CLI::App& app);
Action configure_logs(CLI::App& app);
Action configure_provenance(CLI::App& app);
Action configure_ps(CLI::App& app);
Action configure_run(CLI::App& app);
Action configure_sbom(CLI::App& app);
Action configure_spec(CLI::App& app);
Action configure_stop(CLI::App& app);
Action configure_test(CLI::App& app);
Action configure_verify(CLI::App& app);
Action configure_version(CLI::App& app);
Action configure_volume_create(CLI::App& app);

}  // namespace faasc
