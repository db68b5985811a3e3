// How long a host that built nothing before takes to build a Python function whose wheels a lock names: with
// nothing kept, so that pip installs them; with what another host has put into the cache of builds; and the
// same, offline. None of them has pip's own cache, nor anything that is kept for the interpreter. For a
// handler that imports Flask, and for one that imports NumPy. Wall time, and the processor's, which other
// programs on the host disturb less.
//
// usage: python_wheels FAASC [ROUNDS]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/resource.h>

#include "tests/bench/timed_commands.h"

namespace {

namespace fs = std::filesystem;
using faasc::bench::median;
using faasc::bench::milliseconds_of;
using faasc::bench::put;

struct Function {
  const char *requirement, *source;
};

constexpr Function kFunctions[] = {
    {"flask", "import flask\n\n\ndef lambda_handler(event, context):\n    return flask.__name__\n"},
    {"numpy",
     "import numpy\n\n\ndef lambda_handler(event, context):\n    return int(numpy.arange(9).sum())\n"},
};

double processor_milliseconds() {
  rusage usage{};
  ::getrusage(RUSAGE_CHILDREN, &usage);
  auto milliseconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
  };
  return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

struct Times {
  std::vector<double> wall, processor;
};

std::map<std::string, std::string> host(const fs::path& cache) {
  return {{"FAASC_CACHE_DIR", cache.string()}, {"FAASC_CACHE_KEEP", "all"}, {"PIP_NO_CACHE_DIR", "1"}};
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: python_wheels FAASC [ROUNDS]\n");
    return 2;
  }
  const std::string faasc_program = fs::absolute(argv[1]).string();
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
  auto place = faasc::TemporaryDirectory::create(fs::temp_directory_path(), "python_wheels");
  if (!place) faasc::bench::stop(place.error());

  for (const Function& function : kFunctions) {
    const fs::path here = place->path() / function.requirement, project = here / "project";
    put(project / "faas.yaml",
        "apiVersion: faasc/v1\nname: wheels\nruntime: python\nhandler: main.lambda_handler\n"
        "build: {locked: true}\n");
    put(project / "requirements.txt", function.requirement + std::string("\n"));
    put(project / "main.py", function.source);
    milliseconds_of({{faasc_program, "-q", "lock"}}, project, host(here / "locking"));

    Times fresh, shared, offline;
    auto build = [&](Times& times, const fs::path& cache, std::vector<std::string> more) {
      fs::remove_all(project / "build");
      more.insert(more.begin(), faasc_program);
      more.insert(more.end(), {"-q", "build"});
      const double before = processor_milliseconds();
      times.wall.push_back(milliseconds_of({more}, project, host(cache)));
      times.processor.push_back(processor_milliseconds() - before);
    };
    for (int round = 0; round < rounds; ++round) {
      const fs::path one = here / "one", two = here / "two";
      build(fresh, one, {});
      for (auto [times, options] : {std::pair(&shared, std::vector<std::string>()),
                                    std::pair(&offline, std::vector<std::string>{"--offline"})}) {
        fs::create_directories(two);
        fs::copy(one / "build", two / "build", fs::copy_options::recursive);
        build(*times, two, options);
        fs::remove_all(two);
      }
      fs::remove_all(one);
    }
    std::printf("%-40s %8s %6s %8s %6s   (median of %d)\n", function.requirement, "ms", "ratio", "CPU ms",
                "ratio", rounds);
    auto row = [&](const char* what, const Times& times) {
      std::printf("%-40s %8.0f %6.2f %8.0f %6.2f\n", what, median(times.wall),
                  median(times.wall) / median(fresh.wall), median(times.processor),
                  median(times.processor) / median(fresh.processor));
    };
    row("nothing kept", fresh);
    row("with the cache of another host", shared);
    row("the same, offline", offline);
  }
  return 0;
}
