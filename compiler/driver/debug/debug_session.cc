#include "compiler/driver/debug/debug_session.h"

#include <regex>

#include "compiler/driver/codes.h"
#include "compiler/driver/crash_places.h"
#include "compiler/driver/debug/core_file.h"
#include "compiler/driver/debug/loaded_files.h"
#include "compiler/driver/installation.h"
#include "launcher/gdb_stub.h"
#include "launcher/host_architecture.h"
#include "packager/image/extract.h"
#include "packager/image/image_program.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kEntryBytes = 16;
constexpr std::uint64_t kPage = 4096;
constexpr auto kBootTime = std::chrono::minutes(5);  // emulated, on a busy host, with all libraries
constexpr const char* kAutoLoad = "/usr/share/gdb/auto-load";

}  // namespace

Result<DebugSession> DebugSession::prepare(const VmSpec& spec) {
  if (spec.architecture != host_architecture() || spec.architecture != "x86_64")
    return Error{
        Fault::Host,
        kCannotDebug,
        "guests for " + spec.architecture + " cannot be debugged on " + std::string(host_architecture()),
        {},
        "guests and hosts for x86_64 can"};
  FAASC_TRY(TemporaryDirectory directory,
            TemporaryDirectory::create(fs::temp_directory_path(), "faasc-debug-"));
  DebugSession session(std::move(directory));
  session.spec_ = spec;
  session.symbols_ = debug_file_of(spec);
  FAASC_TRY(OpenedImage image, open_image(image_of(spec)));
  session.image_ = std::make_shared<const OpenedImage>(std::move(image));
  FAASC_TRY(ImageProgram program, program_of(*session.image_));
  FAASC_TRY(const StoredEntry* entry,
            find_in_image(session.image_->root(), program.executable, LastLink::Follow));
  // All of it: what the libraries are called is known only when they are there.
  fs::path root = session.directory() / "root";
  FAASC_TRY([[maybe_unused]] Extraction copied, extract(session.image_->root(), nullptr, root));
  session.program_path_ = entry->path;
  session.program_ = root / entry->path.substr(1);
  FAASC_TRY(session.elf_, read_elf_file(session.program_.string()));
  FAASC_TRY(session.entry_code_,
            session.image_->root().read_at(*entry, session.elf_.entry_offset, kEntryBytes));
  return session;
}

void DebugSession::add_to(StartOptions& options) {
  process_ = options.process.has_value();
  if (process_) {
    options.process->await_debugger = true;
    sandbox_ = options.process->sandbox_program;
    return;
  }
  options.qemu_arguments.insert(options.qemu_arguments.end(),
                                {"-S", "-gdb", "unix:" + socket().string() + ",server=on,wait=off"});
}

GdbScript DebugSession::script_without_addresses() {
  GdbScript script;
  script.architecture = "i386:x86-64";
  script.program.file = symbols_.empty() ? program_ : symbols_;
  if (auto installation = Installation::find())
    if (auto headers = installation->shared("cpp/include"))
      script.source_map.emplace_back("/faasc/include", headers->string());
  if (!symbols_.empty()) script.source_map.emplace_back("/faasc/work", symbols_.parent_path().string());
  add_language(script);
  return script;
}

Result<GdbScript> DebugSession::find_symbols(Machine& machine) {
  GdbScript script = script_without_addresses();
  if (process_) {
    script.process = machine.pid();
    script.sandbox = sandbox_;
    // gdb finds the program of a process, and everything that it loads, by itself.
    if (symbols_.empty()) script.program.file.clear();
    return script;
  }
  script.socket = socket();
  FAASC_CHECK(add_machine_files(machine, script));
  return script;
}

Result<GdbScript> DebugSession::look_into(const fs::path& core) {
  FAASC_TRY(CoreFile dump, CoreFile::open(core));
  // Kernels leave out of a dump what files hold, so the code may not be there; where it begins always is.
  FAASC_TRY(std::optional<std::string> begin, dump.read_at(dump.entry(), entry_code_.size()));
  std::uint64_t moved = dump.entry() - elf_.entry;
  if ((begin && *begin != entry_code_) || (elf_.position_independent ? moved % kPage : moved) != 0)
    return Error{Fault::Input,
                 kBadCoreDump,
                 "'" + core.string() + "' was not left by the program in '" + image_of(spec_).string() + "'",
                 {},
                 "give the image that crashed; one that was built again since has another program"};
  GdbScript script = script_without_addresses();
  notes_.push_back(
      "gdb will say that the core dump may not match: Nanos writes the program's name in a way of "
      "its own; it does match");
  script.core = core;
  script.root = directory() / "root";
  return script;
}

Result<void> DebugSession::add_machine_files(Machine& machine, GdbScript& script) {
  FAASC_TRY(GdbStub stub, GdbStub::connect(socket()));
  std::uint64_t offset = program_offset(elf_, spec_.kernel_family);
  script.program.offset = offset;
  script.program_is_static = elf_.interpreter.empty();
  FAASC_CHECK(stub.run_to(offset + elf_.entry, entry_code_, kBootTime, [&] { return !machine.ended(); })
                  .during("looking for the beginning of '" + program_path_ + "'"));
  FAASC_TRY(script.files, loaded_libraries(stub, elf_, offset, image_->root(), directory() / "root"));
  if (spec_.kernel_family != "nanos") {
    notes_.push_back("the kernel has no symbols: distributions strip them");
    return {};
  }
  if (!spec_.direct_boot) return {};
  FAASC_TRY(std::optional<LoadedFile> kernel, loaded_nanos(stub, spec_.direct_boot->kernel));
  if (kernel)
    script.files.push_back(std::move(*kernel));
  else
    notes_.push_back("the kernel's symbols were not found; those of the function are there");
  return {};
}

void DebugSession::add_sources(const fs::path& project, GdbScript& script) {
  script.source_directory = fs::absolute(project).lexically_normal();
  auto module = read_file(project / "go.mod");
  if (!module) return;
  static const std::regex line("(^|\\n)module[ \\t]+([^ \\t\\r\\n]+)");
  std::smatch match;
  if (std::regex_search(*module, match, line))
    script.source_map.emplace_back(match[2], script.source_directory.string());
}

// Distributions ship what teaches gdb Python's frames beside the interpreter's debug information.
void DebugSession::add_language(GdbScript& script) {
  static const std::regex python("/usr/bin/python3\\.[0-9]+");
  if (!std::regex_match(program_path_, python)) return;
  std::string name = program_path_.substr(program_path_.rfind('/') + 1);
  fs::path file = std::string(kAutoLoad) + program_path_ + "-gdb.py";
  std::error_code error;
  if (fs::exists(file, error))
    script.python_scripts.push_back(file);
  else
    notes_.push_back("gdb shows the interpreter and not the Python code that it runs: there is no '" +
                     file.string() + "'; on Debian and Ubuntu, 'sudo apt install " + name +
                     "-dbg' brings it");
}

}  // namespace faasc
