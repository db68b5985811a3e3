#include "packager/kernels/kernel_store.h"

#include <cstdlib>
#include <optional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/sha256.h"
#include "packager/kernels/kernel_record.h"
#include "packager/kernels/sample_kernel.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using Choice = KernelStore::Choice;

/// Sets or, where there is no value, unsets a variable for one scope.
class Variable {
 public:
  Variable(const char* name, std::optional<std::string> value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    set(value);
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { set(old_); }

 private:
  void set(const std::optional<std::string>& value) {
    if (value) {
      ::setenv(name_, value->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }
  const char* name_;
  std::optional<std::string> old_;
};

class KernelStoreTest : public testing::Test {
 protected:
  void add_nanos(const std::string& version, std::string_view text = "nanos") {
    write_sample_release(root_ / "nanos" / version, text);
  }
  void add_linux(const std::string& version) {
    write_sample_file(root_ / "linux" / version / "vmlinux", sample_vmlinux());
    write_sample_file(root_ / "linux" / version / "modules.cpio", "cpio");
  }
  /// As adding it with the command does.
  void record(KernelFamily family, const std::string& version) {
    KernelRecord record;
    record.family = family;
    record.version = version;
    record.origin = "https://example.org/" + version;
    record.files = describe_files(store_.directory_of(family, version)).value();
    write_sample_file(store_.directory_of(family, version) / "kernel.json", to_json(record));
  }
  std::string refusal(std::string_view selector) {
    auto resolved = store_.resolve(selector);
    return resolved ? "resolved to " + full_name(resolved->kernel) : to_text(resolved.error(), Color::Off);
  }
  std::vector<std::string> listed() {
    std::vector<std::string> names;
    for (const Kernel& kernel : store_.list().kernels)
      names.push_back(full_name(kernel) + " " + kernel.origin);
    return names;
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "store").value();
  fs::path root_ = directory_.path() / "kernels";
  fs::path ops_ = directory_.path() / ".ops";
  KernelStore store_{root_, ops_};
};

TEST_F(KernelStoreTest, IsWhereTheEnvironmentSays) {
  Variable home("HOME", "/home/ann"), faasc_home("FAASC_HOME", std::nullopt),
      data("XDG_DATA_HOME", std::nullopt), ops("OPS_HOME", std::nullopt);
  EXPECT_EQ(KernelStore::open()->root(), "/home/ann/.local/share/faasc/kernels");
  {
    Variable relative("XDG_DATA_HOME", "share");
    EXPECT_EQ(KernelStore::open()->root(), "/home/ann/.local/share/faasc/kernels");
  }
  Variable data_home("XDG_DATA_HOME", "/data");
  EXPECT_EQ(KernelStore::open()->root(), "/data/faasc/kernels");
  {
    Variable set("FAASC_HOME", "/opt/faasc");
    EXPECT_EQ(KernelStore::open()->root(), "/opt/faasc/kernels");
  }
  {
    Variable relative("FAASC_HOME", "faasc");
    EXPECT_EQ(to_text(KernelStore::open().error(), Color::Off),
              "faasc: error: FAASC_HOME is 'faasc', which is not an absolute path [FAASC0604]\n"
              "  hint: set it to an absolute path, or unset it\n");
    Variable empty("FAASC_HOME", "");
    EXPECT_EQ(KernelStore::open()->root(), "/data/faasc/kernels");
  }
  Variable no_data("XDG_DATA_HOME", std::nullopt), no_home("HOME", std::nullopt);
  EXPECT_EQ(to_text(KernelStore::open().error(), Color::Off),
            "faasc: error: there is no telling where kernels are kept: HOME is not set [FAASC0604]\n"
            "  hint: set FAASC_HOME to an absolute path\n");
}

TEST_F(KernelStoreTest, FindsOpsStoreWhereItsVariablesSay) {
  write_sample_release(directory_.path() / "there/.ops/0.1.54");
  Variable faasc_home("FAASC_HOME", root_.string()), ops("OPS_HOME", (directory_.path() / "there").string());
  EXPECT_EQ(KernelStore::open()->list().kernels.at(0).origin, (directory_.path() / "there/.ops").string());
  Variable no_ops("OPS_HOME", std::nullopt), home("HOME", (directory_.path() / "there").string());
  EXPECT_EQ(KernelStore::open()->list().kernels.at(0).origin, "~/.ops");
}

TEST_F(KernelStoreTest, ListsNanosFirstAndNewestFirst) {
  for (const char* version : {"0.1.9", "0.1.55", "0.1.100", "nightly"}) add_nanos(version);
  record(KernelFamily::Nanos, "0.1.55");
  add_linux("6.1.0-9-cloud-amd64");
  add_linux("6.1.0-44-cloud-amd64");
  // None of these is a kernel.
  add_nanos(".tmp-abc");
  fs::create_directories(root_ / "nanos/0.1.77");
  write_sample_file(root_ / "nanos/README", "text");
  write_sample_file(root_ / "linux/1.0/kernel.img", sample_nanos());

  EXPECT_THAT(listed(), ElementsAre("nanos@0.1.100 local", "nanos@0.1.55 https://example.org/0.1.55",
                                    "nanos@0.1.9 local", "nanos@nightly local",
                                    "linux@6.1.0-44-cloud-amd64 local", "linux@6.1.0-9-cloud-amd64 local"));
  EXPECT_TRUE(store_.list().problems.empty());
}

TEST_F(KernelStoreTest, AnEmptyOrMissingStoreListsNothing) {
  EXPECT_TRUE(listed().empty());
  fs::create_directories(root_);
  EXPECT_TRUE(listed().empty());
}

TEST_F(KernelStoreTest, OpsKernelsComeAfterOurs) {
  write_sample_release(ops_ / "0.1.55", "of OPS");
  write_sample_release(ops_ / "0.1.54");
  write_sample_aarch64_release(ops_ / "0.1.56-arm");
  fs::create_directories(ops_ / "images");
  // Its kernels for aarch64 are told by their directories' names.
  std::string arm = "nanos-aarch64@0.1.56 " + ops_.string();
  EXPECT_THAT(listed(), ElementsAre("nanos@0.1.55 " + ops_.string(), "nanos@0.1.54 " + ops_.string(), arm));
  EXPECT_FALSE(store_.owns(*store_.find(KernelFamily::Nanos, "0.1.55")));

  add_nanos("0.1.55", "ours");
  EXPECT_THAT(listed(), ElementsAre("nanos@0.1.55 local", "nanos@0.1.54 " + ops_.string(), arm));
  auto kernel = store_.find(KernelFamily::Nanos, "0.1.55");
  ASSERT_TRUE(kernel);
  EXPECT_EQ(kernel->directory, root_ / "nanos/0.1.55");
  EXPECT_TRUE(store_.owns(*kernel));
}

TEST_F(KernelStoreTest, EachArchitectureHasItsOwnDefault) {
  add_nanos("0.1.55");
  add_nanos("0.1.56");
  write_sample_aarch64_release(root_ / "nanos-aarch64/0.1.54");
  write_sample_aarch64_release(root_ / "nanos-aarch64/0.1.55");
  add_linux("6.1.0-44-cloud-amd64");
  EXPECT_THAT(listed(), ElementsAre("nanos@0.1.56 local", "nanos@0.1.55 local", "nanos-aarch64@0.1.55 local",
                                    "nanos-aarch64@0.1.54 local", "linux@6.1.0-44-cloud-amd64 local"));
  struct Case {
    const char *selector, *architecture, *found;
  };
  const Case cases[] = {
      {"", "x86_64", "nanos@0.1.56"},
      {"", "aarch64", "nanos-aarch64@0.1.55"},
      {"nanos", "x86_64", "nanos@0.1.56"},
      {"nanos", "aarch64", "nanos-aarch64@0.1.55"},
      {"nanos@0.1.55", "x86_64", "nanos@0.1.55"},
      {"nanos@0.1.55", "aarch64", "nanos-aarch64@0.1.55"},
      {"nanos-aarch64", "x86_64", "nanos-aarch64@0.1.55"},
      {"nanos-aarch64@0.1.54", "x86_64", "nanos-aarch64@0.1.54"},
      {"nanos-x86_64", "aarch64", "nanos@0.1.56"},
      {"linux", "x86_64", "linux@6.1.0-44-cloud-amd64"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(std::string(c.selector) + " for " + c.architecture);
    auto resolved = store_.resolve(c.selector, c.architecture);
    ASSERT_TRUE(resolved) << resolved.error().what;
    EXPECT_EQ(full_name(resolved->kernel), c.found);
    EXPECT_EQ(
        resolved->kernel.architecture,
        resolved->kernel.directory.string().find("aarch64") == std::string::npos ? "x86_64" : "aarch64");
  }
  EXPECT_EQ(refusal((root_ / "nanos-aarch64/0.1.54").string()), "resolved to nanos-aarch64@0.1.54");
  EXPECT_EQ(refusal("nanos-aarch64@0.1.99"),
            "faasc: error: there is no Nanos kernel for aarch64 '0.1.99' in '" + root_.string() +
                "'; there is '0.1.55', '0.1.54' [FAASC0601]\n"
                "  hint: run `faasc kernel pull nanos-aarch64@0.1.99`\n");
  for (const char* selector : {"linux-aarch64", "linux-aarch64@6.1"})
    EXPECT_EQ(refusal(selector),
              "faasc: error: there are no images of Linux for aarch64, only for x86_64 [FAASC0638]\n"
              "  hint: choose 'nanos' or 'nanos-aarch64', which has kernels for both\n");
  fs::remove_all(root_ / "nanos-aarch64");
  auto none = store_.resolve("", kAarch64);
  ASSERT_FALSE(none) << "neither another processor's kernel nor Linux stands in";
  EXPECT_EQ(to_text(none.error(), Color::Off),
            "faasc: error: there is no Nanos kernel for aarch64 in '" + root_.string() +
                "' [FAASC0601]\n  hint: run `faasc kernel pull nanos-aarch64`\n");
}

TEST_F(KernelStoreTest, FindsTheFilesOfAKernelPutThereByHand) {
  add_nanos("0.1.55");
  auto kernel = store_.find(KernelFamily::Nanos);
  ASSERT_TRUE(kernel) << kernel.error().what;
  fs::path directory = root_ / "nanos/0.1.55";
  EXPECT_EQ(kernel->family, KernelFamily::Nanos);
  EXPECT_EQ(kernel->version, "0.1.55");
  EXPECT_EQ(kernel->architecture, "x86_64");
  EXPECT_EQ(kernel->origin, "local");
  EXPECT_EQ(kernel->directory, directory);
  EXPECT_EQ(kernel->image, directory / "kernel.img");
  EXPECT_EQ(kernel->boot_blob, directory / "boot.img");
  EXPECT_EQ(kernel->uefi_loader, directory / "bootx64.efi");
  EXPECT_EQ(kernel->klibs, directory / "klibs");
  EXPECT_TRUE(kernel->bzimage.empty());
  EXPECT_TRUE(kernel->initramfs.empty());
  const std::map<std::string, std::string> digests = {
      {"boot.img", to_hex(sha256(sample_boot_blob()))},
      {"bootx64.efi", to_hex(sha256(sample_uefi_loader()))},
      {"kernel.img", to_hex(sha256(sample_nanos()))},
      {"klibs/tls", to_hex(sha256(sample_klib()))},
  };
  EXPECT_EQ(kernel->sha256, digests);
  EXPECT_TRUE(verify(*kernel));

  fs::remove(directory / "boot.img");
  fs::remove(directory / "bootx64.efi");
  fs::remove_all(directory / "klibs");
  kernel = store_.find(KernelFamily::Nanos);
  ASSERT_TRUE(kernel);
  EXPECT_TRUE(kernel->boot_blob.empty() && kernel->uefi_loader.empty() && kernel->klibs.empty());
}

TEST_F(KernelStoreTest, FindsTheFilesOfALinuxKernel) {
  add_linux("6.1.0-44-cloud-amd64");
  write_sample_file(root_ / "linux/6.1.0-44-cloud-amd64/bzImage", "bz");
  record(KernelFamily::Linux, "6.1.0-44-cloud-amd64");
  auto kernel = store_.find(KernelFamily::Linux);
  ASSERT_TRUE(kernel) << kernel.error().what;
  fs::path directory = root_ / "linux/6.1.0-44-cloud-amd64";
  EXPECT_EQ(kernel->family, KernelFamily::Linux);
  EXPECT_EQ(kernel->image, directory / "vmlinux");
  EXPECT_EQ(kernel->bzimage, directory / "bzImage");
  EXPECT_EQ(kernel->initramfs, directory / "modules.cpio");
  EXPECT_EQ(kernel->sha256.size(), 3u);
  EXPECT_TRUE(kernel->boot_blob.empty());
}

TEST_F(KernelStoreTest, TheNewestSkipsWhatIsTooOld) {
  add_nanos("0.1.46");
  EXPECT_EQ(store_.find(KernelFamily::Nanos).error().code, "FAASC0601");
  EXPECT_EQ(store_.find(KernelFamily::Nanos, "0.1.46").error().code, "FAASC0602");
  add_nanos("nightly");
  EXPECT_EQ(store_.find(KernelFamily::Nanos)->version, "nightly");
  add_nanos("0.1.47");
  EXPECT_EQ(store_.find(KernelFamily::Nanos)->version, "0.1.47");
}

TEST_F(KernelStoreTest, SaysWhatToDoWhereThereIsNoKernel) {
  std::string root = root_.string();
  EXPECT_EQ(
      refusal(""),
      "faasc: error: there is no kernel in '" + root +
          "' [FAASC0601]\n"
          "  hint: run `faasc kernel pull nanos` for the newest Nanos, or `faasc kernel pull linux` for "
          "the distribution's Linux\n");
  EXPECT_EQ(refusal("nanos"), "faasc: error: there is no Nanos kernel in '" + root +
                                  "' [FAASC0601]\n  hint: run `faasc kernel pull nanos`\n");
  EXPECT_EQ(refusal("linux"), "faasc: error: there is no Linux kernel in '" + root +
                                  "' [FAASC0601]\n  hint: run `faasc kernel pull linux`\n");
  EXPECT_EQ(refusal("nanos@0.1.56"), "faasc: error: there is no Nanos kernel '0.1.56' in '" + root +
                                         "' [FAASC0601]\n  hint: run `faasc kernel pull nanos@0.1.56`\n");
  add_nanos("0.1.55");
  add_nanos("0.1.54");
  EXPECT_EQ(refusal("nanos@0.1.56"), "faasc: error: there is no Nanos kernel '0.1.56' in '" + root +
                                         "'; there is '0.1.55', '0.1.54' [FAASC0601]\n"
                                         "  hint: run `faasc kernel pull nanos@0.1.56`\n");
  EXPECT_EQ(exit_status(store_.find(KernelFamily::Linux).error().fault), 3);
}

TEST_F(KernelStoreTest, TheDefaultIsTheNewestNanosElseLinux) {
  add_linux("6.1.0-44-cloud-amd64");
  auto resolved = store_.resolve("");
  ASSERT_TRUE(resolved) << resolved.error().what;
  EXPECT_EQ(full_name(resolved->kernel), "linux@6.1.0-44-cloud-amd64");
  EXPECT_EQ(resolved->choice, Choice::LinuxForLackOfNanos);

  add_nanos("0.1.54");
  add_nanos("0.1.55");
  resolved = store_.resolve("");
  ASSERT_TRUE(resolved) << resolved.error().what;
  EXPECT_EQ(full_name(resolved->kernel), "nanos@0.1.55");
  EXPECT_EQ(resolved->choice, Choice::Newest);

  for (const auto& [selector, name] : {std::pair{"nanos", "nanos@0.1.55"},
                                       {"nanos@0.1.54", "nanos@0.1.54"},
                                       {"linux", "linux@6.1.0-44-cloud-amd64"},
                                       {"linux@6.1.0-44-cloud-amd64", "linux@6.1.0-44-cloud-amd64"}}) {
    SCOPED_TRACE(selector);
    resolved = store_.resolve(selector);
    ASSERT_TRUE(resolved) << resolved.error().what;
    EXPECT_EQ(full_name(resolved->kernel), name);
    EXPECT_EQ(resolved->choice, Choice::Asked);
  }
}

TEST_F(KernelStoreTest, RefusesSelectorsThatMeanNothing) {
  EXPECT_EQ(refusal("nano"),
            "faasc: error: unknown kernel family 'nano'; did you mean 'nanos'? [FAASC0603]\n"
            "  hint: write nanos, nanos@0.1.55, linux, or a path with a '/' in it\n");
  EXPECT_EQ(refusal("freebsd@14"),
            "faasc: error: unknown kernel family 'freebsd'; known are 'nanos' and 'linux' "
            "[FAASC0603]\n"
            "  hint: write nanos, nanos@0.1.55, linux, or a path with a '/' in it\n");
  EXPECT_EQ(refusal("nanos@"),
            "faasc: error: '' is not the version of a kernel [FAASC0603]\n"
            "  hint: write it as `faasc kernel list` shows it: nanos@0.1.55\n");
  EXPECT_EQ(refusal("linux@.x"),
            "faasc: error: '.x' is not the version of a kernel [FAASC0603]\n"
            "  hint: write it as `faasc kernel list` shows it: linux@6.1.0-44-cloud-amd64\n");
}

TEST_F(KernelStoreTest, TakesThePathOfADirectoryOrAFile) {
  fs::path here = fs::canonical(directory_.path());
  write_sample_release(here / "0.1.55");
  auto resolved = store_.resolve((here / "0.1.55").string());
  ASSERT_TRUE(resolved) << resolved.error().what;
  EXPECT_EQ(full_name(resolved->kernel), "nanos@0.1.55");
  EXPECT_EQ(resolved->choice, Choice::Asked);
  EXPECT_EQ(resolved->kernel.boot_blob, here / "0.1.55/boot.img");
  EXPECT_EQ(resolved->kernel.sha256.size(), 4u);
  EXPECT_FALSE(store_.owns(resolved->kernel));

  // A build of one's own, with other things around it.
  write_sample_release(here / "output");
  fs::rename(here / "output/kernel.img", here / "output/kernel.elf");
  write_sample_file(here / "output/object.o", "object");
  resolved = store_.resolve((here / "output/kernel.elf").string());
  ASSERT_TRUE(resolved) << resolved.error().what;
  EXPECT_EQ(full_name(resolved->kernel), "nanos@git-0123456789ab");
  EXPECT_EQ(resolved->kernel.image, here / "output/kernel.elf");
  EXPECT_EQ(resolved->kernel.origin, (here / "output").string());
  EXPECT_EQ(resolved->kernel.sha256.size(), 4u);
  EXPECT_FALSE(resolved->kernel.sha256.contains("object.o"));

  write_sample_file(here / "mine/vmlinux", sample_vmlinux());
  for (const char* path : {"mine", "mine/vmlinux"}) {
    resolved = store_.resolve((here / path).string());
    ASSERT_TRUE(resolved) << resolved.error().what;
    EXPECT_EQ(full_name(resolved->kernel), "linux@6.1.0-44-cloud-amd64");
    EXPECT_EQ(resolved->kernel.image, here / "mine/vmlinux");
  }

  write_sample_file(here / "stripped/kernel.img", sample_elf({}));
  resolved = store_.resolve((here / "stripped").string());
  ASSERT_TRUE(resolved) << resolved.error().what;
  EXPECT_EQ(resolved->kernel.version, "sha256-" + to_hex(sha256(sample_elf({}))).substr(0, 12));
}

TEST_F(KernelStoreTest, ADirectoryWithARecordIsWhatTheRecordSays) {
  add_nanos("0.1.55");
  record(KernelFamily::Nanos, "0.1.55");
  fs::path elsewhere = fs::canonical(directory_.path()) / "copy";
  fs::rename(root_ / "nanos/0.1.55", elsewhere);
  auto resolved = store_.resolve(elsewhere.string());
  ASSERT_TRUE(resolved) << resolved.error().what;
  EXPECT_EQ(full_name(resolved->kernel), "nanos@0.1.55");
  EXPECT_EQ(resolved->kernel.origin, "https://example.org/0.1.55");
  EXPECT_EQ(resolved->kernel.image, elsewhere / "kernel.img");
  write_sample_file(elsewhere / "kernel.img", "short");
  EXPECT_EQ(store_.resolve(elsewhere.string()).error().code, "FAASC0606");
}

TEST_F(KernelStoreTest, RefusesPathsWithoutAKernel) {
  fs::path here = fs::canonical(directory_.path());
  EXPECT_EQ(refusal((here / "missing").string()), "faasc: error: cannot open '" +
                                                      (here / "missing").string() +
                                                      "': No such file or directory [FAASC0901]\n");
  fs::create_directories(here / "empty");
  EXPECT_EQ(refusal((here / "empty").string()),
            "faasc: error: '" + (here / "empty").string() +
                "' holds neither a Nanos kernel ('kernel.img') nor a Linux kernel ('vmlinux') [FAASC0601]\n"
                "  hint: name the directory of an unpacked Nanos release, or the kernel's ELF file\n");
  write_sample_release(here / "0.1.40");
  EXPECT_EQ(store_.resolve((here / "0.1.40").string()).error().code, "FAASC0602");
  write_sample_file(here / "text", "text");
  EXPECT_EQ(store_.resolve((here / "text").string()).error().code, "FAASC0610");
}

TEST_F(KernelStoreTest, ARecordedKernelMustBeWhatWasRecorded) {
  add_nanos("0.1.55");
  record(KernelFamily::Nanos, "0.1.55");
  fs::path directory = root_ / "nanos/0.1.55";
  auto kernel = store_.find(KernelFamily::Nanos, "0.1.55");
  ASSERT_TRUE(kernel) << kernel.error().what;
  EXPECT_EQ(kernel->origin, "https://example.org/0.1.55");
  EXPECT_TRUE(verify(*kernel));
  const std::string start =
      "faasc: error: kernel 'nanos@0.1.55' in '" + directory.string() + "' is not what was added: ";
  const std::string end =
      " [FAASC0606]\n  hint: run `faasc kernel remove nanos@0.1.55` and add or pull it again\n";

  // Same size, other bytes: found by whoever looks at the bytes.
  std::string tampered = sample_nanos();
  tampered.back() ^= 1;
  write_sample_file(directory / "kernel.img", tampered);
  EXPECT_TRUE(store_.find(KernelFamily::Nanos, "0.1.55"));
  EXPECT_EQ(to_text(verify(*kernel).error(), Color::Off),
            start + "the SHA-256 of 'kernel.img' is " + to_hex(sha256(tampered)) + " where " +
                to_hex(sha256(sample_nanos())) + " was recorded" + end);

  write_sample_file(directory / "kernel.img", "short");
  EXPECT_EQ(refusal("nanos"), start + "'kernel.img' has 5 bytes where " +
                                  std::to_string(sample_nanos().size()) + " were recorded" + end);
  KernelStore::Listing listing = store_.list();
  EXPECT_TRUE(listing.kernels.empty());
  ASSERT_EQ(listing.problems.size(), 1u);
  EXPECT_EQ(listing.problems[0].code, "FAASC0606");
  EXPECT_EQ(store_.resolve("").error().code, "FAASC0606")
      << "a damaged kernel must not silently make way for another";

  write_sample_file(directory / "kernel.img", sample_nanos());
  write_sample_file(directory / "klibs/extra", sample_klib());
  EXPECT_EQ(to_text(verify(*kernel).error(), Color::Off), start + "'klibs/extra' was not part of it" + end);
  fs::remove(directory / "klibs/extra");
  EXPECT_TRUE(verify(*kernel));

  fs::remove(directory / "klibs/tls");
  EXPECT_EQ(refusal("nanos"), start + "'klibs/tls' is gone" + end);
  EXPECT_EQ(to_text(verify(*kernel).error(), Color::Off), start + "'klibs/tls' is gone" + end);
}

TEST_F(KernelStoreTest, ARecordMustBeThatOfItsDirectory) {
  add_nanos("0.1.55");
  record(KernelFamily::Nanos, "0.1.55");
  fs::rename(root_ / "nanos/0.1.55", root_ / "nanos/0.1.56");
  std::string directory = root_ / "nanos/0.1.56";
  EXPECT_EQ(refusal("nanos"),
            "faasc: error: '" + directory +
                "/kernel.json' describes the kernel 'nanos@0.1.55', but its directory is that of "
                "'nanos@0.1.56' [FAASC0605]\n"
                "  hint: remove the directory '" +
                directory + "' and add the kernel again\n");
  EXPECT_EQ(store_.list().problems.size(), 1u);
}

}  // namespace
}  // namespace faasc
