#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "compiler/driver/debug/gdb_script.h"
#include "launcher/machine.h"
#include "packager/image/opened_image.h"
#include "packager/rootfs/elf_file.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// One guest that is debugged: what its files are, and where they come to lie.
class DebugSession {
 public:
  /// Looks into the spec's image, before anything is changed about it. FAASC0768 where no debugger of this
  /// host can look at the guest.
  static Result<DebugSession> prepare(const VmSpec& spec);

  /// Has the guest stand at its start: a machine before its first instruction, a process before the program.
  void add_to(StartOptions& options);
  bool takes_a_stub() const { return !process_; }

  /// Lets a machine run until its program is about to begin, and finds out where everything is. FAASC0766.
  Result<GdbScript> find_symbols(Machine& machine);
  /// Instead of a machine: what gdb needs to look into a core dump that the guest has left. FAASC0770 where
  /// it is none, or one of another program.
  Result<GdbScript> look_into(const std::filesystem::path& core);
  /// Where the sources of a project are, of which the symbols have relative names, or those of a Go module.
  static void add_sources(const std::filesystem::path& project, GdbScript& script);
  /// What is not as one would have it, for people. After find_symbols().
  const std::vector<std::string>& notes() const { return notes_; }
  /// Its own, which goes with it.
  const std::filesystem::path& directory() const { return directory_.path(); }

 private:
  explicit DebugSession(TemporaryDirectory directory) : directory_(std::move(directory)) {}
  std::filesystem::path socket() const { return directory() / "gdb.socket"; }
  /// What does not depend on where everything lies.
  GdbScript script_without_addresses();
  Result<void> add_machine_files(Machine& machine, GdbScript& script);
  void add_language(GdbScript& script);

  TemporaryDirectory directory_;
  VmSpec spec_;
  std::shared_ptr<const OpenedImage> image_;
  std::filesystem::path program_;  ///< of the image, copied
  std::string program_path_;       ///< in the guest
  std::filesystem::path symbols_;  ///< the unstripped one, where there is one
  ElfFile elf_;
  std::string entry_code_;
  bool process_ = false;
  std::filesystem::path sandbox_;
  std::vector<std::string> notes_;
};

}  // namespace faasc
