// How long a host that built nothing before takes to build a Python function whose wheels a lock names: with
// nothing kept, so that pip installs them; with what another host has put into the cache of builds; and the
// same, offline. None of them has pip's own cache, nor anything that is kept for the interpreter. For a
// handler that imports Flask, and for one that imports NumPy.
//
// usage: python_wheels FAASC [ROUNDS]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

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

    std::vector<double> fresh, shared, offline;
    auto build = [&](const fs::path& cache, std::vector<std::string> more) {
      fs::remove_all(project / "build");
      more.insert(more.begin(), faasc_program);
      more.insert(more.end(), {"-q", "build"});
      return milliseconds_of({more}, project, host(cache));
    };
    for (int round = 0; round < rounds; ++round) {
      const fs::path one = here / "one", two = here / "two";
      fresh.push_back(build(one, {}));
      for (auto [times, option] : {std::pair(&shared, ""), std::pair(&offline, "--offline")}) {
        fs::create_directories(two);
        fs::copy(one / "build", two / "build", fs::copy_options::recursive);
        times->push_back(build(two, *option ? std::vector<std::string>{option} : std::vector<std::string>{}));
        fs::remove_all(two);
      }
      fs::remove_all(one);
    }
    std::printf("%-44s %8s %6s   (median of %d)\n", function.requirement, "ms", "ratio", rounds);
    auto row = [&](const char* what, const std::vector<double>& times) {
      std::printf("%-44s %8.0f %6.2f\n", what, median(times), median(times) / median(fresh));
    };
    row("nothing kept", fresh);
    row("with the cache of another host", shared);
    row("the same, offline", offline);
  }
  return 0;
}
