// How long commands take from start to end: starting faasc, checking a manifest, building where nothing
// changed, of one function and of a hundred; each beside /bin/true, which costs what starting any program
// costs here. The commands take turns, so that all of them meet the same machine.
//
// usage: command_times FAASC [ROUNDS]

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <spawn.h>

#include "base/file.h"

extern char** environ;

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

struct Times {
  double wall_ms = 0, cpu_ms = 0;
  int status = 0;
};

Times run(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  for (int fd : {1, 2}) posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_WRONLY, 0);
  auto start = Clock::now();
  pid_t child = 0;
  if (posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ) != 0) {
    std::fprintf(stderr, "cannot start %s\n", argv[0]);
    std::exit(1);
  }
  rusage usage{};
  Times times;
  ::wait4(child, &times.status, 0, &usage);
  times.wall_ms = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
  auto ms = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  times.cpu_ms = ms(usage.ru_utime) + ms(usage.ru_stime);
  posix_spawn_file_actions_destroy(&actions);
  return times;
}

double quantile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))];
}

// A manifest as long as they get in practice: 200 variables, 50 files, 50 tests.
std::string long_manifest() {
  std::string text = "apiVersion: faasc/v1\nname: long\nruntime: cpp\nhandler: hello\nenv:\n";
  for (int i = 0; i < 200; ++i) text += "  V" + std::to_string(i) + ": value\n";
  text += "files:\n";
  for (int i = 0; i < 50; ++i) text += "  - {from: hello.cc, to: /srv/file" + std::to_string(i) + "}\n";
  text += "tests:\n";
  for (int i = 0; i < 50; ++i) {
    text += "  - name: test " + std::to_string(i) +
            "\n    request: {method: POST, path: /, body: '{\"n\": 1}'}\n"
            "    expect: {status: 200, body_regex: '^a+b'}\n";
  }
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: command_times FAASC [ROUNDS]\n");
    return 2;
  }
  std::string faasc = argv[1];
  int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 200;

  auto directory = faasc::TemporaryDirectory::create(fs::temp_directory_path(), "command-times");
  if (!directory) return 1;
  std::string project = (directory->path() / "hello").string(), big = (directory->path() / "long").string();
  if (run({faasc, "init", project, "--template", "cpp-http"}).status != 0) {
    std::fprintf(stderr, "'%s init' failed\n", faasc.c_str());
    return 1;
  }
  std::string text = long_manifest();
  if (!faasc::write_file(fs::path(big) / "faas.yaml", text) ||
      !faasc::write_file(fs::path(big) / "hello.cc", "int x;\n"))
    return 1;

  struct Command {
    const char* what;
    std::vector<std::string> arguments;
    std::vector<double> wall, cpu;
  };
  std::vector<Command> commands = {
      {"/bin/true", {"/bin/true"}, {}, {}},
      {"faasc version", {faasc, "version"}, {}, {}},
      {"faasc check, the template", {faasc, "check", project}, {}, {}},
      {"faasc check, a long manifest", {faasc, "check", big}, {}, {}},
  };
  if (run({faasc, "build", project}).status == 0) {
    commands.push_back({"faasc build, nothing to do", {faasc, "build", project}, {}, {}});
    // One after the other they would start the program a hundred times.
    fs::path workspace = directory->path() / "workspace";
    std::error_code error;
    fs::create_directories(workspace, error);
    for (int i = 0; i < 100 && !error; ++i)
      fs::copy(project, workspace / ("f" + std::to_string(i)), fs::copy_options::recursive, error);
    if (error || !faasc::write_file(workspace / "faas.workspace.yaml", "apiVersion: faasc/v1\n")) return 1;
    if (run({faasc, "build", workspace}).status == 0)
      commands.push_back({"faasc build, 100 unchanged", {faasc, "build", workspace}, {}, {}});
  } else {
    std::printf("faasc build failed here, and is left out\n");
  }
  for (int round = -3; round < rounds; ++round) {  // the first ones warm the caches
    for (Command& command : commands) {
      Times times = run(command.arguments);
      if (times.status != 0) {
        std::fprintf(stderr, "'%s' failed\n", command.what);
        return 1;
      }
      if (round < 0) continue;
      command.wall.push_back(times.wall_ms);
      command.cpu.push_back(times.cpu_ms);
    }
  }
  double floor = quantile(commands[0].wall, 0.5);
  std::printf("%-30s %10s %10s %10s %12s %10s\n", "", "median ms", "p10 ms", "p90 ms", "beyond true",
              "CPU ms");
  for (const Command& command : commands) {
    double median = quantile(command.wall, 0.5);
    std::printf("%-30s %10.2f %10.2f %10.2f %12.2f %10.2f\n", command.what, median,
                quantile(command.wall, 0.1), quantile(command.wall, 0.9), median - floor,
                quantile(command.cpu, 0.5));
  }
}
