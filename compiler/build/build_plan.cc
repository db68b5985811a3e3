#include "compiler/build/build_plan.h"

#include "compiler/build/build_record.h"
#include "compiler/build/function_project.h"
#include "compiler/build/image_cache.h"
#include "compiler/build/planned_steps.h"
#include "packager/disk/linux_disk.h"
#include "packager/rootfs/file_list.h"

namespace faasc {
namespace fs = std::filesystem;

Result<BuildPlan> plan_function(const BuildOptions& options, const BuildTools& tools, KernelStore& store,
                                StepCache* cache, Diagnostics& diagnostics) {
  FunctionProject project(options, tools, store, diagnostics);
  FAASC_CHECK(project.read());
  const BuildPlace& place = project.place();
  auto last = BuildRecord::load(place.record());
  std::string stale = last ? last->stale(project.option_key()).value_or("") : "there is no earlier build";
  FAASC_CHECK(project.resolve());
  FAASC_TRY(KernelStore::Resolved resolved, project.choose_kernel());
  const Kernel& kernel = resolved.kernel;
  BuildPlan plan{
      .function = *project.manifest().name, .image = place.image, .kernel = full_name(kernel), .steps = {}};
  SilentProgress silent;
  CompileJob job = project.compile_job(kernel, cache, silent);
  FAASC_TRY(plan.steps, plan_language({.job = job, .last = last, .stale = stale}));
  PlannedStep& write = plan.steps.emplace_back();
  write.name = "write " + place.image.filename().string();
  write.runs = !stale.empty();
  write.reason = write.runs ? stale : "nothing that it reads changed";
  if (write.runs && ImageCache(cache, question_about(project, kernel)).knows()) {
    for (PlannedStep& step : plan.steps) {
      step.runs = step.cached = false;
      step.reason = "the image is in the cache";
    }
    write.runs = false;
    write.cached = true;
  }
  write.inputs.push_back(fs::absolute(options.manifest).lexically_normal().string());
  for (const fs::path& file :
       {kernel.image, kernel.boot_blob, kernel.uefi_loader, kernel.bzimage, kernel.initramfs})
    if (!file.empty()) write.inputs.push_back(file.string());
  for (const fs::path& output : {place.image, place.spec, file_list_path(place.image)})
    write.outputs.push_back(output.string());
  return plan;
}

}  // namespace faasc
