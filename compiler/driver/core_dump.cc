#include "compiler/driver/core_dump.h"

#include "compiler/driver/codes.h"
#include "packager/image/extract.h"
#include "packager/image/image_overlay.h"

namespace faasc {
namespace {

// src/unix/coredump.c of Nanos.
constexpr const char* kNanosCore = "/coredumps/core";

}  // namespace

Result<void> can_dump_core(const VmSpec& spec, const std::string& vmm) {
  if (vmm == "qemu" && spec.kernel_family == "nanos") return {};
  std::string who = vmm == "process" ? "a process"
                    : vmm == "qemu"  ? "a guest with Linux' kernel"
                                     : "a guest of '--vmm " + vmm + "'";
  return Error{Fault::Usage,
               kNoCoreDump,
               who + " is not made to leave a core dump: only Nanos' kernel writes one",
               {},
               "leave '--core' out; 'faasc debug' stops where the function crashes"};
}

Result<void> save_core_dump(Session& session, const std::filesystem::path& image,
                            const std::filesystem::path& overlay, const std::filesystem::path& to) {
  FAASC_TRY(OpenedImage opened, open_image(image));
  FAASC_TRY(std::shared_ptr<const ByteSource> changes, open_byte_source(overlay));
  FAASC_TRY(TfsReader root, read_overlay(opened, std::move(changes)));
  const StoredEntry* core = root.find(kNanosCore);
  if (!core) {
    session.console().say("there is no core dump: the program was not ended by a signal");
    return {};
  }
  FAASC_TRY([[maybe_unused]] Extraction copied, extract(root, core, to));
  session.console().say("the core dump is in '" + to.string() + "'; 'faasc debug IMAGE --core " +
                        to.string() + "' looks into it");
  return {};
}

}  // namespace faasc
