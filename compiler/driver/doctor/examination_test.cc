#include "compiler/driver/doctor/examination.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

namespace faasc {
namespace {
namespace fs = std::filesystem;

// A host on which all is well, until a test takes something away.
class MadeHost : public Host {
 public:
  std::optional<fs::path> program(const std::string& name) const override {
    auto found = programs.find(name);
    if (found == programs.end()) return std::nullopt;
    return found->second;
  }
  std::optional<std::string> first_line_of(const std::vector<std::string>& argv) const override {
    auto found = lines.find(argv.front());
    if (found == lines.end()) return std::nullopt;
    return found->second;
  }
  bool has_part(std::string_view path) const override { return !missing_parts.contains(std::string(path)); }
  bool is_file(const fs::path&) const override { return has_c_library; }
  std::vector<std::string> kernels() const override { return kernel_names; }
  KvmVerdict kvm() const override { return verdict; }
  fs::path uefi_firmware() const override { return firmware; }
  fs::path store() const override { return "/store"; }
  std::optional<std::uint64_t> free_bytes(const fs::path&) const override { return free; }

  std::map<std::string, fs::path> programs{{"python3", "/usr/bin/python3"},
                                           {"go", "/usr/bin/go"},
                                           {"qemu-system-x86_64", "/usr/bin/qemu-system-x86_64"},
                                           {"bwrap", "/usr/bin/bwrap"}};
  std::map<std::string, std::string> lines{
      {"/usr/bin/python3", "Python 3.11.2"},
      {"/usr/bin/go", "go version go1.19.8 linux/amd64"},
      {"/usr/bin/qemu-system-x86_64", "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)"}};
  std::set<std::string> missing_parts;
  bool has_c_library = true;
  std::vector<std::string> kernel_names{"nanos@0.1.55", "nanos@0.1.54", "linux@6.1.192-2-faasc-tiny"};
  fs::path firmware = "/usr/share/OVMF/OVMF_CODE_4M.fd";
  KvmVerdict verdict{.usable = true, .why = "runs 3100 million instructions per second", .hint = ""};
  std::uint64_t free = std::uint64_t{5} << 29;
};

std::string text_of(const std::vector<Symptom>& symptoms) {
  std::string out;
  for (const Symptom& symptom : symptoms) {
    out += std::string(name_of(symptom.state)) + "|" + symptom.part + "|" + symptom.found + "|" +
           symptom.fix + "\n";
  }
  return out;
}

TEST(Examination, OfAHostThatHasAll) {
  EXPECT_EQ(text_of(examine(MadeHost())),
            "ok|C++|Clang 19, in faasc|\n"
            "ok|Python|3.11.2 at /usr/bin/python3|\n"
            "ok|Go|1.19.8 at /usr/bin/go|\n"
            "ok|Nanos kernel|nanos@0.1.55, nanos@0.1.54|\n"
            "ok|Linux kernel|linux@6.1.192-2-faasc-tiny|\n"
            "ok|QEMU|7.2.22 at /usr/bin/qemu-system-x86_64|\n"
            "ok|bubblewrap|/usr/bin/bwrap|\n"
            "ok|KVM|runs 3100 million instructions per second|\n"
            "ok|UEFI|/usr/share/OVMF/OVMF_CODE_4M.fd|\n"
            "ok|Disk|2.5 GiB free for /store|\n");
}

TEST(Examination, OfAHostWithAKernelForAarch64) {
  MadeHost host;
  host.kernel_names.emplace_back("nanos-aarch64@0.1.55");
  std::string text = text_of(examine(host));
  EXPECT_NE(text.find("ok|Nanos kernel|nanos@0.1.55, nanos@0.1.54, nanos-aarch64@0.1.55|\n"),
            std::string::npos)
      << text;
  EXPECT_NE(
      text.find(
          "lacking|QEMU aarch64|is not installed: images can be built, but not run|sudo apt-get install "
          "qemu-system-arm\n"),
      std::string::npos)
      << text;
  host.programs["qemu-system-aarch64"] = "/usr/bin/qemu-system-aarch64";
  host.lines["/usr/bin/qemu-system-aarch64"] = "QEMU emulator version 7.2.22 (Debian 1:7.2+dfsg-7+deb12u18)";
  EXPECT_NE(text_of(examine(host)).find("ok|QEMU aarch64|7.2.22 at /usr/bin/qemu-system-aarch64|\n"),
            std::string::npos);
}

TEST(Examination, OfAHostThatHasNothing) {
  MadeHost host;
  host.programs.clear();
  host.missing_parts = {"lib/faasc/cpp/libfaasrt.a"};
  host.kernel_names.clear();
  host.verdict = {.usable = false, .why = "no /dev/kvm", .hint = "load the module kvm"};
  host.firmware.clear();
  host.free = 1 << 20;
  EXPECT_EQ(
      text_of(examine(host)),
      "lacking|C++|'lib/faasc/cpp/libfaasrt.a' is not there: C++ functions cannot be built|"
      "install faasc again, with its C++ part\n"
      "lacking|Python|is not installed: Python functions cannot be built|sudo apt-get install python3\n"
      "lacking|Go|is not installed: Go functions cannot be built|sudo apt-get install golang-go\n"
      "broken|Nanos kernel|none, and no other: nothing can be built|faasc kernel pull nanos\n"
      "lacking|Linux kernel|none: programs that Nanos cannot run have nowhere to go|faasc kernel build "
      "linux\n"
      "broken|QEMU|is not installed: images can be built, but not run|sudo apt-get install qemu-system-x86\n"
      "lacking|bubblewrap|is not installed: there is no '--vmm process'|sudo apt-get install bubblewrap\n"
      "lacking|KVM|no /dev/kvm; machines are emulated, which is slower|load the module kvm\n"
      "lacking|UEFI|no firmware for QEMU: images cannot be booted by UEFI here|sudo apt-get install ovmf\n"
      "lacking|Disk|0.0 GiB free for /store|make room, or set FAASC_HOME to a directory on another disk\n");
}

TEST(Examination, OfSingleParts) {
  MadeHost host;
  host.has_c_library = false;
  host.lines.erase("/usr/bin/python3");
  host.programs.erase("go");
  host.programs["/usr/local/go/bin/go"] = "/usr/local/go/bin/go";
  host.lines["/usr/local/go/bin/go"] = "go version go1.26.8 linux/amd64";
  host.kernel_names = {"linux@6.1.0-56-cloud-amd64"};
  host.lines.erase("/usr/bin/qemu-system-x86_64");
  std::string text = text_of(examine(host));
  for (const char* line :
       {"lacking|C++|the C library's development files are missing|sudo apt-get install g++\n",
        "lacking|Python|/usr/bin/python3 does not run|sudo apt-get install python3\n",
        "ok|Go|1.26.8 at /usr/local/go/bin/go|\n",
        "lacking|Nanos kernel|none: functions are built for Linux|faasc kernel pull nanos\n",
        "lacking|Linux kernel|linux@6.1.0-56-cloud-amd64 only, which starts many times slower than a kernel "
        "that has "
        "what functions need and nothing else|faasc kernel build linux\n",
        "broken|QEMU|/usr/bin/qemu-system-x86_64 does not run|sudo apt-get install --reinstall "
        "qemu-system-x86\n"})
    EXPECT_NE(text.find(line), std::string::npos) << line << text;
}

}  // namespace
}  // namespace faasc
