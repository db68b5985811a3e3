// Compares images of Python functions with what one gets without faasc's care: the whole standard library,
// and byte code that the guest cannot use. (Files of an image have no modification time, so a .pyc that is
// checked against its source's time never matches, and everything is compiled at each boot.) For a Lambda
// handler and a Flask function: what the image weighs, how long an edit takes to be in it, and, by
// first_response, the wall-clock time and the guest instructions to the first response. Both images of a
// function take turns.
//
// usage: python_images [--runs N] [--plugin libinstruction_counter.so] FAASC FIRST_RESPONSE

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "tests/bench/timed_commands.h"

namespace {

using namespace faasc;
namespace fs = std::filesystem;
using bench::median;
using bench::milliseconds_of;
using bench::output_of;
using bench::put;
using bench::stop;

struct Function {
  const char *name, *handler, *source;
};

constexpr Function kFunctions[] = {
    {"lambda", "main.lambda_handler",
     "import json\n\n\ndef lambda_handler(event, context):\n"
     "    return {\"statusCode\": 200, \"body\": json.dumps(GREETING)}\n"},
    {"flask", "main.hello",
     "import functions_framework\n\n\n@functions_framework.http\ndef hello(request):\n    return GREETING\n"},
};

double allocated_mib(const fs::path& file) {
  struct stat status{};
  ::stat(file.c_str(), &status);
  return static_cast<double>(status.st_blocks) * 512 / (1 << 20);
}

}  // namespace

int main(int argc, char** argv) {
  ::setenv("FAASC_NO_CACHE", "1", 1);  // edits that an earlier run has built
  int runs = 5;
  std::string plugin;
  int at = 1;
  for (; at + 1 < argc && std::string_view(argv[at]).starts_with("--"); at += 2) {
    if (std::string_view(argv[at]) == "--runs") runs = std::max(1, std::atoi(argv[at + 1]));
    if (std::string_view(argv[at]) == "--plugin") plugin = fs::absolute(argv[at + 1]).string();
  }
  if (at + 2 != argc) {
    std::fputs("usage: python_images [--runs N] [--plugin FILE.so] FAASC FIRST_RESPONSE\n", stderr);
    return 2;
  }
  std::string faasc_program = fs::absolute(argv[at]).string();
  // What stands on PATH may be a script that looks for the interpreter first.
  std::string python = output_of({"python3", "-c", "import sys; print(sys.executable, end='')"}, "/");
  std::vector<std::string> response{fs::absolute(argv[at + 1]).string(), "--runs", std::to_string(runs)};
  if (!plugin.empty()) response.insert(response.end(), {"--plugin", plugin});
  auto place = TemporaryDirectory::create(fs::temp_directory_path(), "python_images");
  if (!place) stop(place.error());

  for (const Function& function : kFunctions) {
    fs::path ours = place->path() / function.name / "ours", whole = place->path() / function.name / "whole";
    const std::string manifest =
        std::string("apiVersion: faasc/v1\nname: hello\nruntime: python\nhandler: ") + function.handler +
        "\nresources: {memory: 512MiB}\nlimits: {init_timeout: 240s}\n";
    put(ours / "faas.yaml", manifest);
    put(whole / "faas.yaml", manifest + "build: {python: {prune: none, bytecode: false}}\n");
    std::vector<double> edits, starts;
    for (int i = -1; i < runs; ++i) {
      // A value of the same length each time; the first round fills the caches and does not count.
      std::string text = "GREETING = \"hello " + std::to_string(1000 + i) + "\"\n" + function.source;
      put(ours / "main.py", text);
      put(whole / "main.py", text);
      double edit = milliseconds_of({{faasc_program, "-q", "build"}}, ours);
      double start = milliseconds_of({{python, "-S", "-s", "-c", "import ast, json"}}, "/");
      if (i < 0) continue;
      edits.push_back(edit);
      starts.push_back(start);
    }
    milliseconds_of({{faasc_program, "-q", "build"}}, whole);
    double unchanged = milliseconds_of({{faasc_program, "-q", "build"}}, ours);
    double size = allocated_mib(ours / "build/hello.img"), other = allocated_mib(whole / "build/hello.img");
    std::printf("%s\n  on disk   %.1f MiB, of the whole library's %.1f MiB: ratio %.2f\n", function.name,
                size, other, size / other);
    std::printf(
        "  an edit   %.0f ms to the image; python3 alone starts in %.0f ms; nothing changed %.1f ms\n",
        median(edits), median(starts), unchanged);
    std::vector<std::string> command = response;
    command.insert(command.end(),
                   {(whole / "build/hello.vm.json").string(), (ours / "build/hello.vm.json").string()});
    std::printf("  whole library first, then ours\n%s\n", output_of(command, "/").c_str());
    std::fflush(stdout);
  }
}
