#include "compiler/cpp/cxx/link.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <iterator>

#include <clang/Driver/Action.h>
#include <clang/Driver/Job.h>
#include <llvm/ObjCopy/ConfigManager.h>
#include <llvm/ObjCopy/ObjCopy.h>
#include <llvm/Object/Binary.h>
#include <llvm/Support/raw_ostream.h>

#include "base/file.h"
#include "base/process.h"
#include "compiler/cpp/cxx/lean.h"
#include "compiler/cpp/cxx/toolchain.h"
#include "packager/calls/c_functions.h"

namespace faasc::cpp {
namespace {

namespace fs = std::filesystem;

// Where GNU ld puts executables. lld and mold begin at 2 MiB, which is where Nanos' own kernel lies: booted
// directly, it keeps that range mapped for itself, and a heap that begins below 4 MiB faults at its first
// use.
constexpr const char* kImageBase = "-Wl,--image-base=0x400000";

// Empty: the Clang driver's default.
std::string fastest_linker() {
  if (auto path = find_program(llvm_program_directory() + "/ld.lld")) return path->string();
  for (const char* name : {"ld.lld-19", "ld.lld", "mold"})
    if (auto path = find_program(name)) return path->string();
  return {};
}

faasc::Diagnostic complaint(std::string message) {
  faasc::Diagnostic diagnostic;
  diagnostic.message = std::move(message);
  return diagnostic;
}

// A make rule: "out: a.o \\\n  b\ c.o". Every linker escapes spaces with a backslash.
std::vector<std::string> prerequisites(const std::string& rule) {
  std::vector<std::string> files;
  std::size_t end = rule.find("\n\n");  // the phony rules that follow repeat the names
  std::string text = rule.substr(0, end);
  std::size_t at = text.find(": ");
  if (at == std::string::npos) return files;
  std::string word;
  for (at += 2; at <= text.size(); ++at) {
    char c = at < text.size() ? text[at] : '\n';
    if (c == '\\' && at + 1 < text.size() && text[at + 1] != '\n') {
      word += text[++at];
    } else if (c == ' ' || c == '\n' || c == '\\') {
      if (!word.empty()) files.push_back(std::exchange(word, {}));
    } else {
      word += c;
    }
  }
  return files;
}

// A static program's start-up files register all of its unwind tables, which the first exception then sorts:
// millions of instructions. Linked as a program that can be asked for its segments, it has a sorted table to
// search instead.
void use_sorted_unwind_table(std::vector<std::string>& command) {
  constexpr std::string_view kRegistering = "/crtbeginT.o";
  for (std::size_t i = 1; i < command.size(); ++i) {
    if (!command[i].ends_with(kRegistering)) continue;
    std::string other = command[i].substr(0, command[i].size() - kRegistering.size()) + "/crtbegin.o";
    if (std::error_code error; !fs::exists(other, error)) return;
    command[i] = std::move(other);
    command.insert(command.begin() + 1, "--eh-frame-hdr");
    return;
  }
}

Result<void> strip(const fs::path& from, const fs::path& to) {
  auto failed = [&](llvm::Error error) {
    return faasc::Error{Fault::Internal,
                        {},
                        "cannot strip '" + from.string() + "': " + llvm::toString(std::move(error)),
                        {},
                        {}};
  };
  auto binary = llvm::object::createBinary(from.string());
  if (!binary) return failed(binary.takeError());
  llvm::objcopy::ConfigManager config;
  config.Common.StripAll = true;
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream out(bytes);
  if (llvm::Error error = llvm::objcopy::executeObjcopyOnBinary(config, *binary->getBinary(), out))
    return failed(std::move(error));
  return write_file(to, std::string_view(bytes.data(), bytes.size()), 0755);
}

}  // namespace

LinkAnswer link(const LinkRequest& request) {
  LinkAnswer answer;
  DiagnosticRecorder recorder;
  std::string temporary = request.output + ".new";
  std::string depfile = request.output + ".d";
  std::vector<std::string> arguments = request.arguments;
  std::vector<std::string> objects;
  std::copy_if(arguments.begin(), arguments.end(), std::back_inserter(objects),
               [](const std::string& argument) { return argument.ends_with(".o"); });
  if (!request.lean.empty() && can_be_lean(objects)) arguments.push_back(request.lean);
  if (std::string linker = fastest_linker(); !linker.empty()) {
    arguments.push_back("--ld-path=" + linker);
    arguments.emplace_back(kImageBase);
    // A full disk is then an error that lld reports, and not a SIGBUS in the middle of a mapped file.
    if (linker.find("lld") != std::string::npos) arguments.emplace_back("-Wl,--no-mmap-output-file");
  }
  arguments.push_back("-Wl,--dependency-file=" + depfile);
  for (const UnikernelCall& call : nanos_calls())
    arguments.push_back("-Wl,--trace-symbol=" + std::string(call.name));
  arguments.emplace_back("-o");
  arguments.push_back(temporary);
  DriverPlan plan(std::move(arguments), recorder);
  answer.diagnostics = recorder.take();
  if (!plan.compilation()) return answer;
  const clang::driver::Command* job = nullptr;
  for (const clang::driver::Command& candidate : plan.compilation()->getJobs())
    if (candidate.getSource().getKind() == clang::driver::Action::LinkJobClass) job = &candidate;
  if (!job || plan.compilation()->getJobs().size() != 1) {
    answer.diagnostics.push_back(
        complaint("the link needs more than one step; only objects and libraries can be linked"));
    return answer;
  }
  answer.command.emplace_back(job->getExecutable());
  for (const char* argument : job->getArguments()) answer.command.emplace_back(argument);
  use_sorted_unwind_table(answer.command);

  auto finished = run({.argv = answer.command, .working_directory = {}, .environment = {}});
  if (!finished) {
    answer.diagnostics.push_back(complaint(finished.error().what));
    return answer;
  }
  answer.exit_code = finished->status.signal ? 128 + finished->status.signal : finished->status.code;
  answer.messages = finished->out + finished->err;
  if (auto rule = read_file(depfile)) answer.inputs = prerequisites(*rule);
  std::remove(depfile.c_str());
  if (!finished->status.ok()) {
    std::remove(temporary.c_str());
    return answer;
  }
  if (auto stripped = strip(temporary, request.stripped); !stripped) {
    std::remove(temporary.c_str());
    answer.diagnostics.push_back(complaint(stripped.error().what));
    return answer;
  }
  if (std::rename(temporary.c_str(), request.output.c_str()) != 0) {
    answer.diagnostics.push_back(complaint("cannot rename '" + temporary + "'"));
    return answer;
  }
  answer.ok = true;
  return answer;
}

}  // namespace faasc::cpp
