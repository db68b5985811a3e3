#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "packager/rootfs/rootfs.h"

namespace faasc {

/// What will run: the result of compiling a function, whatever its language. Says nothing about disks or VMs.
struct Program {
  Rootfs rootfs;
  std::string architecture = "x86_64";  ///< "x86_64", "aarch64"
  std::string executable;               ///< absolute guest path of the ELF file
  std::uint64_t fixed_address = 0;      ///< of the executable's lowest segment; 0: the loader chooses
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::string working_directory = "/";
};

}  // namespace faasc
