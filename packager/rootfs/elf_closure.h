#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "packager/rootfs/rootfs.h"

namespace faasc {

/// A program or library that is in the image anyway.
struct ElfObject {
  std::string host_path;
  std::string guest_path;
};

struct ElfSearch {
  /// The directory that is the root of the file system in which libraries are looked for; links are followed
  /// inside it.
  std::string root = "/";
};

/// A node that the guest needs so that its loader finds everything.
struct ElfClosureNode {
  std::string guest_path;
  RootfsNode node;
};

/// All that the loader would load with `objects`, found as it would find it, by reading and never by running:
/// the interpreter, the needed libraries, theirs, and so on. RPATH and RUNPATH with $ORIGIN and $LIB, the
/// directories of /etc/ld.so.conf, the default ones of Debian and its kin. The objects themselves are not in
/// the result; static ones add nothing.
///
/// A library is put where it really lies, and the links that lead to it from its name stay links. The guest
/// has no ld.so.cache; what its loader would not find without gets a link in a directory where it looks.
/// Libraries that a program opens by itself (dlopen) cannot be seen here: give them as objects. What the C
/// library opens to end a thread (libgcc_s.so.1) comes along where that is called. Sorted by
/// path.
Result<std::vector<ElfClosureNode>> elf_closure(const std::vector<ElfObject>& objects,
                                                const ElfSearch& search = {});

/// Adds the closure of `objects` to `rootfs`. What is already there with the same content stays.
Result<void> add_elf_closure(Rootfs& rootfs, const std::vector<ElfObject>& objects,
                             const ElfSearch& search = {});

}  // namespace faasc
