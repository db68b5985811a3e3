// Compares how images start: wall-clock time and guest instructions from the start of the VM to the first
// response, and what the images weigh. Prints one table from one run; the specs take turns, so that a busy
// machine is busy for all of them.
//
// "waiting" are the instructions of loops in which the guest waits for time to go by; they are among the
// others. Without KVM, Nanos waits 10 ms to see how fast the processor's timer counts, and the faster the
// emulator, the more instructions that takes.
//
// Instructions are told apart by address. A PC's firmware and loaders run where programs do, so "program"
// means the program only where the VMM loads the kernel. "overhead" is what the host's file system holds for
// the image beyond the files in its root and in what it boots from.
//
// ":single" is a microvm that can have one processor only, which QEMU before 8.1 emulates without memory
// barriers, and in which Nanos' network stalls; what faasc starts by default can have a second one, which
// costs less than 1 % of the instructions, and no time that could be told from noise.
//
// With --find-memory, the smallest memory with which a machine answers, in steps of 1 MiB; "kernel KiB" is
// the file that a VMM loads.
//
// usage: first_response [--runs N] [--plugin libinstruction_counter.so] [--find-memory]
// SPEC.vm.json[:microvm|:single|:q35|:bios|:uefi]...

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/stat.h>

#include <fcntl.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "compiler/build/build_record.h"
#include "launcher/machine.h"
#include "packager/image/opened_image.h"
#include "packager/kernels/kernel_store.h"
#include "packager/spec/vm_spec.h"
#include "tests/bench/instruction_counts.h"
#include "tests/bench/median.h"

namespace {

using namespace faasc;
using bench::median;
namespace fs = std::filesystem;

struct Contestant {
  std::string label;
  VmSpec spec;
  BootChoices boot;
  std::vector<std::string> qemu_arguments = {};
  std::vector<double> milliseconds, total, waiting, user;  // instructions in millions
};

// A file that the plugin and we map.
class SharedCounts {
 public:
  explicit SharedCounts(const fs::path& path) : path_(path) {
    Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd || ::ftruncate(fd.get(), sizeof(instruction_counts)) != 0) std::abort();
    void* mapped = ::mmap(nullptr, sizeof(instruction_counts), PROT_READ, MAP_SHARED, fd.get(), 0);
    if (mapped == MAP_FAILED) std::abort();
    counts_ = static_cast<const volatile instruction_counts*>(mapped);
  }
  ~SharedCounts() {
    ::munmap(const_cast<instruction_counts*>(const_cast<const instruction_counts*>(counts_)),
             sizeof *counts_);
  }
  double total() const {
    double sum = 0;
    for (int place = 0; place < 4; ++place) sum += static_cast<double>(counts_->by_place[place]);
    return sum / 1e6;
  }
  double waiting() const { return static_cast<double>(counts_->waiting) / 1e6; }
  double user() const { return static_cast<double>(counts_->by_place[COUNT_USER]) / 1e6; }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  const volatile instruction_counts* counts_;
};

Result<void> run_once(Contestant& contestant, const std::string& plugin, const fs::path& directory) {
  // Timed without the plugin, which slows the guest down; counted in a run of its own.
  StartOptions options;
  options.boot = contestant.boot;
  options.qemu_arguments = contestant.qemu_arguments;
  {
    FAASC_TRY(Machine machine, Machine::start(contestant.spec, options));
    FAASC_CHECK(machine.wait_ready());
    FAASC_TRY(HttpResponse response, machine.request({}));
    auto first = machine.phases().first_response;
    if (first) contestant.milliseconds.push_back(std::chrono::duration<double, std::milli>(*first).count());
    machine.stop();
  }
  if (plugin.empty()) return {};
  SharedCounts counts(directory / "counts");
  options.boot.accelerator = AcceleratorChoice::Tcg;
  options.qemu_arguments.insert(options.qemu_arguments.end(),
                                {"-plugin", plugin + ",out=" + counts.path().string()});
  FAASC_TRY(Machine machine, Machine::start(contestant.spec, options));
  FAASC_CHECK(machine.wait_ready());
  FAASC_TRY(HttpResponse response, machine.request({}));
  contestant.total.push_back(counts.total());
  contestant.waiting.push_back(counts.waiting());
  contestant.user.push_back(counts.user());
  machine.stop();
  return {};
}

bool answers_with(const Contestant& contestant, std::uint64_t mebibytes) {
  StartOptions options;
  options.boot = contestant.boot;
  VmSpec spec = contestant.spec;
  spec.memory_bytes = mebibytes << 20;
  auto machine = Machine::start(spec, options);
  if (!machine || !machine->wait_ready()) return false;
  auto response = machine->request({});
  machine->stop();
  return response && response->status == 200;
}

/// By halving the range between what fails and what serves; 0 where even the description's own memory does
/// not.
std::uint64_t smallest_memory(const Contestant& contestant) {
  std::uint64_t fails = 4, serves = contestant.spec.memory_bytes >> 20;
  if (!answers_with(contestant, serves)) return 0;
  while (serves - fails > 1) {
    std::uint64_t middle = (fails + serves) / 2;
    (answers_with(contestant, middle) ? serves : fails) = middle;
  }
  return serves;
}

int fail(const Error& error) {
  std::fputs(to_text(error, Color::Off).c_str(), stderr);
  return exit_status(error.fault);
}

}  // namespace

int main(int argc, char** argv) {
  int runs = 5;
  bool find_memory = false;
  std::string plugin;
  std::vector<Contestant> contestants;
  auto store = KernelStore::open();
  if (!store) return fail(store.error());
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    if (word == "--runs" && i + 1 < argc) {
      runs = std::atoi(argv[++i]);
    } else if (word == "--find-memory") {
      find_memory = true;
    } else if (word == "--plugin" && i + 1 < argc) {
      plugin = argv[++i];
    } else {
      Contestant contestant;
      constexpr std::pair<const char*, BootChoices> kStarts[] = {
          {":microvm", {AcceleratorChoice::Auto, MachineChoice::Microvm, BootChoice::Kernel}},
          {":single", {AcceleratorChoice::Auto, MachineChoice::Microvm, BootChoice::Kernel}},
          {":q35", {AcceleratorChoice::Auto, MachineChoice::Q35, BootChoice::Kernel}},
          {":bios", {AcceleratorChoice::Auto, MachineChoice::Q35, BootChoice::Bios}},
          {":uefi", {AcceleratorChoice::Auto, MachineChoice::Q35, BootChoice::Uefi}},
      };
      for (const auto& [suffix, boot] : kStarts) {
        if (!word.ends_with(suffix)) continue;
        word.resize(word.size() - std::strlen(suffix));
        contestant.boot = boot;
        contestant.label = suffix;
        if (contestant.label == ":single") contestant.qemu_arguments = {"-smp", "cpus=1,maxcpus=1"};
      }
      auto spec = read_vm_spec(fs::absolute(word), store->root());
      if (!spec) return fail(spec.error());
      contestant.spec = std::move(*spec);
      std::string kernel = contestant.spec.kernel_family;
      if (contestant.spec.direct_boot) kernel += "@" + contestant.spec.direct_boot->kernel_version;
      contestant.label = contestant.spec.name + " " + kernel + contestant.label;
      contestants.push_back(std::move(contestant));
    }
  }
  if (contestants.empty()) {
    std::fputs(
        "usage: first_response [--runs N] [--plugin FILE.so] "
        "SPEC.vm.json[:microvm|:single|:q35|:bios|:uefi]...\n",
        stderr);
    return 2;
  }
  auto directory = TemporaryDirectory::create(fs::temp_directory_path(), "first-response-");
  if (!directory) return fail(directory.error());
  for (int run = 0; run < runs; ++run)
    for (Contestant& contestant : contestants)
      if (auto done = run_once(contestant, plugin, directory->path()); !done) return fail(done.error());

  std::printf("%-46s %9s %6s %12s %14s %14s %13s %14s %12s %13s %11s%s\n", "image", "first ms", "ratio",
              "guest Minsn", "waiting Minsn", "program kinsn", "apparent KiB", "allocated KiB", "payload KiB",
              "overhead KiB", "kernel KiB", find_memory ? " memory MiB" : "");
  double base = median(contestants[0].milliseconds);
  for (const Contestant& contestant : contestants) {
    const fs::path& disk = contestant.spec.disks.at(0).path;
    struct stat status{};
    ::stat(disk.c_str(), &status);
    long long allocated = status.st_blocks * 512, payload = 0;  // bytes
    if (auto record = BuildRecord::load(disk.parent_path() / ".faasc" / disk.stem() / "record.json"))
      payload = std::atoll(record->fact("payload_bytes").c_str());
    // As it lies on the disk, which need not be all of the store's file. Where only a VMM loads it, it is not
    // there.
    long long kernel = 0;
    auto opened = open_image(disk);
    if (!opened) return fail(opened.error());
    for (const ImagePart& part : opened->parts)
      if (part.name != "root")
        for (const StoredEntry& entry : part.tree->entries())
          kernel += static_cast<long long>(entry.size_bytes);
    std::error_code none;
    std::uintmax_t kernel_file =
        contestant.spec.direct_boot ? fs::file_size(contestant.spec.direct_boot->kernel, none) : 0;
    std::printf("%-46s %9.0f %6.2f %12.2f %14.2f %14.1f %13lld %14lld %12lld %13.1f %11ju",
                contestant.label.c_str(), median(contestant.milliseconds),
                median(contestant.milliseconds) / base, median(contestant.total), median(contestant.waiting),
                median(contestant.user) * 1000, static_cast<long long>(status.st_size / 1024),
                allocated / 1024, payload / 1024, static_cast<double>(allocated - payload - kernel) / 1024,
                none ? 0 : kernel_file / 1024);
    if (find_memory) std::printf(" %10ju", static_cast<std::uintmax_t>(smallest_memory(contestant)));
    std::printf("\n");
  }
  std::printf("medians of %d runs; ratio: against the first row\n", runs);
  return 0;
}
