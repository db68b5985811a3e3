#include "compiler/go/unikernel_lint.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <set>

#include "base/file.h"
#include "compiler/go/codes.h"

namespace faasc::go {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kSwitch = "; 'lint: off' in faas.yaml says that it is never reached";

// The names are those that runtimes/go/detector looks for.
struct Call {
  std::string_view name, why, instead;
};
constexpr Call kCalls[] = {
    {"os/exec.Command", "starts a program", "do it in Go, or call a service"},
    {"os/exec.CommandContext", "starts a program", "do it in Go, or call a service"},
    {"os.StartProcess", "starts a program", "do it in Go, or call a service"},
    {"syscall.ForkExec", "starts a program", "do it in Go, or call a service"},
    {"syscall.StartProcess", "starts a program", "do it in Go, or call a service"},
    {"syscall.Exec", "becomes another program", "do it in Go, or call a service"},
    {"golang.org/x/sys/unix.Exec", "becomes another program", "do it in Go, or call a service"},
    {"plugin.Open", "loads code", "import the package instead"},
    {"net/http/cgi.Serve", "answers for a web server that started it", "serve HTTP with net/http"},
    {"syscall.Mount", "mounts a file system", "name what is to be mounted under 'mounts'"},
    {"syscall.Mknod", "makes a device", "use a file or a socket"},
    {"syscall.Chroot", "changes the root", "leave it out: the function has the machine for itself"},
    {"syscall.PtraceAttach", "watches another process", "use 'faasc run' with a debugger"},
};

// What packages of others bring along. The program's own table of functions says whether the linker kept it.
struct Kept {
  std::string_view package, function, why;
};
constexpr Kept kKept[] = {
    {"os/exec", "os/exec.(*Cmd).Start", "starts programs"},
    {"plugin", "plugin.open", "loads code"},
};

const Call* find_call(std::string_view name) {
  auto found =
      std::find_if(std::begin(kCalls), std::end(kCalls), [&](const Call& one) { return one.name == name; });
  return found == std::end(kCalls) ? nullptr : found;
}

Diagnostic finding_of(Severity severity, std::string message) {
  Diagnostic finding;
  finding.severity = severity;
  finding.code = kGoNeedsProcesses;
  finding.message = std::move(message);
  return finding;
}

}  // namespace

Result<std::vector<Diagnostic>> lint_unikernel(const Facts& facts, const std::vector<ListedPackage>& packages,
                                               const fs::path& directory, const fs::path& program,
                                               Severity severity) {
  std::vector<Diagnostic> findings;
  std::set<std::string> in_program, told;
  for (const ListedPackage& package : packages) in_program.insert(package.directory.string());
  std::vector<Package> looked_at = facts.packages;
  looked_at.insert(looked_at.end(), facts.imported.begin(), facts.imported.end());
  for (const Package& package : looked_at) {
    fs::path place = (directory / package.directory).lexically_normal();
    if (!place.has_filename()) place = place.parent_path();
    if (!in_program.contains(place.string())) continue;
    for (const Use& use : package.uses) {
      const Call* call = find_call(use.name);
      if (call == nullptr) continue;
      std::string name = use.name.substr(use.name.rfind('/') + 1);
      Diagnostic finding = finding_of(
          severity, "'" + name + "' " + std::string(call->why) + ", which a unikernel does not do");
      finding.place = use.place;
      finding.hint = std::string(call->instead) + std::string(kSwitch);
      findings.push_back(std::move(finding));
      told.insert(use.name.substr(0, use.name.rfind('.')));
    }
  }
  std::string bytes;
  for (const Kept& kept : kKept) {
    std::string package(kept.package);
    bool imported = packages.empty() || std::any_of(packages.begin(), packages.end(),
                                                    [&](const auto& one) { return one.path == package; });
    if (told.contains(package) || !imported) continue;
    if (bytes.empty()) {
      FAASC_TRY(bytes, read_file(program));
    }
    // With the NUL that ends it in the table.
    std::string name = std::string(kept.function) + '\0';
    if (::memmem(bytes.data(), bytes.size(), name.data(), name.size()) == nullptr) continue;
    std::vector<std::string> chain =
        packages.empty() ? std::vector<std::string>{} : import_chain(packages, packages.back().path, package);
    std::string way;
    for (const std::string& one : chain) {
      if (one.ends_with("/zz_faasc/main")) continue;
      way += (way.empty() ? "" : " → ") + one;
    }
    Diagnostic finding = finding_of(severity, "a module that the function uses " + std::string(kept.why) +
                                                  ", which a unikernel does not do");
    finding.hint = "see to it that it is not reached" + std::string(kSwitch);
    if (!way.empty()) {
      Diagnostic note;
      note.severity = Severity::Note;
      note.message = "it is imported by " + way;
      finding.notes.push_back(std::move(note));
    }
    findings.push_back(std::move(finding));
  }
  return findings;
}

}  // namespace faasc::go
