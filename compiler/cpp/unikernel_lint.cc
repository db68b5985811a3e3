#include "compiler/cpp/unikernel_lint.h"

#include <filesystem>
#include <set>
#include <string>

#include "compiler/cpp/codes.h"
#include "packager/calls/c_functions.h"

namespace faasc::cpp {
namespace {

constexpr std::string_view kSwitch = "; 'lint: off' in faas.yaml says that it is never reached";

// The libraries of the host, which carry such functions for whoever needs them, and the runtime.
bool is_toolchain(const std::string& file) {
  if (file.starts_with('<')) return true;  // lld's "<internal>", which stands for the option itself
  std::string archive = std::filesystem::path(file.substr(0, file.find('('))).filename().string();
  for (const char* name : {"libc.a", "libpthread.a", "libstdc++.a", "libgcc.a", "libgcc_eh.a", "libm.a",
                           "librt.a", "libdl.a", "libutil.a", "libfaasrt.a", "libfaasrt_lean.a", "crt1.o",
                           "crti.o", "crtn.o", "crtbeginT.o", "crtbegin.o", "crtend.o"})
    if (archive == name) return true;
  return false;
}

}  // namespace

std::vector<Diagnostic> lint_calls(const std::vector<CallFact>& calls, Severity severity) {
  std::vector<Diagnostic> findings;
  for (const CallFact& call : calls) {
    const UnikernelCall* known = find_nanos_call(call.name);
    if (!known) continue;
    Diagnostic finding;
    finding.severity = severity;
    finding.code = kCppUnikernelCall;
    finding.message = "'" + call.name + "' " + std::string(known->why) + ", which a unikernel does not do";
    finding.place = call.place;
    finding.line_text = call.line_text;
    finding.hint = std::string(known->instead) + std::string(kSwitch);
    finding.notes = call.callers;
    findings.push_back(std::move(finding));
  }
  return findings;
}

std::vector<Diagnostic> lint_link(std::string& linker_output, std::string_view work_dir, Severity severity) {
  std::vector<Diagnostic> findings;
  std::set<std::pair<std::string, std::string>> seen;
  std::string rest;
  for (std::size_t at = 0; at < linker_output.size();) {
    std::size_t end = linker_output.find('\n', at);
    if (end == std::string::npos) end = linker_output.size();
    std::string line = linker_output.substr(at, end - at);
    at = end + 1;
    // lld: "FILE: reference to NAME"; GNU ld puts its own name first; mold: "trace-symbol: FILE: reference to
    // NAME".
    static constexpr std::string_view kForms[] = {": reference to ", ": definition of ",
                                                  ": lazy definition of ", ": shared definition of ",
                                                  ": common definition of "};
    bool traced = false;
    for (std::string_view form : kForms) {
      std::size_t middle = line.rfind(form);
      if (middle == std::string::npos) continue;
      std::string name = line.substr(middle + form.size());
      const UnikernelCall* known = find_nanos_call(name);
      if (!known) continue;
      traced = true;
      std::string file = line.substr(0, middle);
      if (std::size_t prefix = file.rfind(": "); prefix != std::string::npos) file.erase(0, prefix + 2);
      if (form != kForms[0] || file.starts_with(work_dir) || is_toolchain(file)) break;
      if (!seen.emplace(file, name).second) break;
      Diagnostic finding;
      finding.severity = severity;
      finding.code = kCppUnikernelSymbol;
      finding.message = "'" + file + "' uses '" + name + "', which " + std::string(known->why) +
                        "; a unikernel does not do that";
      finding.hint = std::string(known->instead) + std::string(kSwitch);
      findings.push_back(std::move(finding));
      break;
    }
    if (!traced) rest += line + "\n";
  }
  linker_output = std::move(rest);
  return findings;
}

}  // namespace faasc::cpp
