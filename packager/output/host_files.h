#pragma once

#include <string>
#include <string_view>

#include <sys/stat.h>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// Reaches many files of the host faster than by their whole paths: where one is in the directory of the one
/// before, the directory is opened and the next ones are found in it.
class HostFiles {
 public:
  Result<struct stat> status_of(const std::string& path);
  Result<Fd> open_for_reading(const std::string& path);

 private:
  struct Place {
    int directory;
    const char* name;
  };
  Place place_of(const std::string& path);

  std::string previous_;  // the directory of the last file, with its slash
  Fd directory_;          // that directory, once two files were in it
};

}  // namespace faasc
