#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

/// A request to the function and what its answer must be; from the manifest's `tests:`.
struct SmokeTest {
  std::string name;
  std::string method = "GET";
  std::string path = "/";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  std::optional<int> status;
  std::vector<std::pair<std::string, std::string>> expected_headers;
  std::optional<std::string> expected_body;
  std::optional<std::string>
      expected_body_json;  ///< JSON text; objects match where the answer holds at least these members
  std::optional<std::string> expected_body_regex;  ///< ECMAScript; must be found in the body
  std::optional<std::string> expected_log_regex;   ///< must be found in a line of the console
  std::optional<std::chrono::milliseconds> max_duration;
};

/// A virtual machine in no VMM's words. Written beside the image as `<name>.vm.json` (schema "faasc.vm/1");
/// paths in the file are relative to the file, in memory they are absolute.
struct VmSpec {
  std::string name;
  std::string architecture = "x86_64";  ///< or "aarch64"
  std::string kernel_family;            ///< "nanos" or "linux"
  unsigned vcpus = 1;
  std::uint64_t memory_bytes = 0;

  /// Direct boot: the VMM loads the kernel. Absent where a VMM can only boot the disk.
  struct DirectBoot {
    std::string kernel_version;
    std::filesystem::path kernel;  ///< ELF; for x86_64 with a PVH note
    std::string kernel_sha256;
    std::filesystem::path initrd;  ///< empty: none
    bool initrd_is_root = false;   ///< it is the image: no disk has the root file system
    std::string command_line;      ///< empty: none
  };
  std::optional<DirectBoot> direct_boot;

  struct Disk {
    std::filesystem::path path;
    std::string format = "raw";  ///< "raw", "qcow2", "vmdk", "vhd", "vhdx"; "raw.zst": to be unpacked first
    bool read_only = true;       ///< the guest never writes to it
    bool bios_bootable = false;  ///< holds a boot loader and the kernel
    bool uefi_bootable = false;  ///< holds a system partition with a loader, and the kernel
    /// Of a volume: the label or UUID by which the guest finds it. What the guest writes to it stays. Empty:
    /// a part of the image.
    std::string volume;
  };
  std::vector<Disk> disks;  ///< the first is the root disk, unless the root is in the initramfs

  /// A directory of the host that the guest sees.
  struct Share {
    std::filesystem::path directory;
    std::string tag;  ///< by which the guest finds it
    bool read_only = false;
  };
  std::vector<Share> shares;

  /// What the guest mounts beside its root and is not part of the image: whoever runs it gives it a volume
  /// (`disks`) or a share of this name.
  struct Mount {
    enum class Kind : std::uint8_t { Share, Volume };
    Kind kind = Kind::Share;
    std::string name;  ///< a share's tag, or a volume's label
    std::string path;  ///< absolute, in the guest
    bool read_only = false;
  };
  std::vector<Mount> mounts;

  struct Nic {
    std::string model = "virtio-net";
    std::string address = "dhcp";  ///< or a static IPv4 address with prefix length, "10.0.2.15/24"
    std::string gateway;
    std::string address6;  ///< a static IPv6 address with prefix length, "fd00::2/64"; empty: none
    std::string mac;       ///< "52:54:00:12:34:56"; empty: the VMM's choice
    /// What the card is connected to: a network of the VMM's own, with ports of the host that lead into it,
    /// or a tap device, or a bridge of the host. At most one of the two is set.
    std::string tap, bridge;
    bool of_the_host() const { return !tap.empty() || !bridge.empty(); }
  };
  std::vector<Nic> nics;

  /// A port of QEMU's isa-debug-exit kind through which the guest reports its exit status as (code << 1) | 1.
  std::optional<std::uint16_t> exit_port;

  /// The guest reports its exit status by Arm's semihosting call SYS_EXIT, as aarch64 has no such port.
  bool semihosting_exit = false;

  /// The guest takes settings for one run of it from a disk that holds nothing else. For the Linux family;
  /// Nanos has them in its root.
  bool settings_disk = false;

  // The function, as far as whoever runs it needs to know it.
  std::string function;  ///< the handler's name
  std::string kind;      ///< "http", "cloudevent", …
  std::uint16_t http_port = 8080;
  std::string
      ready_path;  ///< answers 200 once the function can serve; empty: an open port is all there is to see
  std::chrono::milliseconds init_timeout{10'000};
  std::chrono::milliseconds request_timeout{30'000};
  std::chrono::milliseconds grace_period{10'000};
  std::vector<SmokeTest> tests;
};

/// The file that a machine's root is in: the root disk, or the initramfs that is the root. Empty where there
/// is neither.
std::filesystem::path image_of(const VmSpec& spec);
/// Whether the guest only reads its root.
bool root_is_read_only(const VmSpec& spec);

/// The tag by which the guest finds the share that is number `index` among those of `spec.mounts`, or comes
/// after them (`mount` is null then). Nanos knows numbers only.
std::string share_tag(const VmSpec& spec, std::size_t index, const VmSpec::Mount* mount);

/// Where the description of an image lies: "build/hello.img" and "build/hello.img.zst" →
/// "build/hello.vm.json".
std::filesystem::path vm_spec_path(const std::filesystem::path& image);

/// Pretty-printed JSON, the same bytes for the same spec. Paths are made relative to `directory`; those below
/// `kernel_store` are written as "${kernels}/nanos/0.1.55/kernel.img", so that the file says the same
/// wherever it is built, and means the reader's own store. Bytes that are not UTF-8 survive in the bodies of
/// tests only.
std::string to_json(const VmSpec& spec, const std::filesystem::path& directory,
                    const std::filesystem::path& kernel_store = {});

/// Reads and checks a file that to_json wrote. Nothing is looked up: a path may name a file that does not
/// exist. A path below
/// "${kernels}" is refused where `kernel_store` is empty.
Result<VmSpec> read_vm_spec(const std::filesystem::path& path,
                            const std::filesystem::path& kernel_store = {});

/// The same for the text of such a file; `path` is where it is, or would be.
Result<VmSpec> parse_vm_spec(std::string_view text, const std::filesystem::path& path,
                             const std::filesystem::path& kernel_store = {});

}  // namespace faasc
