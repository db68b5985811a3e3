// What the cache of builds costs and saves: a build with nothing to do, one in a fresh checkout of which
// every input was built before, and an edit that nobody has made before, with the cache and without. Beside
// them stands what others take for the like here: ninja with nothing to do, ccache with a hit, and copying
// the files that a build writes. The commands take turns, so that all of them meet the same machine.
//
// usage: build_cache FAASC [ROUNDS]

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/file.h"
#include "base/process.h"
#include "tests/bench/timed_commands.h"

namespace {

namespace fs = std::filesystem;
using faasc::bench::median;
using faasc::bench::output_of;
using faasc::bench::put;

struct Timed {
  std::string what;
  std::function<void()> prepare;  ///< not timed; may be none
  std::vector<std::string> argv;
  fs::path directory;
  std::vector<double> ms{};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: build_cache FAASC [ROUNDS]\n");
    return 2;
  }
  const std::string faasc = fs::absolute(argv[1]).string();
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 15;
  auto temporary = faasc::TemporaryDirectory::create(fs::temp_directory_path(), "build-cache");
  if (!temporary) return 1;
  const fs::path root = temporary->path();
  ::setenv("FAASC_CACHE_DIR", (root / "cache").c_str(), 1);
  ::setenv("CCACHE_DIR", (root / "ccache").c_str(), 1);
  for (const char* name : {"one", "edited", "edited-without"})
    output_of({faasc, "init", (root / name).string(), "--template", "cpp-http"}, root);
  std::error_code error;
  fs::copy(root / "one", root / "fresh", fs::copy_options::recursive, error);
  for (const char* name : {"one", "edited", "edited-without"}) output_of({faasc, "build", "-q"}, root / name);
  const fs::path image = [&] {
    for (const auto& entry : fs::directory_iterator(root / "one/build"))
      if (entry.path().extension() == ".img") return entry.path();
    return fs::path();
  }();
  const fs::path headers = fs::path(faasc).parent_path().parent_path() / "share/faasc/cpp/include";
  fs::path source;
  for (const auto& entry : fs::directory_iterator(root / "one"))
    if (entry.path().extension() == ".cc") source = entry.path();

  int edits = 0;
  auto edit = [&](const char* project) {
    const fs::path file = root / project / source.filename();
    const std::string text = *faasc::read_file(root / "one" / source.filename());
    put(file, text + "int edit_" + std::to_string(++edits) + "() { return 1; }\n");
    // What changes in the tick of the clock in which a build begins is not kept.
    output_of({"sleep", "0.02"}, root);
  };
  std::vector<Timed> all = {
      {"/bin/true", {}, {"/bin/true"}, root},
      {"faasc build, nothing to do", {}, {faasc, "build", "-q"}, root / "one"},
      {"faasc build, all in the cache",
       [&] { fs::remove_all(root / "fresh/build", error); },
       {faasc, "build", "-q"},
       root / "fresh"},
      {"cp of what that writes",
       [&] { fs::remove_all(root / "copy", error); },
       {"cp", "-r", (root / "one/build").string(), (root / "copy").string()},
       root},
      {"faasc build, a new edit", [&] { edit("edited"); }, {faasc, "build", "-q"}, root / "edited"},
      {"the same with --no-cache",
       [&] { edit("edited-without"); },
       {faasc, "build", "-q", "--no-cache"},
       root / "edited-without"},
  };
  const std::vector<std::string> compile = {
      "ccache",        "clang++-19", "-std=c++17",           "-O2", "-g1", "-I" + headers.string(), "-c",
      source.string(), "-o",         (root / "x.o").string()};
  const bool has_ccache = faasc::find_program("ccache") && faasc::find_program("clang++-19");
  if (has_ccache) all.push_back({"ccache, a hit", {}, compile, root});
  const bool has_ninja = faasc::find_program("ninja").has_value() && has_ccache;
  if (has_ninja) {
    put(root / "build.ninja", "rule cc\n  command = " + faasc::to_shell(compile) + "\nbuild " +
                                  (root / "x.o").string() + ": cc " + source.string() + "\n");
    all.push_back({"ninja, nothing to do", {}, {"ninja"}, root});
  }
  for (int round = -2; round < rounds; ++round)  // the first ones warm the caches
    for (Timed& timed : all) {
      if (timed.prepare) timed.prepare();
      const double ms = faasc::bench::milliseconds_of({timed.argv}, timed.directory);
      if (round >= 0) timed.ms.push_back(ms);
    }
  for (const Timed& timed : all) std::printf("%-32s %8.2f ms\n", timed.what.c_str(), median(timed.ms));
  const double floor = median(all[0].ms);
  std::printf("\nbeyond copying, of all in the cache: %.1f ms (goal 20)\n",
              median(all[2].ms) - median(all[3].ms));
  std::printf("a new edit, with / without the cache: %.3f (goal 1.05)\n",
              median(all[4].ms) / median(all[5].ms));
  std::printf("nothing to do, beyond starting a program: %.2f ms (goal 10)", median(all[1].ms) - floor);
  if (has_ninja)
    std::printf(", %.2f x ninja's", (median(all[1].ms) - floor) / (median(all.back().ms) - floor));
  std::printf("\n");
  if (has_ccache)
    std::printf("all in the cache: %.2f x a hit of ccache for its object alone\n",
                median(all[2].ms) / median(all[6].ms));
  std::printf("image: %s, %ju bytes\n", image.filename().c_str(), fs::file_size(image, error));
}
