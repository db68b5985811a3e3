// How long examples/monorepo takes, twelve functions in three languages in one call of faasc build: from
// nothing (no earlier build, an empty cache; Go's modules are there), in a fresh copy with the cache of that,
// unchanged, after a change of one line in each language, and of an environment. Each beside the first.
//
// usage: monorepo_build FAASC [ROUNDS]

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

double build(const std::string& faasc, const fs::path& project, const fs::path& cache) {
  return faasc::bench::milliseconds_of({{faasc, "build", "-q"}}, project,
                                       {{"FAASC_CACHE_DIR", cache.string()}});
}

void add_line(const fs::path& file, const char* line) {
  auto text = faasc::read_file(file);
  if (!text) faasc::bench::stop(text.error());
  faasc::bench::put(file, *text + line);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: monorepo_build FAASC [ROUNDS]\n");
    return 2;
  }
  std::string faasc = fs::absolute(argv[1]);
  int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
  auto place = faasc::TemporaryDirectory::create(fs::temp_directory_path(), "monorepo");
  if (!place) return 1;

  struct Row {
    const char* what;
    std::vector<double> ms;
  };
  std::vector<Row> rows = {{"from nothing", {}},
                           {"a fresh copy, with the cache of that", {}},
                           {"nothing changed", {}},
                           {"one line of C++ changed", {}},
                           {"one line of Go changed", {}},
                           {"one line of Python changed", {}},
                           {"a Go function's environment changed", {}},
                           {"a Python function's environment changed", {}}};
  for (int round = 0; round < rounds; ++round) {
    fs::path here = place->path() / std::to_string(round), cache = here / "cache", one = here / "one",
             two = here / "two";
    fs::create_directories(here);
    for (const fs::path& copy : {one, two}) {
      fs::copy(fs::path(FAASC_SOURCE_DIR) / "examples/monorepo", copy, fs::copy_options::recursive);
      // What whoever measures has built there already.
      std::vector<fs::path> built;
      for (const auto& entry : fs::recursive_directory_iterator(copy))
        if (entry.path().filename() == "build") built.push_back(entry.path());
      for (const fs::path& directory : built) fs::remove_all(directory);
    }
    rows[0].ms.push_back(build(faasc, one, cache));
    rows[1].ms.push_back(build(faasc, two, cache));
    rows[2].ms.push_back(build(faasc, one, cache));
    add_line(one / "orders/vat/vat.cc", "// one line more\n");
    rows[3].ms.push_back(build(faasc, one, cache));
    add_line(one / "geo/area/area.go", "// one line more\n");
    rows[4].ms.push_back(build(faasc, one, cache));
    add_line(one / "text/slug/slug.py", "# one line more\n");
    rows[5].ms.push_back(build(faasc, one, cache));
    add_line(one / "geo/convert/faas.yaml", "env: {UNIT: km}\n");
    rows[6].ms.push_back(build(faasc, one, cache));
    add_line(one / "text/count/faas.yaml", "env: {UNIT: words}\n");
    rows[7].ms.push_back(build(faasc, one, cache));
    fs::remove_all(here);
  }
  double first = median(rows[0].ms);
  std::printf("%-40s %10s %8s   (median of %d)\n", "12 functions, 3 languages", "ms", "ratio", rounds);
  for (const Row& row : rows)
    std::printf("%-40s %10.1f %8.3f\n", row.what, median(row.ms), median(row.ms) / first);
  return 0;
}
