// How fast a tree becomes a disk, held against the least that has to be done: read every file, write its
// bytes.
//
//   image_assembly DIRECTORY [ROUNDS]         makes the trees in DIRECTORY, then prints medians and ratios of
//   one run in which
//                                             the contestants take turns (absolute times of two runs are not
//                                             comparable)
//   image_assembly --one WHO DIRECTORY TREE   one contestant once: for valgrind --tool=callgrind
//
// The contestants: pack (the floor, below), faasc (a Nanos disk), again (the same after one file changed,
// with the earlier image at hand), ext4 (our Linux root), and where they are found tar, mke2fs -d, and
// upstream's mkfs, which FAASC_NANOS_MKFS names. Bytes read and written are those of system calls (rchar and
// wchar of proc(5)).

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <random>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "packager/disk/nanos_disk.h"
#include "packager/ext4/ext4_writer.h"
#include "tests/bench/median.h"

namespace {
namespace fs = std::filesystem;
using faasc::bench::median;

// The floor: open, fstat, read and close every file of a list, and write it all in pieces of 1 MiB, files at
// multiples of a sector. No names, no metadata, no checks worth the name.
int pack(const char* list, const char* out) {
  constexpr std::size_t kBuffer = 1 << 20;
  static char buffer[kBuffer];
  std::size_t used = 0;
  int to = ::open(out, O_CREAT | O_TRUNC | O_WRONLY, 0644);
  std::ifstream paths(list);
  for (std::string path; std::getline(paths, path);) {
    int from = ::open(path.c_str(), O_RDONLY);
    struct stat status;
    if (from < 0 || ::fstat(from, &status) != 0) return 1;
    for (off_t left = status.st_size; left > 0;) {
      if (used == kBuffer) {
        if (::write(to, buffer, used) != static_cast<ssize_t>(used)) return 1;
        used = 0;
      }
      ssize_t count =
          ::read(from, buffer + used, std::min<std::size_t>(kBuffer - used, static_cast<std::size_t>(left)));
      if (count <= 0) return 1;
      used += static_cast<std::size_t>(count);
      left -= count;
    }
    ::close(from);
    std::size_t padded = (used + 511) / 512 * 512;
    std::memset(buffer + used, 0, padded - used);
    used = padded;
  }
  return ::write(to, buffer, used) == static_cast<ssize_t>(used) && ::close(to) == 0 ? 0 : 1;
}

int read_tree(const std::string& list, const std::string& root, faasc::Program& program) {
  std::ifstream paths(list);
  for (std::string path; std::getline(paths, path);) {
    auto added = program.rootfs.add(path.substr(root.size()), {faasc::HostFile{path}, 0644, {}});
    if (!added) return std::cerr << to_text(added.error(), faasc::Color::Off), 1;
    if (program.executable.empty()) program.executable = path.substr(root.size());
  }
  return 0;
}

int write_disk(const faasc::Program& program, const std::string& out) {
  faasc::Kernel kernel;
  auto image = faasc::write_nanos_disk({.program = program, .kernel = kernel, .bios_bootable = false}, out);
  if (!image) return std::cerr << to_text(image.error(), faasc::Color::Off), 1;
  return 0;
}

// As a build does that finds an earlier image, and what it knows of it.
int write_disk_again(const faasc::Program& program, const std::string& out) {
  faasc::Kernel kernel;
  faasc::ImagePlaces places;
  if (auto text = faasc::read_file(out + ".places"))
    places = faasc::ImagePlaces::parse(*text).value_or(faasc::ImagePlaces{});
  auto image =
      faasc::rewrite_nanos_disk({.program = program, .kernel = kernel, .bios_bootable = false}, out, places);
  if (!image) return std::cerr << to_text(image.error(), faasc::Color::Off), 1;
  return faasc::write_file(out + ".places", places.to_text()) ? 0 : 1;
}

int write_ext4_root(const faasc::Program& program, const std::string& out) {
  auto image = faasc::write_ext4(program.rootfs, {}, out);
  if (!image) return std::cerr << to_text(image.error(), faasc::Color::Off), 1;
  return 0;
}

// ---- the trees ----

struct Tree {
  const char* name;
  const char* what;
  std::vector<std::size_t> sizes;
  bool nested;
};

std::vector<Tree> trees() {
  std::mt19937 random(1);
  std::vector<std::size_t> library;  // 38 MB, many small files and few large ones
  for (int i = 0; i < 1283; ++i) {
    double size = 480;
    for (auto doublings = random() % 9; doublings > 0; --doublings) size *= 2;
    library.push_back(static_cast<std::size_t>(size * (0.6 + static_cast<double>(random() % 1000) / 1000)));
  }
  return {
      {"library", "1283 files like Python's standard library", library, true},
      {"n10k", "10000 files of 20 KiB", std::vector<std::size_t>(10'000, 20 * 1024), true},
      {"big", "one file of 1 GiB", {std::size_t{1} << 30}, false},
      {"k10", "10000 files of 1 KiB", std::vector<std::size_t>(10'000, 1024), true},
      {"k100", "100000 files of 1 KiB: ten times as many", std::vector<std::size_t>(100'000, 1024), true}};
}

void make(const Tree& tree, const fs::path& directory) {
  fs::path list = directory / (std::string(tree.name) + ".list");
  if (fs::exists(list)) return;
  std::mt19937_64 random(2);
  std::vector<std::string> paths;
  for (std::size_t i = 0; i < tree.sizes.size(); ++i) {
    fs::path path = directory / tree.name;
    if (tree.nested) path = path / "usr/lib/python3" / ("package" + std::to_string(i / 40)) / "sub";
    fs::create_directories(path);
    path /= "module" + std::to_string(i) + ".py";
    std::ofstream out(path, std::ios::binary);
    std::vector<std::uint64_t> block((1 << 20) / 8);
    for (std::size_t left = tree.sizes[i]; left > 0;) {
      std::size_t count = std::min<std::size_t>(left, 1 << 20);
      for (std::size_t word = 0; word <= count / 8 && word < block.size(); ++word) block[word] = random();
      out.write(reinterpret_cast<const char*>(block.data()), static_cast<std::streamsize>(count));
      left -= count;
    }
    paths.push_back(path);
  }
  std::sort(paths.begin(), paths.end());

  // Upstream's manifest names every file once more, directories nested by hand.
  std::ofstream manifest(directory / (std::string(tree.name) + ".manifest"));
  std::vector<std::string> open;
  manifest << "(children:(";
  for (const std::string& path : paths) {
    std::vector<std::string> parts;
    for (const fs::path& part : fs::relative(path, directory / tree.name)) parts.push_back(part);
    std::size_t same = 0;
    while (same < open.size() && same + 1 < parts.size() && open[same] == parts[same]) ++same;
    for (; open.size() > same; open.pop_back()) manifest << "))";
    for (; open.size() + 1 < parts.size(); open.push_back(parts[open.size()]))
      manifest << parts[open.size()] << ":(children:(";
    manifest << parts.back() << ":(contents:(host:" << path << "))\n";
  }
  for (; !open.empty(); open.pop_back()) manifest << "))";
  manifest << ") program:/x)\n";

  std::ofstream listing(list);
  for (const std::string& path : paths) listing << path << "\n";
}

// ---- the run ----

struct Sample {
  double seconds;
  double cpu_seconds;
  long peak_kib;
  std::uint64_t read_bytes, written_bytes;
};

std::uint64_t io_of(pid_t pid, const std::string& field) {
  std::ifstream io("/proc/" + std::to_string(pid) + "/io");
  std::string name;
  for (std::uint64_t value; io >> name >> value;)
    if (name == field + ":") return value;
  return 0;
}

// The last of the tree, so that its place in the image does not change and those before it neither.
void change_one_file(const fs::path& directory, const Tree& tree) {
  std::ifstream list(directory / (std::string(tree.name) + ".list"));
  std::string path, line;
  while (std::getline(list, line)) path = line;
  int file = ::open(path.c_str(), O_RDWR);
  char byte = 0;
  bool changed = ::pread(file, &byte, 1, 0) == 1;
  ++byte;
  changed = changed && ::pwrite(file, &byte, 1, 0) == 1;
  ::close(file);
  if (!changed) std::exit(1);
  ::usleep(20'000);  // past the tick of the clock in which it changed
}

Sample run(const std::string& self, const std::string& who, const fs::path& directory, const Tree& tree) {
  if (who == "again")
    change_one_file(directory, tree);
  else
    ::unlink((directory / "out").c_str());
  auto start = std::chrono::steady_clock::now();
  pid_t pid = ::fork();
  if (pid == 0) {
    ::execl(self.c_str(), self.c_str(), "--one", who.c_str(), directory.c_str(), tree.name, nullptr);
    _exit(127);
  }
  int status = 0;
  struct rusage usage{};
  siginfo_t ended{};
  ::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT);
  std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::uint64_t read_bytes = io_of(pid, "rchar"), written_bytes = io_of(pid, "wchar");
  ::wait4(pid, &status, 0, &usage);
  if (status != 0) {
    std::cerr << who << " failed on " << tree.name << "\n";
    std::exit(1);
  }
  auto cpu = [](timeval time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {seconds.count(), cpu(usage.ru_utime) + cpu(usage.ru_stime), usage.ru_maxrss, read_bytes,
          written_bytes};
}

int one(const std::string& who, const fs::path& directory, const std::string& tree) {
  std::string list = directory / (tree + ".list"), root = directory / tree, out = directory / "out";
  if (who == "pack") return pack(list.c_str(), out.c_str());
  faasc::Program program;
  if (who == "faasc" || who == "again" || who == "ext4") {
    if (int status = read_tree(list, root, program)) return status;
    if (who == "faasc") return write_disk(program, out);
    return who == "again" ? write_disk_again(program, out + "." + tree) : write_ext4_root(program, out);
  }
  if (who == "tar") return ::execlp("tar", "tar", "-cf", out.c_str(), "-C", root.c_str(), ".", nullptr);
  if (who == "mke2fs") {
    // Room for everything twice, as one has to guess; the file is sparse.
    return ::execlp("mke2fs", "mke2fs", "-q", "-F", "-t", "ext4", "-O", "^has_journal", "-N", "131072", "-d",
                    root.c_str(), out.c_str(), "2500M", nullptr);
  }
  const char* mkfs = std::getenv("FAASC_NANOS_MKFS");
  int in = ::open((directory / (tree + ".manifest")).c_str(), O_RDONLY);
  int null = ::open("/dev/null", O_WRONLY);  // it prints the whole tree
  if (!mkfs || ::dup2(in, STDIN_FILENO) < 0 || ::dup2(null, STDOUT_FILENO) < 0) return 1;
  ::execl(mkfs, mkfs, out.c_str(), nullptr);
  return 127;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 5 && std::string(argv[1]) == "--one") return one(argv[2], argv[3], argv[4]);
  if (argc < 2 || argv[1][0] == '-') {
    std::cerr << "usage: image_assembly DIRECTORY [ROUNDS]\n       image_assembly --one "
                 "faasc|again|ext4|pack|tar|mke2fs|mkfs "
                 "DIRECTORY TREE\n";
    return 2;
  }
  fs::path directory = fs::absolute(argv[1]);
  int rounds = argc > 2 ? std::atoi(argv[2]) : 7;
  std::vector<std::string> contestants = {"pack", "faasc", "again", "ext4"};
  for (const char* program : {"tar", "mke2fs"})
    if (faasc::find_program(program)) contestants.emplace_back(program);
  if (std::getenv("FAASC_NANOS_MKFS")) contestants.emplace_back("mkfs");
  std::printf("%-8s %-6s %10s %10s %10s %10s %10s %10s %10s\n", "tree", "who", "wall ms", "of pack", "cpu ms",
              "of pack", "peak MiB", "read MiB", "wrote MiB");
  double small_cpu = 0;
  for (const Tree& tree : trees()) {
    fs::create_directories(directory);
    make(tree, directory);
    std::vector<std::vector<Sample>> samples(contestants.size());
    for (int round = -1; round < rounds; ++round)  // the first round warms the cache
      for (std::size_t i = 0; i < contestants.size(); ++i) {
        Sample sample = run(fs::read_symlink("/proc/self/exe"), contestants[i], directory, tree);
        if (round >= 0) samples[i].push_back(sample);
      }
    for (std::size_t i = 0; i < contestants.size(); ++i) {
      std::vector<double> wall, cpu, wall_ratio, cpu_ratio, peak, read, written;
      for (int round = 0; round < rounds; ++round) {
        const Sample &floor = samples[0][static_cast<std::size_t>(round)],
                     &own = samples[i][static_cast<std::size_t>(round)];
        wall.push_back(own.seconds * 1000);
        cpu.push_back(own.cpu_seconds * 1000);
        wall_ratio.push_back(own.seconds / floor.seconds);
        cpu_ratio.push_back(own.cpu_seconds / floor.cpu_seconds);
        peak.push_back(static_cast<double>(own.peak_kib) / 1024);
        read.push_back(static_cast<double>(own.read_bytes) / (1 << 20));
        written.push_back(static_cast<double>(own.written_bytes) / (1 << 20));
      }
      std::printf("%-8s %-6s %10.1f %10.2f %10.1f %10.2f %10.1f %10.1f %10.1f\n", tree.name,
                  contestants[i].c_str(), median(wall), median(wall_ratio), median(cpu), median(cpu_ratio),
                  median(peak), median(read), median(written));
      if (contestants[i] == "faasc" && tree.name == std::string("k10")) small_cpu = median(cpu);
      if (contestants[i] == "faasc" && tree.name == std::string("k100"))
        std::printf("k100 takes %.2f times the processor time of k10; 10 is linear\n",
                    median(cpu) / small_cpu);
    }
    for (const std::string& file :
         {std::string("out"), "out." + std::string(tree.name), "out." + std::string(tree.name) + ".places"})
      ::unlink((directory / file).c_str());
  }
  return 0;
}
