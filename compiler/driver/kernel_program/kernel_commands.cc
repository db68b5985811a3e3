#include "compiler/driver/kernel_program/kernel_commands.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <thread>

#include <unistd.h>

#include "base/diagnostics.h"
#include "base/interrupt.h"
#include "compiler/driver/installation.h"
#include "compiler/driver/kernel_program/boot_trial.h"
#include "compiler/driver/kernel_program/kernel_listing.h"
#include "compiler/driver/kernel_program/progress.h"
#include "launcher/codes.h"
#include "packager/kernels/codes.h"
#include "packager/kernels/default_kernel.h"
#include "packager/kernels/kernel_add.h"
#include "packager/kernels/kernel_elf.h"
#include "packager/kernels/linux_build.h"
#include "packager/kernels/linux_pull.h"
#include "packager/kernels/nanos_pull.h"

namespace faasc {
namespace {

Color color() {
  return ::isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr ? Color::On : Color::Off;
}

void print_error(const Error& error) {
  std::fputs(to_text(error, color()).c_str(), stderr);
}

Result<void> print(const std::string& text) {
  return write_all(Fd(::dup(STDOUT_FILENO)), text, "standard output");
}

/// The kernels that builds would use that name none: the first for x86_64, and one for each other
/// architecture; without what there is none for.
DefaultKernels default_kernels(const KernelStore& store) {
  DefaultKernels names;
  for (std::string_view architecture : {kX86_64, kAarch64})
    if (auto resolved = store.resolve("", architecture))
      names.emplace(architecture, full_name(resolved->kernel));
  return names;
}

Result<int> run(const KernelStore& store, const ListKernels& command) {
  KernelStore::Listing listing = store.list();
  if (command.format == Format::Json) {
    FAASC_CHECK(print(kernels_as_json(listing.kernels, default_kernels(store), store.root().string())));
  } else {
    FAASC_CHECK(print(kernels_as_text(listing.kernels, default_kernels(store))));
    if (listing.kernels.empty() && listing.problems.empty())
      std::fprintf(stderr, "there is no kernel in '%s'; `faasc kernel pull nanos` downloads one\n",
                   store.root().c_str());
  }
  for (const Error& problem : listing.problems) print_error(problem);
  return listing.problems.empty() ? 0 : exit_status(listing.problems.front().fault);
}

Result<int> run(const KernelStore& store, const ShowKernel& command) {
  FAASC_TRY(KernelStore::Resolved resolved, store.resolve(command.selector));
  const Kernel& kernel = resolved.kernel;
  if (command.format == Format::Json) {
    FAASC_CHECK(print(kernel_as_json(kernel)));
    return 0;
  }
  FAASC_TRY(KernelElf elf, read_kernel_elf(kernel.image));
  FAASC_CHECK(print(kernel_as_text(kernel, elf.commit)));
  return 0;
}

/// Starts a program in every way that the kernel can; a line for each that worked. What failed is told by
/// `failed`. A host without a UEFI firmware is no fault of the kernel's.
Result<void> try_all_boots(const Kernel& kernel, const std::function<void(const Error&)>& failed) {
  FAASC_TRY(Installation installation, Installation::of_helper());
  for (BootWay way : boot_ways(kernel)) {
    FAASC_CHECK(check_interrupt());
    auto machine = try_boot(kernel, way, installation);
    if (machine) {
      FAASC_CHECK(print(full_name(kernel) + ": starts " + in_words(way, kernel) + " (" + *machine + ")\n"));
    } else if (machine.error().fault == Fault::Interrupted) {
      return machine.error();
    } else if (machine.error().code == kNoUefiFirmware) {
      FAASC_CHECK(print(full_name(kernel) + ": not tried " + in_words(way, kernel) + ": " +
                        machine.error().what + "\n"));
    } else {
      failed(machine.error());
    }
  }
  return {};
}

Result<int> run(const KernelStore& store, const VerifyKernels& command) {
  std::vector<Kernel> kernels;
  int status = 0;
  auto failed = [&](const Error& error) {
    print_error(error);
    if (status == 0) status = exit_status(error.fault);
  };
  if (command.selectors.empty()) {
    KernelStore::Listing listing = store.list();
    for (const Error& problem : listing.problems) failed(problem);
    kernels = std::move(listing.kernels);
  }
  for (const std::string& selector : command.selectors) {
    auto resolved = store.resolve(selector);
    if (resolved) {
      kernels.push_back(std::move(resolved->kernel));
    } else {
      failed(resolved.error());
    }
  }
  for (const Kernel& kernel : kernels) {
    FAASC_CHECK(check_interrupt());
    auto result = verify(kernel);
    if (!result) {
      failed(result.error());
      continue;
    }
    if (auto recorded = read_kernel_record(kernel.directory / kKernelRecordName); recorded) {
      FAASC_CHECK(
          print(full_name(kernel) + ": " + std::to_string(recorded->files.size()) + " files as recorded\n"));
    } else {
      FAASC_CHECK(print(full_name(kernel) + ": nothing recorded to compare with\n"));
    }
    if (command.boot) FAASC_CHECK(try_all_boots(kernel, failed));
  }
  return status;
}

std::string outcome_of(const Added& added, const KernelStore& store) {
  std::string name = full_name(added.name);
  switch (added.outcome) {
    case StagedKernel::Outcome::AlreadyThere:
      return name + " is there already";
    case StagedKernel::Outcome::Replaced:
      return "replaced " + name + " in '" + store.root().string() + "'";
    case StagedKernel::Outcome::Added:
      break;
  }
  return "added " + name + " to '" + store.root().string() + "'";
}

/// "0.1.55-debug" → "0.1.55"
std::string number_of(const std::string& version) {
  return version.substr(0, version.find('-'));
}

/// Nothing in a loader tells which release it is from. One that the store has with another release, too, may
/// be right, or it was copied to the wrong place.
void tell_of_shared_loaders(const KernelStore& store, const KernelName& added, Progress& progress) {
  const std::vector<Kernel> kernels = store.list().kernels;
  auto same = [&](const Kernel& one) { return full_name(one) == full_name(added); };
  auto kernel = std::find_if(kernels.begin(), kernels.end(), same);
  if (added.family != KernelFamily::Nanos || kernel == kernels.end()) return;
  for (const char* loader : {"boot.img", "bootx64.efi", "bootaa64.efi"}) {
    auto digest = kernel->sha256.find(loader);
    if (digest == kernel->sha256.end()) continue;
    auto has_it = [&](const Kernel& one) {
      auto its = one.sha256.find(loader);
      return one.family == kernel->family && number_of(one.version) != number_of(kernel->version) &&
             its != one.sha256.end() && its->second == digest->second;
    };
    auto other = std::find_if(kernels.begin(), kernels.end(), has_it);
    if (other == kernels.end()) continue;
    progress.say("its " + std::string(loader) + " is that of " + full_name(*other) +
                 ", byte for byte; `faasc kernel verify --boot " + full_name(added) +
                 "` tells whether it starts this kernel");
  }
}

Result<int> run(const KernelStore& store, const AddKernel& command) {
  FAASC_TRY(Added added, add_kernel(store, {command.source, command.version, command.force}));
  Progress progress;
  progress.say(outcome_of(added, store));
  tell_of_shared_loaders(store, added.name, progress);
  return 0;
}

Result<int> run(const KernelStore& store, const PullKernel& command) {
  std::string family(name_of(command.name.family));
  if (command.offline)
    return Error{Fault::Missing,
                 kOffline,
                 "cannot pull '" + family + "': the network is not to be used (--offline, FAASC_OFFLINE)",
                 {},
                 "leave that out, or add a file that is here with `faasc kernel add`"};
  Progress progress;
  Added pulled;
  if (command.name.family == KernelFamily::Nanos) {
    NanosPull pull;
    pull.version = command.name.version;
    if (!command.name.architecture.empty()) pull.architecture = command.name.architecture;
    if (!command.url.empty()) pull.base_url = command.url;
    pull.sha256 = command.sha256;
    pull.force = command.force;
    pull.say = [&](const std::string& line) { progress.say(line); };
    pull.download.progress = [&](auto done, auto total) { progress.bytes(done, total); };
    FAASC_TRY(pulled, pull_nanos(store, pull));
  } else {
    LinuxPull pull;
    pull.release = command.name.version;
    pull.force = command.force;
    pull.say = [&](const std::string& line) { progress.say(line); };
    FAASC_TRY(pulled, pull_linux(store, pull));
  }
  progress.say(outcome_of(pulled, store));
  return 0;
}

Result<int> run(const KernelStore& store, const BuildKernel& command) {
  if (command.offline)
    return Error{
        Fault::Missing,
        kOffline,
        "cannot build a kernel: its sources are downloaded, and the network is not to be used (--offline, "
        "FAASC_OFFLINE)",
        {},
        "leave that out, or add a kernel that is here with `faasc kernel add`"};
  FAASC_TRY(Installation installation, Installation::of_helper());
  Progress progress;
  LinuxBuild build;
  build.profile = command.profile;
  build.source = command.source;
  FAASC_TRY(build.fragments, installation.shared("linux"));
  FAASC_TRY(build.directory, linux_build_directory());
  build.jobs = command.jobs != 0 ? command.jobs : std::max(1u, std::thread::hardware_concurrency());
  build.force = command.force;
  build.keep = command.keep;
  build.say = [&](const std::string& line) { progress.say(line); };
  build.progress = [&](std::size_t done, std::size_t about) { progress.steps(done, about); };
  FAASC_TRY(Added built, build_linux(store, build));
  progress.say(outcome_of(built, store));
  return 0;
}

Result<int> run(const KernelStore& store, const SetDefaultKernel& command) {
  if (command.unset) {
    FAASC_CHECK(set_default_kernel(store, {}));
  } else if (!command.name.empty()) {
    FAASC_TRY(KernelName name, parse_kernel_name(command.name));
    FAASC_CHECK(set_default_kernel(store, name));
  }
  DefaultKernels defaults = default_kernels(store);
  // What was just chosen, or what there is to choose from, is there; without any kernel resolve() tells what
  // to do.
  if (defaults.empty()) {
    FAASC_TRY([[maybe_unused]] KernelStore::Resolved resolved, store.resolve(""));
  }
  std::string text;
  for (const auto& [architecture, name] : defaults) text += name + "\n";
  FAASC_CHECK(print(text));
  return 0;
}

Result<int> run(const KernelStore& store, const RemoveKernel& command) {
  FAASC_TRY(std::filesystem::path directory, remove_kernel(store, command.name));
  std::fprintf(stderr, "removed '%s'\n", directory.c_str());
  return 0;
}

Result<int> run(const KernelStore&, const ShowHelp& help) {
  FAASC_CHECK(print(help.text));
  return 0;
}

}  // namespace

Result<int> run_kernel_command(const KernelStore& store, const KernelCommand& command) {
  return std::visit([&](const auto& one) { return run(store, one); }, command);
}

int kernel_program(const std::vector<std::string>& arguments) {
  auto done = [&]() -> Result<int> {
    FAASC_TRY(KernelCommand command, parse_command_line(arguments));
    // Help is to be had even where there is no telling where the store is.
    if (const auto* help = std::get_if<ShowHelp>(&command)) return run(KernelStore({}, {}), *help);
    FAASC_TRY(KernelStore store, KernelStore::open());
    return run_kernel_command(store, command);
  }();
  if (done) return *done;
  print_error(done.error());
  return exit_status(done.error().fault);
}

}  // namespace faasc
