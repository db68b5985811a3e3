#include "tests/system/transcript.h"

#include <chrono>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

Error malformed(std::string_view line) {
  return {Fault::Internal, "", "a transcript has no place for '" + std::string(line) + "'", {}, ""};
}

void replace_all(std::string& text, const std::string& what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size()))
    text.replace(at, what.size(), with);
}

struct Stage {
  fs::path project, home, store;

  Result<Finished> sh(const std::string& script) const {
    Command command;
    command.argv = {"sh", "-c", script};
    command.working_directory = project;
    const char* path = std::getenv("PATH");
    command.environment = {{"PATH", std::string(FAASC_PREFIX "/bin:") + (path ? path : "/usr/bin:/bin")},
                           {"PREFIX", FAASC_PREFIX},
                           {"HOME", home},
                           {"FAASC_HOME", store},
                           {"FAASC_CACHE_DIR", home / "cache"},
                           {"XDG_CACHE_HOME", home / "cache"},
                           {"LC_ALL", "C.UTF-8"},
                           {"NO_COLOR", "1"},
                           {"GITHUB_ACTIONS", ""}};
    return run(command, {.timeout = std::chrono::seconds(120)});
  }

  Result<bool> fulfils(std::string_view condition) {
    if (condition.starts_with("kernel ")) {
      FAASC_TRY(KernelStore of_user, KernelStore::open());
      for (KernelFamily family : {KernelFamily::Nanos, KernelFamily::Linux}) {
        if (condition.substr(7) != name_of(family)) continue;
        Result<Kernel> kernel = of_user.find(family);
        store = of_user.root().parent_path();
        return kernel && of_user.owns(*kernel);
      }
      return false;
    }
    FAASC_TRY(Finished finished, sh(std::string(condition)));
    return finished.status.ok();
  }
};

}  // namespace

Result<Transcript> Transcript::parse(std::string_view text) {
  Transcript transcript;
  bool in_file = false;
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.starts_with("===")) {
      in_file = line.size() > 4;
      if (in_file) transcript.files.push_back({std::string(line.substr(4)), ""});
    } else if (in_file) {
      transcript.files.back().text.append(line).append("\n");
    } else if (line.starts_with("$ ")) {
      transcript.steps.push_back({std::string(line.substr(2)), ""});
    } else if (!transcript.steps.empty()) {
      transcript.steps.back().output.append(line).append("\n");
    } else if (line.starts_with('#') || line.starts_with("? ")) {
      transcript.comments.emplace_back(line);
      if (line.starts_with('?')) transcript.conditions.emplace_back(line.substr(2));
    } else {
      return malformed(line);
    }
  }
  return transcript;
}

std::string Transcript::to_text() const {
  std::string text;
  for (const std::string& line : comments) text += line + "\n";
  for (const File& file : files) text += "=== " + file.name + "\n" + file.text;
  if (!files.empty()) text += "===\n";
  for (const Step& step : steps) text += "$ " + step.command + "\n" + step.output;
  return text;
}

Result<Played> play(const Transcript& transcript) {
  FAASC_TRY(auto directory, TemporaryDirectory::create(testing::TempDir(), "transcript"));
  Stage stage{directory.path() / "project", directory.path() / "home", directory.path() / "home/store"};
  fs::create_directories(stage.project);
  fs::create_directories(stage.home);
  for (const Transcript::File& file : transcript.files) {
    fs::create_directories((stage.project / file.name).parent_path());
    FAASC_CHECK(write_file(stage.project / file.name, file.text));
  }
  Played played{transcript, ""};
  for (const std::string& condition : transcript.conditions) {
    FAASC_TRY(bool fulfilled, stage.fulfils(condition));
    if (!fulfilled) {
      played.unfulfilled = condition;
      return played;
    }
  }
  for (Transcript::Step& step : played.transcript.steps) {
    FAASC_TRY(Finished finished, stage.sh("exec 2>&1\n" + step.command));
    std::string output = finished.out;
    replace_all(output, stage.project, "$PWD");
    replace_all(output, stage.home, "$HOME");
    replace_all(output, FAASC_PREFIX, "$PREFIX");
    if (!output.empty() && !output.ends_with('\n')) output += '\n';
    if (finished.status.signal != 0)
      output += "[signal " + std::to_string(finished.status.signal) + "]\n";
    else if (finished.status.code != 0)
      output += "[" + std::to_string(finished.status.code) + "]\n";
    step.output = output;
  }
  return played;
}

}  // namespace faasc
