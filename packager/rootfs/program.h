#pragma once

#include <map>
#include <string>
#include <vector>

#include "packager/rootfs/rootfs.h"

namespace faasc {

/// What will run: the result of compiling a function, whatever its language. Says nothing about disks or VMs.
struct Program {
  Rootfs rootfs;
  std::string executable;  ///< absolute guest path of the ELF file
  std::vector<std::string> argv;
  std::map<std::string, std::string> environment;
  std::string working_directory = "/";
};

}  // namespace faasc
