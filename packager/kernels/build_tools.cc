#include "packager/kernels/build_tools.h"

#include <string>
#include <utility>

#include "base/process.h"
#include "packager/kernels/codes.h"

namespace faasc {
namespace {

// As Linux' Documentation/process/changes.rst lists them, without those that only modules and documentation
// take; with their Debian packages.
constexpr std::pair<const char*, const char*> kPrograms[] = {
    {"bc", "bc"},     {"bison", "bison"}, {"dpkg-deb", "dpkg"}, {"flex", "flex"},
    {"gcc", "gcc"},   {"ld", "binutils"}, {"lz4", "lz4"},       {"make", "make"},
    {"perl", "perl"}, {"tar", "tar"},     {"xz", "xz-utils"},
};

/// The kernel's own tool objtool reads object files with libelf.
bool has_libelf() {
  Command command;
  command.argv = {"gcc", "-x", "c", "-fsyntax-only", "-"};
  RunOptions options;
  options.input = "#include <gelf.h>\n";
  auto finished = run(command, options);
  return finished && finished->status.ok();
}

}  // namespace

Result<void> check_linux_build_tools() {
  std::string missing, packages;
  auto lacks = [&](const std::string& what, const std::string& package) {
    missing += (missing.empty() ? "'" : ", '") + what + "'";
    packages += " " + package;
  };
  for (const auto& [program, package] : kPrograms)
    if (!find_program(program)) lacks(program, package);
  if (find_program("gcc") && !has_libelf()) lacks("gelf.h", "libelf-dev");
  if (missing.empty()) return {};
  return Error{Fault::Missing,
               kNoBuildTools,
               "building a kernel takes programs and headers that are not on this host: " + missing,
               {},
               "run `sudo apt-get install" + packages + "`"};
}

}  // namespace faasc
