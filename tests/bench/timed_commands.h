#pragma once

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "tests/bench/median.h"

// What the programs have in common that time whole commands: a failure ends them.

namespace faasc::bench {

[[noreturn]] inline void stop(const Error& error) {
  std::fputs(to_text(error, Color::Off).c_str(), stderr);
  std::exit(1);
}

inline void put(const std::filesystem::path& path, const std::string& text) {
  if (auto written = write_file(path, text); !written) stop(written.error());
}

/// What a command prints.
inline std::string output_of(const std::vector<std::string>& argv, const std::filesystem::path& directory,
                             const std::map<std::string, std::string>& environment = {}) {
  auto finished = run({.argv = argv, .working_directory = directory, .environment = environment},
                      {.timeout = std::chrono::minutes(60)});
  if (!finished) stop(finished.error());
  if (!finished->status.ok()) {
    std::fprintf(stderr, "'%s' failed:\n%s%s", to_shell(argv).c_str(), finished->out.c_str(),
                 finished->err.c_str());
    std::exit(1);
  }
  return finished->out;
}

/// Wall time of commands one after the other, from the start of the first to the end of the last.
inline double milliseconds_of(const std::vector<std::vector<std::string>>& commands,
                              const std::filesystem::path& directory,
                              const std::map<std::string, std::string>& environment = {}) {
  using Clock = std::chrono::steady_clock;
  auto started = Clock::now();
  for (const std::vector<std::string>& argv : commands) output_of(argv, directory, environment);
  return std::chrono::duration<double, std::milli>(Clock::now() - started).count();
}

}  // namespace faasc::bench
