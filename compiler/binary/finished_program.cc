#include "compiler/binary/finished_program.h"

#include <algorithm>

#include <elf.h>
#include <unistd.h>

#include "base/file.h"
#include "compiler/binary/codes.h"
#include "packager/rootfs/codes.h"
#include "packager/rootfs/elf_closure.h"
#include "packager/rootfs/elf_file.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// "#!/usr/bin/env node" → "/usr/bin/node", as far as one can tell; empty where it is no script.
std::string interpreter_of_script(const fs::path& file) {
  auto fd = open_for_reading(file);
  char start[256] = {};
  if (!fd) return "";
  ssize_t size = ::pread(fd->get(), start, sizeof start - 1, 0);
  std::string_view line(start, size > 0 ? static_cast<std::size_t>(size) : 0);
  if (!line.starts_with("#!")) return "";
  line = line.substr(2, line.find('\n') == std::string_view::npos ? line.npos : line.find('\n') - 2);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  std::string first(line.substr(0, line.find_first_of(" \t")));
  if (!first.ends_with("/env")) return first;
  line.remove_prefix(first.size());
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  return "/usr/bin/" + std::string(line.substr(0, line.find_first_of(" \t")));
}

/// The processor of an ELF file; empty where there are no images for it.
std::string architecture_of(std::uint16_t machine) {
  return machine == EM_X86_64 ? "x86_64" : machine == EM_AARCH64 ? "aarch64" : "";
}

fs::path path_of(const FinishedProgramRequest& request) {
  return request.path.starts_with('/') ? fs::path(request.path) : request.project_dir / request.path;
}

class Reading {
 public:
  Reading(const FinishedProgramRequest& request, Diagnostics& diagnostics)
      : request_(request), diagnostics_(diagnostics) {}

  Result<FinishedProgram> run() {
    bool of_host = request_.path.starts_with('/');
    fs::path named = path_of(request_);
    std::error_code error;
    fs::path real = fs::canonical(named, error);
    if (error || !fs::is_regular_file(real, error)) {
      complain(kBinaryMissing,
               "there is no program '" + request_.path + "'" + (of_host ? " on this host" : ""),
               of_host ? "install it, or name a program of the project by a path without '/' in front"
                       : "build it first; the path is relative to the directory of the manifest");
      return FinishedProgram{};
    }
    if (!of_host && !is_inside(real)) {
      complain(kBinaryMissing, "'" + request_.path + "' is a link that leads out of the project",
               "copy the program into the project, or name it by its absolute path");
      return FinishedProgram{};
    }
    FAASC_TRY(bool runs, check_program(real));
    if (!runs) return FinishedProgram{};

    std::string guest_path =
        of_host ? real.string() : "/app/" + fs::path(request_.path).lexically_normal().string();
    FinishedProgram found;
    found.file = real;
    found.function = {.language = "binary",
                      .handler = request_.path,
                      .kind = "server",
                      .file = named.lexically_normal().string(),
                      .line = 0,
                      .reason = "runtime: binary; the program listens on $PORT itself"};
    Program& program = found.program;
    program.architecture = architecture_;
    program.fixed_address = fixed_address_;
    program.executable = guest_path;
    program.argv = {guest_path};
    program.argv.insert(program.argv.end(), request_.arguments.begin(), request_.arguments.end());
    program.working_directory = of_host ? "/" : "/app";
    FAASC_CHECK(
        program.rootfs.add(guest_path, {.content = HostFile{real.string()}, .mode = 0755, .why = "program"}));
    return found;
  }

 private:
  void complain(const char* code, std::string what, std::string hint) {
    diagnostics_.add({.severity = Severity::Error,
                      .code = code,
                      .message = std::move(what),
                      .place = request_.place,
                      .hint = std::move(hint)});
  }

  bool is_inside(const fs::path& real) const {
    std::error_code error;
    fs::path project = fs::canonical(request_.project_dir, error);
    return std::mismatch(project.begin(), project.end(), real.begin(), real.end()).first == project.end();
  }

  // Whether a kernel could start it; complains where not.
  Result<bool> check_program(const fs::path& file) {
    auto elf = read_elf_file(file.string());
    if (!elf && elf.error().code == kNotElf) {
      std::string interpreter = interpreter_of_script(file);
      complain(kBinaryNoProgram,
               "'" + request_.path + "' is " + (interpreter.empty() ? "not an ELF file" : "a script"),
               interpreter.empty()
                   ? "name a program that was built for Linux"
                   : "a unikernel runs no scripts: write 'handler: " + interpreter +
                         "', put the script into the image with 'files' and name it in 'args'");
      return false;
    }
    if (!elf && (elf.error().code == kElfWrongKind || elf.error().code == kElfDamaged)) {
      complain(kBinaryNoProgram, elf.error().what, "name a program that was built for 64-bit Linux");
      return false;
    }
    if (!elf) return std::move(elf).error();
    if (elf->interpreter.empty() && !elf->has_entry) {
      complain(kBinaryNoProgram, "'" + request_.path + "' is a shared library, not a program",
               "name the program that uses it");
      return false;
    }
    architecture_ = architecture_of(elf->machine);
    if (architecture_.empty()) {
      complain(
          kBinaryNoProgram,
          "'" + request_.path + "' is for another machine (ELF machine " + std::to_string(elf->machine) + ")",
          "build it for x86_64 or aarch64");
      return false;
    }
    fixed_address_ = elf->fixed_address;
    return true;
  }

  const FinishedProgramRequest& request_;
  Diagnostics& diagnostics_;
  std::string architecture_;
  std::uint64_t fixed_address_ = 0;
};

}  // namespace

Result<FinishedProgram> read_finished_program(const FinishedProgramRequest& request,
                                              Diagnostics& diagnostics) {
  return Reading(request, diagnostics).run();
}

std::string architecture_of_program(const FinishedProgramRequest& request) {
  auto elf = read_elf_file(path_of(request).string());
  return elf ? architecture_of(elf->machine) : "";
}

Result<void> add_libraries(Program& program) {
  std::vector<ElfObject> objects;
  for (const auto& [path, node] : program.rootfs.nodes()) {
    const auto* file = std::get_if<HostFile>(&node.content);
    if (file != nullptr && looks_like_elf(file->path)) objects.push_back({file->path, path});
  }
  // Files beside the program may be for other machines, or object files: only what the loader could load
  // counts. The program comes first, because it decides the machine.
  std::stable_sort(objects.begin(), objects.end(), [&](const ElfObject& a, const ElfObject& b) {
    return (a.guest_path == program.executable) > (b.guest_path == program.executable);
  });
  std::vector<ElfObject> loadable;
  std::uint16_t machine = 0;
  for (ElfObject& object : objects) {
    auto elf = read_elf_file(object.host_path);
    if (!elf || (machine != 0 && elf->machine != machine)) continue;
    machine = elf->machine;
    loadable.push_back(std::move(object));
  }
  return add_elf_closure(program.rootfs, loadable);
}

}  // namespace faasc
