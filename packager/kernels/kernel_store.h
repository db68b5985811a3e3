#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "packager/kernels/kernel.h"

namespace faasc {

/// The kernels on this machine. A kernel is a directory:
///
///   <root>/nanos/<version>/          kernel.img [boot.img] [bootx64.efi] [klibs/<name>…] [kernel.json]
///   <root>/nanos-aarch64/<version>/  kernel.img [bootaa64.efi] [klibs/<name>…] [kernel.json]
///   <root>/linux/<version>/          vmlinux [bzImage] [modules.cpio] [kernel.json]
///   <ops>/<version>[-arm]/           what OPS unpacks of a Nanos release, the latter for aarch64
///
/// One with a kernel.json (kernel_record.h) was added by faasc; one without was put there by hand and counts
/// as it is. Where a version is in both places, the root's comes first. Hidden names are passed over. Reading
/// needs no lock: a kernel appears in its place whole.
class KernelStore {
 public:
  /// Neither directory needs to exist; an empty `ops` is none.
  KernelStore(std::filesystem::path root, std::filesystem::path ops)
      : root_(std::move(root)), ops_(std::move(ops)) {}

  /// The user's: `$FAASC_HOME/kernels`, else `$XDG_DATA_HOME/faasc/kernels`, else
  /// `~/.local/share/faasc/kernels`; and
  /// `$OPS_HOME/.ops`, else `~/.ops`. An error only where none of the variables says where that is.
  static Result<KernelStore> open();

  const std::filesystem::path& root() const { return root_; }
  /// Where a kernel of this name lies once it was added.
  std::filesystem::path directory_of(KernelFamily family, std::string_view version,
                                     std::string_view architecture = kX86_64) const;
  /// Whether `kernel` lies under the root, and not in OPS' store or elsewhere.
  bool owns(const Kernel& kernel) const;

  struct Listing {
    std::vector<Kernel>
        kernels;  ///< Nanos first, x86_64 first, newest first; `sha256` holds only what was recorded
    std::vector<Error> problems;  ///< one for each directory that is damaged
  };
  Listing list() const;

  /// The kernel of that version, or the newest where `version` is empty. Its recorded files are there in
  /// their recorded size, and `sha256` names every file: as recorded, or computed now where there is no
  /// record.
  Result<Kernel> find(KernelFamily family, std::string_view version = {},
                      std::string_view architecture = kX86_64) const;

  enum class Choice : std::uint8_t {
    Asked,                ///< the selector said so
    Newest,               ///< nothing was asked for, and this is the newest Nanos
    LinuxForLackOfNanos,  ///< nothing was asked for, and there is no Nanos
  };
  struct Resolved {
    Kernel kernel;
    Choice choice = Choice::Asked;
  };
  /// What `selector` means: "" (the newest Nanos that is no debug build, else the newest Linux), "nanos",
  /// "nanos@0.1.55", "nanos-aarch64@0.1.55", "linux", "linux@6.1.0-44-cloud-amd64", or the path of a kernel's
  /// directory or of its ELF file. Where it names no architecture, a kernel for `architecture` is meant. As
  /// `find` in all else.
  Result<Resolved> resolve(std::string_view selector, std::string_view architecture = kX86_64) const;

 private:
  struct Entry;
  std::vector<Entry> entries(KernelFamily family, std::string_view architecture) const;

  std::filesystem::path root_, ops_;
};

/// "nanos@0.1.55", "nanos-aarch64" or "linux" taken apart; `version` and `architecture` are empty where none
/// was given.
struct KernelName {
  KernelFamily family = KernelFamily::Nanos;
  std::string version;
  std::string architecture;
};
/// FAASC0603 for what is no name, FAASC0638 for an architecture that the family has no kernel for.
Result<KernelName> parse_kernel_name(std::string_view text);

/// "nanos@0.1.55"; "nanos-aarch64@0.1.55" for another architecture than x86_64.
std::string full_name(const Kernel& kernel);
std::string full_name(const KernelName& name);
/// The part before the '@', which is also the name of the directory below the store's root.
std::string family_name(KernelFamily family, std::string_view architecture);

/// Reads every file of the kernel and compares it with its record: a file that changed, is gone or was never
/// recorded is an error. A kernel without a record has nothing to be compared with.
Result<void> verify(const Kernel& kernel);

}  // namespace faasc
