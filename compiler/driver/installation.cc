#include "compiler/driver/installation.h"

#include <cerrno>
#include <cstring>
#include <string>

#include <unistd.h>

#include "compiler/driver/codes.h"

namespace faasc {

namespace fs = std::filesystem;

namespace {

Result<fs::path> own_program() {
  std::error_code error;
  fs::path program = fs::read_symlink("/proc/self/exe", error);
  if (error) {
    return Error{.fault = Fault::Missing,
                 .code = kIncompleteInstallation,
                 .what = "cannot tell where faasc is installed: /proc/self/exe: " + error.message(),
                 .hint = "mount /proc"};
  }
  return program;
}

}  // namespace

Result<Installation> Installation::find() {
  FAASC_TRY(fs::path program, own_program());
  return Installation(program.parent_path().parent_path());
}

Result<Installation> Installation::of_helper() {
  FAASC_TRY(fs::path program, own_program());
  return Installation(program.parent_path().parent_path().parent_path());
}

Result<fs::path> Installation::look_up(std::string_view directory, std::string_view name,
                                       int access_mode) const {
  fs::path path = prefix_ / directory / "faasc" / name;
  if (::access(path.c_str(), access_mode) == 0) return path;
  return Error{
      .fault = Fault::Missing,
      .code = kIncompleteInstallation,
      .what = "a part of faasc is missing: '" + path.string() + "': " + std::strerror(errno),
      .hint = "build everything or install faasc again; its parts are found relative to the program"};
}

Result<fs::path> Installation::program(std::string_view name) const {
  return look_up("libexec", name, X_OK);
}
Result<fs::path> Installation::guest_library(std::string_view name) const {
  return look_up("lib", name, R_OK);
}
Result<fs::path> Installation::shared(std::string_view name) const {
  return look_up("share", name, R_OK);
}

}  // namespace faasc
