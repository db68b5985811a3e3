// How fast a raw disk becomes one of another format, and how large, held against what others make of the same
// disk: qemu-img, and the zstd command.
//
//   disk_formats IMAGE DIRECTORY [ROUNDS]   converts IMAGE into DIRECTORY, the contestants taking turns;
//   prints medians
//                                           and ratios of this one run

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <string>
#include <vector>

#include <sys/stat.h>

#include "base/diagnostics.h"
#include "base/process.h"
#include "packager/disk/formats/convert.h"
#include "tests/bench/median.h"

namespace {
namespace fs = std::filesystem;
using faasc::DiskFormat;
using faasc::bench::median;

struct Contest {
  DiskFormat format;
  std::vector<std::string> other;  // the command, to which the two files are added
};

std::vector<Contest> contests() {
  auto qemu = [](std::vector<std::string> options) {
    std::vector<std::string> argv = {"qemu-img", "convert", "-f", "raw"};
    argv.insert(argv.end(), options.begin(), options.end());
    return argv;
  };
  return {{DiskFormat::Qcow2, qemu({"-O", "qcow2"})},
          {DiskFormat::Vmdk, qemu({"-O", "vmdk", "-o", "subformat=streamOptimized"})},
          {DiskFormat::Vhd, qemu({"-O", "vpc", "-o", "subformat=fixed,force_size=on"})},
          {DiskFormat::Vhdx, qemu({"-O", "vhdx", "-o", "block_size=1M"})},
          {DiskFormat::RawZst, {"zstd", "-q", "-f", "-9", "--single-thread", "-o"}}};
}

double seconds(const std::function<bool()>& what) {
  auto start = std::chrono::steady_clock::now();
  if (!what()) std::exit(1);
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

bool by_faasc(const std::string& image, DiskFormat format, const std::string& out) {
  auto converted = faasc::convert_image(image, format, out);
  if (!converted) std::cerr << to_text(converted.error(), faasc::Color::Off);
  return converted.has_value();
}

bool by_other(const Contest& contest, const std::string& image, const std::string& out) {
  std::vector<std::string> argv = contest.other;
  if (contest.format == DiskFormat::RawZst)
    argv.insert(argv.end(), {out, image});
  else
    argv.insert(argv.end(), {image, out});
  auto finished = faasc::run({.argv = argv, .working_directory = {}, .environment = {}});
  if (finished && finished->status.ok()) return true;
  std::cerr << (finished ? finished->err : finished.error().what) << "\n";
  return false;
}

long allocated_kib(const std::string& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? static_cast<long>(status.st_blocks / 2) : -1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::cerr << "usage: disk_formats IMAGE DIRECTORY [ROUNDS]\n";
    return 2;
  }
  std::string image = argv[1], directory = argv[2];
  int rounds = argc > 3 ? std::atoi(argv[3]) : 5;
  std::printf("%-8s %12s %12s %8s %14s %14s %8s\n", "format", "faasc", "other", "ratio", "faasc, on disk",
              "other, on disk", "ratio");
  for (const Contest& contest : contests()) {
    std::vector<double> ours, theirs;
    std::string our_file = directory + "/ours", their_file = directory + "/theirs";
    for (int round = 0; round < rounds; ++round) {
      ours.push_back(seconds([&] { return by_faasc(image, contest.format, our_file); }));
      theirs.push_back(seconds([&] { return by_other(contest, image, their_file); }));
    }
    long our_kib = allocated_kib(our_file), their_kib = allocated_kib(their_file);
    std::printf("%-8s %9.1f ms %9.1f ms %8.2f %10ld KiB %10ld KiB %8.2f\n",
                std::string(name_of(contest.format)).c_str(), 1000 * median(ours), 1000 * median(theirs),
                median(ours) / median(theirs), our_kib, their_kib,
                static_cast<double>(our_kib) / static_cast<double>(their_kib));
    fs::remove(our_file);
    fs::remove(their_file);
  }
}
