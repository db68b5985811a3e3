#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/build/build_progress.h"
#include "compiler/build/depfile.h"
#include "compiler/build/faas_lock.h"
#include "compiler/function.h"
#include "compiler/python/build.h"
#include "manifests/manifest.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {

/// The parts of faasc's installation that a build uses.
struct BuildTools {
  std::filesystem::path cxx;              ///< the program faasc-cxx
  std::filesystem::path runtime_headers;  ///< of libfaasrt
  std::filesystem::path runtime_library;  ///< libfaasrt.a
  std::filesystem::path go_runtime;       ///< what is compiled into Go functions, and what looks for them
  PythonInstallation python;
  std::filesystem::path linux_init;
  std::filesystem::path linux_boot_sector, linux_uefi_loader;
  std::vector<std::filesystem::path> programs;  ///< whatever else decides the result: faasc itself
};

struct BuildOptions {
  std::filesystem::path manifest;  ///< the file, as the user would type it
  std::filesystem::path output;    ///< of the image; empty: build/<name>.img in the project
  std::string kernel;              ///< as KernelStore::resolve takes it; empty: what the manifest says
  unsigned jobs = 0;               ///< 0: one for each processor
  bool offline = false;            ///< the network must not be reached
  LockUse lock = LockUse::AsManifestSays;
  /// Writes what the build reads, files and listed directories, as a rule. Whoever asks for it compares
  /// times: the image is given the present one where nothing had to be done and something read is newer.
  std::optional<DepfileRequest> depfile;
  /// The image keeps its time where its content stays the same, for Ninja's `restat`.
  bool keep_time = false;
  /// For a debugger: compiled without optimisation and with all debug information, into build/debug unless
  /// `output` says otherwise.
  bool debuggable = false;
  bool digest = false;  ///< BuiltFunction::sha256 is wanted, for which all of the image is read
};

/// What came of a build, or of an earlier one that is still good.
struct BuiltFunction {
  bool up_to_date = false;  ///< nothing had to be done
  std::string name;
  Function function;
  std::string kernel;  ///< "nanos@0.1.55"
  KernelStore::Choice kernel_choice = KernelStore::Choice::Asked;
  std::filesystem::path image, spec;
  std::filesystem::path debug_file;  ///< the unstripped program; empty where there is none
  std::filesystem::path openapi;     ///< OpenAPI 3.1 document, JSON; empty where there is none
  std::uint64_t image_bytes = 0, allocated_bytes = 0, payload_bytes = 0;
  std::string sha256;  ///< of the image; empty unless BuildOptions::digest
};

/// Builds the function of a manifest into a disk image and its VM spec. Everything intermediate lies in
/// `.faasc/` beside the image. Two builds of one output take turns. Complaints about the user's input go to
/// `diagnostics`; the error that comes back with them only says that the build did not happen.
Result<BuiltFunction> build_function(const BuildOptions& options, const BuildTools& tools, KernelStore& store,
                                     Diagnostics& diagnostics, BuildProgress& progress);

}  // namespace faasc
