#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/process.h"
#include "launcher/machine.h"
#include "packager/disk/nanos_disk_reader.h"
#include "packager/kernels/kernel_store.h"
#include "packager/kernels/sample_kernel.h"

// examples/packager, built outside of the source tree against an installed faasc.

namespace faasc {
namespace {
namespace fs = std::filesystem;

class PackageTest : public testing::Test {
 protected:
  /// Installs the library and builds the example with it.
  static void SetUpTestSuite() {
    if (FAASC_SANITIZED) return;
    directory_ = new TemporaryDirectory(TemporaryDirectory::create(testing::TempDir(), "package").value());
    fs::path source = directory_->path() / "source", build = directory_->path() / "build";
    fs::copy(fs::path(FAASC_SOURCE_DIR) / "examples/packager", source);
    fs::path prefix = directory_->path() / "prefix";
    succeed({FAASC_CMAKE, "--install", FAASC_PREFIX, "--prefix", prefix.string(), "--component", "packager"});
    succeed({FAASC_CMAKE, "-S", source.string(), "-B", build.string(),
             "-DCMAKE_PREFIX_PATH=" + prefix.string(),
             std::string("-DCMAKE_CXX_COMPILER=") + FAASC_CXX_COMPILER});
    succeed({FAASC_CMAKE, "--build", build.string()});
  }
  static void TearDownTestSuite() {
    delete directory_;
    directory_ = nullptr;
  }
  void SetUp() override {
    if (FAASC_SANITIZED) GTEST_SKIP() << "an outsider's program is not built with our sanitizers";
    fs::create_directories(here() / "tree/bin");
    fs::copy_file(FAASC_BOOT_GUEST, here() / "tree/bin/guest", fs::copy_options::overwrite_existing);
    ASSERT_TRUE(write_file(here() / "tree/etc/data", "some data"));
  }

  static fs::path here() { return directory_->path(); }
  static void succeed(const std::vector<std::string>& argv) {
    auto finished = run({.argv = argv});
    ASSERT_TRUE(finished) << finished.error().what;
    ASSERT_TRUE(finished->status.ok()) << to_shell(argv) << "\n" << finished->out << finished->err;
  }
  Finished example(std::vector<std::string> arguments, std::map<std::string, std::string> environment = {}) {
    arguments.insert(arguments.begin(), (here() / "build/bootable_disk").string());
    auto finished =
        run({.argv = arguments, .working_directory = here(), .environment = std::move(environment)});
    if (!finished) return {{-1, 0}, "", finished.error().what};
    return *finished;
  }

  static TemporaryDirectory* directory_;
};
TemporaryDirectory* PackageTest::directory_ = nullptr;

TEST_F(PackageTest, TheExampleWritesADiskThatBoots) {
  write_sample_release(here() / "home/kernels/nanos/0.1.55");
  std::map<std::string, std::string> environment = {{"FAASC_HOME", (here() / "home").string()},
                                                    {"OPS_HOME", (here() / "home").string()}};
  Finished finished = example({"tree", "/bin/guest", "out.img"}, environment);
  ASSERT_EQ(finished.status.code, 0) << finished.err;
  auto disk = open_nanos_disk(here() / "out.img");
  ASSERT_TRUE(disk) << disk.error().what;
  EXPECT_EQ(finished.out,
            "\"out.img\" has " + std::to_string(fs::file_size(here() / "out.img")) + " bytes\n");
  EXPECT_EQ(disk->rootfs->read(*disk->rootfs->find("/etc/data")).value(), "some data");
  finished = example({"tree", "/bin/none", "none.img"}, environment);
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err,
              testing::HasSubstr("the program '/bin/none' is not a file of the image [FAASC0560]"));
  EXPECT_FALSE(fs::exists(here() / "none.img"));

  // With a kernel that runs.
  auto store = KernelStore::open();
  auto kernel = store ? store->find(KernelFamily::Nanos) : Result<Kernel>(store.error());
  if (!kernel) GTEST_SKIP() << "no Nanos kernel in the store";
  if (!find_program("qemu-system-x86_64")) GTEST_SKIP() << "QEMU is not installed";
  finished = example({"tree", "/bin/guest", "boot.img"});
  ASSERT_EQ(finished.status.code, 0) << finished.err;
  VmSpec spec;
  spec.name = "boot";
  spec.kernel_family = "nanos";
  spec.memory_bytes = 256 << 20;
  spec.direct_boot = VmSpec::DirectBoot{.kernel_version = kernel->version, .kernel = kernel->image};
  spec.disks.push_back({.path = here() / "boot.img"});
  spec.exit_port = 0x501;
  spec.nics.emplace_back();
  auto machine = Machine::start(spec, {});
  ASSERT_TRUE(machine) << machine.error().what;
  auto ready = machine->wait_ready();
  ASSERT_TRUE(ready) << ready.error().what;
  auto response = machine->request({});
  ASSERT_TRUE(response) << response.error().what;
  EXPECT_EQ(response->body, "hello\n");
}

}  // namespace
}  // namespace faasc
