// Compares what an edit of a Go function costs: faasc from the edit to the bootable image, and plain `go
// build` of the program that the user would write instead, which calls http.ListenAndServe. Both take turns,
// so that a busy machine is busy for both. Prints the medians and their ratio, and what the image takes on
// the host's disk beyond its program and the kernel.
//
// usage: go_edit [--runs N] FAASC

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>

#include "packager/disk/nanos_disk_reader.h"
#include "tests/bench/timed_commands.h"

namespace {

using namespace faasc;
namespace fs = std::filesystem;
using bench::median;
using bench::milliseconds_of;
using bench::put;
using bench::stop;

constexpr const char* kBody =
    "import (\n\t\"io\"\n\t\"net/http\"\n)\n\n"
    "func Hello(w http.ResponseWriter, r *http.Request) { io.WriteString(w, greeting) }\n";

const std::map<std::string, std::string> kStatic = {{"CGO_ENABLED", "0"}};

// Where it is for Nanos: the kernel is on the disk, beside the program.
void print_overhead(const fs::path& image) {
  struct stat status;
  auto disk = open_nanos_disk(image);
  if (::stat(image.c_str(), &status) != 0 || !disk) return;
  std::uint64_t payload = 0;
  for (const auto* tree : {&disk->bootfs, &disk->rootfs})
    if (*tree)
      for (const StoredEntry& entry : (*tree)->entries()) payload += entry.size_bytes;
  double beyond = static_cast<double>(status.st_blocks) * 512 - static_cast<double>(payload);
  std::printf("beyond these      %.1f KiB of the host's disk that are neither program nor kernel\n",
              beyond / 1024);
}

}  // namespace

int main(int argc, char** argv) {
  ::setenv("FAASC_NO_CACHE", "1", 1);  // edits that an earlier run has built
  int runs = 11;
  int at = 1;
  if (at + 1 < argc && std::string_view(argv[at]) == "--runs") {
    runs = std::max(1, std::atoi(argv[at + 1]));
    at += 2;
  }
  if (at + 1 != argc) {
    std::fputs("usage: go_edit [--runs N] FAASC\n", stderr);
    return 2;
  }
  std::string faasc_program = fs::absolute(argv[at]).string();
  auto place = TemporaryDirectory::create(fs::temp_directory_path(), "go_edit");
  if (!place) stop(place.error());
  fs::path ours = place->path() / "ours", plain = place->path() / "plain";
  for (const fs::path& directory : {ours, plain})
    put(directory / "go.mod", "module example.com/hello\n\ngo 1.19\n");
  put(ours / "faas.yaml", "apiVersion: faasc/v1\nname: hello\nruntime: go\nhandler: Hello\n");

  std::vector<double> with_faasc, with_go;
  for (int i = -1; i < runs; ++i) {
    // A body of the same length each time; the first round fills Go's cache and does not count.
    std::string edit = "const greeting = \"hello " + std::to_string(1000 + i) + "\"\n";
    put(ours / "hello.go", "package hello\n\n" + (kBody + edit));
    put(plain / "main.go",
        "package main\n\n" + (kBody + edit) +
            "\nfunc main() {\n\thttp.HandleFunc(\"/\", Hello)\n\thttp.ListenAndServe(\":8080\", nil)\n}\n");
    double go = milliseconds_of({{"go", "build", "-trimpath", "-buildvcs=false", "-o", "program", "."}},
                                plain, kStatic);
    double faasc_ms = milliseconds_of({{faasc_program, "-q", "build"}}, ours, kStatic);
    if (i < 0) continue;
    with_go.push_back(go);
    with_faasc.push_back(faasc_ms);
  }
  double unchanged = milliseconds_of({{faasc_program, "-q", "build"}}, ours, kStatic);
  std::printf("edit, %d rounds   go build %.0f ms   faasc build, to the image %.0f ms   ratio %.2f\n", runs,
              median(with_go), median(with_faasc), median(with_faasc) / median(with_go));
  std::printf("nothing changed   faasc build %.1f ms\n", unchanged);
  std::printf("sizes             go build %ju bytes   the image's program %ju bytes\n",
              static_cast<std::uintmax_t>(fs::file_size(plain / "program")),
              static_cast<std::uintmax_t>(fs::file_size(ours / "build/.faasc/hello/go/function")));
  print_overhead(ours / "build/hello.img");
}
