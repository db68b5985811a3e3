#include "compiler/driver/archive_program/imported_program.h"

#include <algorithm>

#include "base/file.h"
#include "compiler/driver/archive_program/codes.h"
#include "packager/disk/exec_chain.h"

namespace faasc {
namespace {

constexpr const char* kDefaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
constexpr std::size_t kScriptLine = 256;  // as Linux has it

Error no_program(const std::string& what, const std::string& hint) {
  return {Fault::Input, kImportNoProgram, what, {}, hint};
}

/// "/a/./b//c/.." → "/a/b", links left as they are.
std::string absolute(const std::string& path, const std::string& directory) {
  std::filesystem::path full = path.starts_with('/') ? path : directory + "/" + path;
  std::string normal = full.lexically_normal().string();
  while (normal.size() > 1 && normal.back() == '/') normal.pop_back();
  return normal;
}

const std::string* file_at(const Rootfs& rootfs, const std::string& path) {
  const auto* found = resolve(rootfs, path);
  if (!found || std::holds_alternative<Directory>(found->second.content)) return nullptr;
  return &found->first;
}

/// Where the tree's file is that `name` starts.
Result<std::string> find_executable(const Rootfs& rootfs, const std::string& name, const std::string& search,
                                    const std::string& working_directory) {
  if (name.find('/') != std::string::npos) {
    if (const std::string* file = file_at(rootfs, absolute(name, working_directory))) return *file;
    return no_program("the program '" + name + "' is not a file of the archive",
                      "name one that is, with --exec PATH");
  }
  for (std::size_t from = 0; from <= search.size();) {
    std::size_t end = std::min(search.find(':', from), search.size());
    std::string directory = search.substr(from, end - from);
    if (const std::string* file =
            file_at(rootfs, absolute(name, directory.empty() ? working_directory : directory)))
      return *file;
    from = end + 1;
  }
  return no_program(
      "the program '" + name + "' is in no directory of the archive's PATH, which is '" + search + "'",
      "name it with its directory: --exec PATH");
}

Result<std::string> first_bytes(const Rootfs& rootfs, const std::string& path) {
  const RootfsNode* node = rootfs.find(path);
  if (const auto* link = std::get_if<HardLink>(&node->content)) node = rootfs.find(link->target);
  if (const auto* bytes = std::get_if<InlineBytes>(&node->content))
    return bytes->bytes.substr(0, kScriptLine);
  const auto* file = std::get_if<HostFile>(&node->content);
  if (!file) return std::string();
  FAASC_TRY(Fd fd, open_for_reading(file->path));
  std::string bytes(kScriptLine, '\0');
  FAASC_TRY(std::size_t count, read_some(fd, bytes.data(), bytes.size(), file->path));
  bytes.resize(count);
  return bytes;
}

/// Puts a script's interpreter before it, as a kernel that starts scripts does.
Result<void> start_interpreter(Program& program) {
  FAASC_TRY(std::string start, first_bytes(program.rootfs, program.executable));
  if (!start.starts_with("#!")) return {};
  std::string line = start.substr(2, start.find('\n') - 2);
  std::size_t from = line.find_first_not_of(" \t");
  if (from == std::string::npos)
    return no_program("'" + program.executable + "' is a script without an interpreter", "");
  std::size_t end = std::min(line.find_first_of(" \t\r", from), line.size());
  std::string interpreter = line.substr(from, end - from);
  std::size_t argument = line.find_first_not_of(" \t\r", end);
  if (interpreter.ends_with("/env") && argument != std::string::npos) {
    // Nanos runs one program, and that would be env.
    return no_program(
        "'" + program.executable + "' is a script that env starts, and Nanos starts one program only",
        "name its interpreter: --exec PATH, with the script as an argument; or use --kernel linux");
  }
  const std::string* file = file_at(program.rootfs, interpreter);
  if (!file)
    return no_program("'" + program.executable + "' is a script for '" + interpreter +
                          "', which is not a file of the archive",
                      "");
  std::vector<std::string> argv = {interpreter};
  if (argument != std::string::npos)
    argv.push_back(line.substr(argument, line.find_last_not_of(" \t\r") + 1 - argument));
  argv.push_back(program.executable);
  argv.insert(argv.end(), program.argv.begin() + 1, program.argv.end());
  program.argv = std::move(argv);
  program.executable = *file;
  return {};
}

}  // namespace

Result<Program> imported_program(Imported imported, const ProgramWishes& wishes, KernelFamily family) {
  const ContainerConfig& config = imported.config;
  Program program;
  program.rootfs = std::move(imported.rootfs);
  program.environment = {{"PATH", kDefaultPath}, {"HOME", "/root"}};
  for (const auto* list : {&config.environment, &wishes.environment})
    for (const auto& [name, value] : *list) program.environment[name] = value;

  if (!wishes.executable.empty()) {
    program.argv = {wishes.executable};
    program.argv.insert(program.argv.end(), wishes.arguments.begin(), wishes.arguments.end());
  } else {
    program.argv = config.entrypoint;
    const auto& rest = wishes.arguments.empty() ? config.command : wishes.arguments;
    program.argv.insert(program.argv.end(), rest.begin(), rest.end());
  }
  if (program.argv.empty() || program.argv.front().empty())
    return no_program("nothing says which program of the archive is to run", "name it with --exec PATH");

  const std::string& wished =
      wishes.working_directory.empty() ? config.working_directory : wishes.working_directory;
  program.working_directory = absolute(wished, "/");
  if (program.working_directory != "/") {
    const auto* found = resolve(program.rootfs, program.working_directory);
    if (!found) {
      FAASC_CHECK(program.rootfs.add(program.working_directory, {Directory{}, 0755, "working directory"}));
    } else if (!std::holds_alternative<Directory>(found->second.content)) {
      return no_program("the working directory '" + wished + "' is no directory of the archive", "");
    } else {
      program.working_directory = found->first;
    }
  }
  FAASC_TRY(program.executable, find_executable(program.rootfs, program.argv.front(),
                                                program.environment["PATH"], program.working_directory));
  if (family == KernelFamily::Nanos) FAASC_CHECK(start_interpreter(program));
  // An interpreter that is not there would be found out by a machine that does nothing.
  FAASC_TRY(std::vector<std::string> chain, exec_chain(program.rootfs, program.executable));
  (void)chain;
  return program;
}

}  // namespace faasc
