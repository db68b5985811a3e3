#pragma once

#include <filesystem>
#include <string>

#include "base/file.h"
#include "base/process.h"
#include "base/result.h"

namespace faasc {

/// A virtiofsd that shares one directory with one machine, and ends with it.
struct ShareServer {
  Child process;
  Fd connection;  ///< for the VMM
  std::string command;
};

/// FAASC0753 where this host cannot: virtiofsd is not installed, or it takes root and we are not.
Result<ShareServer> start_share_server(const std::filesystem::path& directory, bool read_only);

}  // namespace faasc
