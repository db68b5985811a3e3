// `faasc kernel verify --boot`, with the Nanos and the Linux of the user's store.

#include "compiler/driver/kernel_program/boot_trial.h"

#include <sys/stat.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "compiler/driver/kernel_program/trial_program.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

class BootTrialTest : public testing::Test {
 protected:
  /// The newest kernel of that family, or the test is skipped.
  void need(KernelFamily family) {
    if (!find_program("qemu-system-x86_64")) GTEST_SKIP() << "qemu-system-x86_64 is not installed";
    auto store = KernelStore::open();
    auto kernel = store ? store->find(family) : Result<Kernel>(store.error());
    if (!kernel) GTEST_SKIP() << "no such kernel: " << kernel.error().what;
    kernel_ = std::move(kernel).value();
  }

  struct Ran {
    int status;
    std::string out, err;
  };
  /// The program, with a store of the test's own.
  Ran run(std::vector<std::string> arguments) {
    Command command;
    command.argv = std::move(arguments);
    command.argv.insert(command.argv.begin(), FAASC_KERNEL_PROGRAM);
    command.environment = {{"FAASC_HOME", here_.string()}, {"OPS_HOME", (here_ / "ops").string()}};
    command.working_directory = here_;
    auto finished = faasc::run(command);
    if (!finished) return {-1, "", finished.error().what};
    return {finished->status.code, finished->out, finished->err};
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "trial").value();
  fs::path here_ = fs::canonical(directory_.path());
  Kernel kernel_;
};

#define NEED(family)          \
  need(KernelFamily::family); \
  if (IsSkipped() || HasFatalFailure()) return

TEST_F(BootTrialTest, TheProgramSaysThatItListensAndWaits) {
#ifdef __x86_64__
  const std::string_view architecture = kX86_64;
#else
  const std::string_view architecture = kAarch64;
#endif
  fs::path path = here_ / "program";
  ASSERT_TRUE(write_file(path, trial_program(architecture)));
  ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
  SpawnOptions options;
  options.out = Stream::Pipe;
  Command command;
  command.argv = {path.string()};
  auto child = Child::spawn(command, options);
  ASSERT_TRUE(child) << child.error().what;
  char line[100];
  auto size = read_some(child->out, line, sizeof line, "the program");
  ASSERT_TRUE(size);
  EXPECT_EQ(std::string(line, *size), "INFO faasc: listening\n");
  EXPECT_FALSE(child->try_wait());
}

TEST_F(BootTrialTest, NamesTheFilesThatAKernelStartsBy) {
  Kernel nanos;
  nanos.image = "/k/kernel.img";
  EXPECT_THAT(boot_ways(nanos), ElementsAre(BootWay::Direct));
  nanos.boot_blob = "/k/boot.img";
  nanos.uefi_loader = "/k/bootx64.efi";
  EXPECT_THAT(boot_ways(nanos), ElementsAre(BootWay::Direct, BootWay::Bios, BootWay::Uefi));
  EXPECT_EQ(in_words(BootWay::Direct, nanos), "by a VMM that loads 'kernel.img'");
  EXPECT_EQ(in_words(BootWay::Bios, nanos), "by a BIOS, with 'boot.img'");
  EXPECT_EQ(in_words(BootWay::Uefi, nanos), "by UEFI, with 'bootx64.efi'");
}

TEST_F(BootTrialTest, NanosStartsInEveryWay) {
  NEED(Nanos);
  ASSERT_EQ(run({"add", kernel_.directory, "--version", "0.1.99"}).status, 0);
  Ran ran = run({"verify", "--boot"});
  EXPECT_EQ(ran.status, 0) << ran.out << ran.err;
  EXPECT_EQ(ran.err, "");
  EXPECT_THAT(ran.out, HasSubstr("nanos@0.1.99: starts by a VMM that loads 'kernel.img' (microvm, "));
  EXPECT_THAT(ran.out, HasSubstr("nanos@0.1.99: starts by a BIOS, with 'boot.img' (q35, "));
  if (!kernel_.uefi_loader.empty())
    EXPECT_THAT(ran.out,
                testing::ContainsRegex("nanos@0.1.99: (starts|not tried) by UEFI, with 'bootx64.efi'"));
}

TEST_F(BootTrialTest, LinuxStartsInEveryWay) {
  NEED(Linux);
  auto installation = Installation(FAASC_PREFIX);
  for (BootWay way : boot_ways(kernel_)) {
    if (way == BootWay::Uefi) continue;  // as Nanos
    auto machine = try_boot(kernel_, way, installation);
    EXPECT_TRUE(machine) << in_words(way, kernel_) << ": " << machine.error().what;
  }
}

// A loader that looks for another file than the kernel's, which is what one of another release may do.
TEST_F(BootTrialTest, ALoaderThatDoesNotFitIsFound) {
  NEED(Nanos);
  fs::path release = here_ / "release";
  fs::create_directory(release);
  fs::copy_file(kernel_.image, release / "kernel.img");
  std::string loader = read_file(kernel_.boot_blob).value();
  std::size_t at = loader.find("children");
  ASSERT_NE(at, std::string::npos);
  loader.replace(at, 8, "daughter");
  ASSERT_TRUE(write_file(release / "boot.img", loader));

  ASSERT_EQ(run({"add", "release", "--version", "0.1.99"}).status, 0);
  Ran ran = run({"verify", "--boot", "nanos"});
  EXPECT_EQ(ran.status, 5) << ran.out << ran.err;
  EXPECT_THAT(ran.out, StartsWith("nanos@0.1.99: 2 files as recorded\n"
                                  "nanos@0.1.99: starts by a VMM that loads 'kernel.img' ("));
  EXPECT_EQ(
      ran.err.substr(0, ran.err.find('\n') + 1),
      "faasc: error: nanos@0.1.99 does not start by a BIOS, with 'boot.img': the guest exited with status "
      "127 [FAASC0854]\n");
  EXPECT_THAT(ran.err,
              HasSubstr("\n  hint: take 'boot.img' from the same release as 'kernel.img', and add that "
                        "with --force\n"));
}

}  // namespace
}  // namespace faasc
