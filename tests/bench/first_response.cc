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
// "init %" is what Linux' init and what the kernel does for it take, from init's first instruction to the
// program's, of all instructions; of programs that always begin at the same address.
//
// With --find-memory, the smallest memory with which a machine answers, in steps of 1 MiB, within eight times
// what it takes with the memory that its description gives it; "kernel KiB" is
// the file that a VMM loads.
//
// usage: first_response [--runs N] [--plugin libinstruction_counter.so] [--find-memory]
// SPEC.vm.json[:microvm|:single|:q35|:bios|:uefi]...

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include <sys/mman.h>
#include <sys/stat.h>

#include <elf.h>
#include <fcntl.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "compiler/build/build_record.h"
#include "launcher/machine.h"
#include "packager/cpio/cpio_reader.h"
#include "packager/image/image_program.h"
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
  std::string marks;                                       // for the plugin: where init and the program begin
  std::vector<double> milliseconds, total, waiting, user;  // instructions in millions
  std::vector<double> init_percent;
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
  std::optional<double> init_percent() const {
    const std::uint64_t init = counts_->at_mark[0], program = counts_->at_mark[1];
    if (init == 0 || program <= init) return std::nullopt;
    return static_cast<double>(program - init) / 1e4 / total();
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
  const volatile instruction_counts* counts_;
};

/// Where an ELF file begins to run; 0 where the kernel decides that.
std::uint64_t fixed_entry(const StoredTree& tree, std::string_view path) {
  const StoredEntry* file = tree.find(path);
  if (file == nullptr) return 0;
  auto bytes = tree.read_at(*file, 0, sizeof(Elf64_Ehdr));
  Elf64_Ehdr header{};
  if (!bytes || bytes->size() != sizeof header) return 0;
  std::memcpy(&header, bytes->data(), sizeof header);
  return header.e_type == ET_EXEC ? header.e_entry : 0;
}

/// ",mark0=…,mark1=…" for a Linux image.
std::string marks_of(const VmSpec& spec) {
  if (spec.kernel_family != "linux" || !spec.direct_boot) return {};
  auto initrd = open_byte_source(spec.direct_boot->initrd);
  if (!initrd) return {};
  auto archive = CpioReader::open(std::move(initrd).value());
  auto image = open_image(image_of(spec));
  if (!archive || !image) return {};
  auto program = program_of(*image);
  if (!program) return {};
  const std::uint64_t init = fixed_entry(*archive, "/init"),
                      start = fixed_entry(image->root(), program->executable);
  if (init == 0 || start == 0) return {};
  return ",mark0=" + std::to_string(init) + ",mark1=" + std::to_string(start);
}

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
                                {"-plugin", plugin + ",out=" + counts.path().string() + contestant.marks});
  FAASC_TRY(Machine machine, Machine::start(contestant.spec, options));
  FAASC_CHECK(machine.wait_ready());
  FAASC_TRY(HttpResponse response, machine.request({}));
  contestant.total.push_back(counts.total());
  contestant.waiting.push_back(counts.waiting());
  contestant.user.push_back(counts.user());
  if (auto percent = counts.init_percent()) contestant.init_percent.push_back(*percent);
  machine.stop();
  return {};
}

/// Without `patience`, as long as the description allows.
bool answers_with(const Contestant& contestant, std::uint64_t mebibytes,
                  std::optional<std::chrono::milliseconds> patience) {
  StartOptions options;
  options.boot = contestant.boot;
  options.init_timeout = patience;
  VmSpec spec = contestant.spec;
  spec.memory_bytes = mebibytes << 20;
  auto machine = Machine::start(spec, options);
  if (!machine || !machine->wait_ready()) return false;
  auto response = patience ? machine->request({}, {.timeout = *patience}) : machine->request({});
  return response && response->status == 200;
}

/// By halving the range between what fails and what serves; 0 where even the description's own memory does
/// not. A machine whose kernel drops pages and reads them again does not end: one that takes eight times as
/// long as with all the memory counts as none that answers.
std::uint64_t smallest_memory(const Contestant& contestant) {
  std::uint64_t fails = 4, serves = contestant.spec.memory_bytes >> 20;
  const auto began = std::chrono::steady_clock::now();
  if (!answers_with(contestant, serves, std::nullopt)) return 0;
  const auto usual =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - began);
  while (serves - fails > 1) {
    std::uint64_t middle = (fails + serves) / 2;
    (answers_with(contestant, middle, 8 * usual) ? serves : fails) = middle;
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
      contestant.marks = marks_of(contestant.spec);
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

  std::printf("%-46s %9s %6s %12s %14s %14s %13s %14s %12s %13s %11s %6s%s\n", "image", "first ms", "ratio",
              "guest Minsn", "waiting Minsn", "program kinsn", "apparent KiB", "allocated KiB", "payload KiB",
              "overhead KiB", "kernel KiB", "init %", find_memory ? " memory MiB" : "");
  double base = median(contestants[0].milliseconds);
  for (const Contestant& contestant : contestants) {
    const fs::path disk = image_of(contestant.spec);
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
    if (contestant.init_percent.empty())
      std::printf(" %6s", "-");
    else
      std::printf(" %6.2f", median(contestant.init_percent));
    if (find_memory) std::printf(" %10ju", static_cast<std::uintmax_t>(smallest_memory(contestant)));
    std::printf("\n");
  }
  std::printf("medians of %d runs; ratio: against the first row\n", runs);
  return 0;
}
