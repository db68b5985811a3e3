// What the manifest says of the image and its surroundings: network, time zone, certificates, consoles, size.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "compiler/build/guest_environment.h"
#include "compiler/build/guest_files.h"
#include "compiler/build/image_contents.h"
#include "compiler/build/image_delivery.h"
#include "compiler/build/kernel_keys.h"
#include "compiler/build/linux_root.h"
#include "compiler/build/root_tuple.h"
#include "compiler/build/vm_spec_of_function.h"
#include "manifests/ip_address.h"
#include "manifests/reader.h"
#include "packager/disk/formats/convert.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kPem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

class ImageOptions : public testing::Test {
 protected:
  void SetUp() override {
    host_.zoneinfo = at("zoneinfo");
    host_.certificates = {at("certs/none.crt"), at("certs/ca.crt")};
    write("zoneinfo/Europe/Berlin", "TZif2-berlin");
    write("zoneinfo/America/Berlin", "TZif2-elsewhere");
    write("zoneinfo/posix/Europe/Berlin", "TZif2-berlin");
    write("zoneinfo/zone.tab", "DE Europe/Berlin\n");
    write("certs/ca.crt", kPem);
    write("project/ca.pem", std::string("# ours\n") + kPem);
    write("project/key.pem", std::string(kPem) + "-----BEGIN PRIVATE KEY-----\n");
    write("project/notes.txt", "no certificate\n");
  }
  fs::path at(const std::string& path) const { return directory_.path() / path; }
  void write(const std::string& path, std::string_view text) { ASSERT_TRUE(write_file(at(path), text)); }

  Manifest manifest(const std::string& keys) {
    Diagnostics diagnostics;
    auto read =
        read_manifest_text("apiVersion: faasc/v1\nname: shop\nruntime: cpp\n" + keys, at("project/faas.yaml"),
                           diagnostics, {[](std::string_view) { return std::nullopt; }});
    for (const Diagnostic& one : diagnostics.all())
      if (one.severity == Severity::Error) ADD_FAILURE() << to_text(one, Color::Off);
    return read.value_or(Manifest{});
  }

  // The findings, each as "code message | hint".
  std::vector<std::string> add_files(const std::string& keys, KernelFamily family = KernelFamily::Nanos) {
    Diagnostics diagnostics;
    add_guest_files(manifest(keys), family, host_, rootfs_, inputs_, diagnostics);
    std::vector<std::string> out;
    for (const Diagnostic& one : diagnostics.all())
      out.push_back(one.code + " " + one.message + " | " + one.hint);
    return out;
  }
  std::string file(const std::string& path) const {
    const RootfsNode* node = rootfs_.find(path);
    if (!node || !std::holds_alternative<InlineBytes>(node->content)) return "(none)";
    return std::get<InlineBytes>(node->content).bytes;
  }

  TemporaryDirectory directory_ =
      std::move(TemporaryDirectory::create(testing::TempDir(), "options")).value();
  HostData host_;
  Rootfs rootfs_;
  std::vector<fs::path> inputs_;
};

const Function kFunction{.language = "cpp", .handler = "shop::price", .kind = "http"};

TEST_F(ImageOptions, KeysBecomeFilesOfTheGuest) {
  EXPECT_THAT(add_files("network: {dns: [10.0.2.3, 'fd00::3'], hosts: {db: 10.0.0.5, db6.lan: 'fd00::5'}}\n"
                        "timezone: Europe/Berlin\nca_certificates: host\n"),
              ElementsAre());
  EXPECT_EQ(file("/etc/resolv.conf"), "nameserver 10.0.2.3\nnameserver fd00::3\n");
  EXPECT_EQ(file("/etc/hosts"), "127.0.0.1 localhost\n::1 localhost\n10.0.0.5 db\nfd00::5 db6.lan\n");
  EXPECT_EQ(file("/usr/share/zoneinfo/Europe/Berlin"), "TZif2-berlin");
  EXPECT_EQ(file("/etc/ssl/certs/ca-certificates.crt"), kPem);
  EXPECT_THAT(inputs_, ElementsAre(at("zoneinfo/Europe/Berlin"), at("certs/ca.crt")));
}

TEST_F(ImageOptions, RootsThatAKernelOrAMachineCannotHave) {
  Kernel kernel;
  kernel.family = KernelFamily::Linux;
  kernel.version = "6.1";
  kernel.initramfs = at("modules.cpio");
  kernel.image = at("vmlinux");
  write("vmlinux", std::string(4 << 20, 'x'));
  write("modules.cpio", "mod/order");
  auto said = [&](const std::string& keys, std::uint64_t bytes = 0) {
    Diagnostics diagnostics;
    Manifest read = manifest(keys);
    check_linux_root(read, kernel, diagnostics);
    if (bytes > 0) check_root_memory(read, kernel, bytes, 10, diagnostics);
    std::string out;
    for (const Diagnostic& one : diagnostics.all())
      out += one.message + " [" + one.code + "]\n  hint: " + one.hint + "\n";
    return out;
  };
  EXPECT_EQ(
      said("image: {root: erofs}\n"),
      "kernel linux@6.1 was stored without what an EROFS needs [FAASC0679]\n"
      "  hint: get it again with 'faasc kernel pull linux' or 'faasc kernel add', or use 'root: ext4'\n");
  write("modules.cpio", "mod/order mod/erofs");
  EXPECT_EQ(said("image: {root: erofs}\n"), "");
  EXPECT_EQ(said("image: {root: initramfs, boot: uefi}\n"),
            "with 'root: initramfs' there is no disk that could boot by itself [FAASC0678]\n"
            "  hint: remove it, or use 'root: ext4' or 'root: erofs'\n");
  EXPECT_EQ(
      said("image: {root: initramfs}\nresources: {memory: 64Mi}\n", 40 << 20),
      "'root: initramfs' keeps all files in memory, and a machine of 64MiB is too small for 41MiB: it needs "
      "131MiB [FAASC0678]\n  hint: give 'resources: {memory: 131MiB}', or use 'root: ext4'\n");
  EXPECT_EQ(said("image: {root: initramfs}\nresources: {memory: 131Mi}\n", 40 << 20), "");
  EXPECT_EQ(said("image: {root: erofs}\nresources: {memory: 64Mi}\n", 40 << 20), "");
  EXPECT_EQ(said("image: {root: erofs}\nresources: {memory: 64Mi, ephemeral_storage: 1Gi}\n", 40 << 20),
            "'root: erofs' keeps what is written in memory, and a machine of 64MiB is too small for 1024MiB: "
            "it needs "
            "1034MiB [FAASC0678]\n  hint: give 'resources: {memory: 1034MiB}', or use 'root: ext4'\n");
  EXPECT_EQ(said("image: {root: ext4}\nresources: {memory: 64Mi, ephemeral_storage: 1Gi}\n", 40 << 20), "");
}

TEST_F(ImageOptions, NanosTakesNetworksOfIpv6ToHave64Bits) {
  auto said = [&](const std::string& keys) {
    Diagnostics diagnostics;
    report_other_kernels_keys(manifest(keys), KernelFamily::Nanos, diagnostics);
    std::string out;
    for (const Diagnostic& one : diagnostics.all())
      out += one.message + " [" + one.code + "]\n  hint: " + one.hint + "\n";
    return out;
  };
  EXPECT_EQ(said("network: {address6: 'fd00::2/64'}\n"), "");
  EXPECT_EQ(said("network: {address6: 'fd00::2/48'}\n"),
            "Nanos takes every network of IPv6 to have 64 bits, and 'fd00::2/48' has not [FAASC0653]\n"
            "  hint: write 'fd00::2/64'\n");
  EXPECT_EQ(said("image: {root: erofs}\n"),
            "root means nothing to Nanos, which this image is for [FAASC0182]\n"
            "  hint: remove it, or choose 'kernel: linux'\n");
}

TEST_F(ImageOptions, WithoutTheKeysThereAreNoFiles) {
  EXPECT_THAT(add_files(""), ElementsAre());
  EXPECT_TRUE(rootfs_.nodes().empty());
  auto environment = guest_environment(manifest(""), kFunction);
  EXPECT_FALSE(environment.contains("TZ") || environment.contains("SSL_CERT_FILE"));
}

// Nanos tells nobody of a name server; glibc would ask 127.0.0.1 and wait.
TEST_F(ImageOptions, GlibcDoesNotWaitForANameServerThatThereIsNot) {
  const std::string path = "/etc/nsswitch.conf";
  ASSERT_TRUE(rootfs_.add("/lib/x86_64-linux-gnu/libc.so.6", {InlineBytes{"\x7f"
                                                                          "ELF"}}));
  EXPECT_THAT(add_files("", KernelFamily::Linux), ElementsAre());
  EXPECT_EQ(file(path), "(none)");
  Rootfs before = rootfs_;
  EXPECT_THAT(add_files("network: {dns: [10.0.2.3]}\n"), ElementsAre());
  EXPECT_EQ(file(path), "(none)");
  rootfs_ = before;
  EXPECT_THAT(add_files(""), ElementsAre());
  EXPECT_EQ(file(path), "hosts: files\n");
  for (const char* own : {"/etc/resolv.conf", "/etc/nsswitch.conf"}) {
    rootfs_ = before;
    ASSERT_TRUE(rootfs_.add(own, {InlineBytes{"own"}}));
    EXPECT_THAT(add_files(""), ElementsAre());
    EXPECT_NE(file(path), "hosts: files\n");
  }
}

TEST_F(ImageOptions, TheEnvironmentPointsToThem) {
  auto environment =
      guest_environment(manifest("timezone: Europe/Berlin\nca_certificates: ca.pem\n"), kFunction);
  EXPECT_EQ(environment["TZ"], "Europe/Berlin");
  EXPECT_EQ(environment["SSL_CERT_FILE"], "/etc/ssl/certs/ca-certificates.crt");
  environment = guest_environment(manifest("ca_certificates: ca.pem\nenv: {SSL_CERT_FILE: /x}\n"), kFunction);
  EXPECT_EQ(environment["SSL_CERT_FILE"], "/x");
}

TEST_F(ImageOptions, ZonesThatThereAreNotAreRefusedWithThoseThatThereAre) {
  EXPECT_THAT(
      add_files("timezone: Berlin\n"),
      ElementsAre("FAASC0177 time zone 'Berlin' is unknown | there is America/Berlin, Europe/Berlin"));
  EXPECT_THAT(add_files("timezone: Europe/Berln\n"),
              ElementsAre("FAASC0177 time zone 'Europe/Berln' is unknown | did you mean 'Europe/Berlin'?"));
  EXPECT_THAT(add_files("timezone: Mars\n"),
              ElementsAre("FAASC0177 time zone 'Mars' is unknown | 'timedatectl list-timezones' lists them"));
  // A directory of zones, and a file that is none.
  EXPECT_EQ(add_files("timezone: Europe\n").size(), 1u);
  write("zoneinfo/tzdata", "2024a\n");
  EXPECT_EQ(add_files("timezone: tzdata\n").size(), 1u);
  host_.zoneinfo = at("nowhere");
  EXPECT_THAT(add_files("timezone: Europe/Berlin\n"),
              ElementsAre("FAASC0177 time zones are not known here: there is no '" + at("nowhere").string() +
                          "' | install the package 'tzdata'"));
}

TEST_F(ImageOptions, CertificatesAreLookedAt) {
  EXPECT_THAT(add_files("ca_certificates: ca.pem\n"), ElementsAre());
  EXPECT_EQ(file("/etc/ssl/certs/ca-certificates.crt"), std::string("# ours\n") + kPem);
  EXPECT_THAT(
      add_files("ca_certificates: notes.txt\n"),
      ElementsAre("FAASC0178 'notes.txt' holds no certificate | certificates in PEM format begin with "
                  "'-----BEGIN CERTIFICATE-----'; 'openssl x509 -inform der' makes such of others"));
  EXPECT_THAT(
      add_files("ca_certificates: key.pem\n"),
      ElementsAre("FAASC0178 'key.pem' holds a private key, which would be in every image | name a file "
                  "with nothing but certificates in it"));
  host_.certificates = {at("certs/none.crt")};
  EXPECT_THAT(add_files("ca_certificates: host\n"),
              ElementsAre("FAASC0178 this machine has no file of certificates to trust | install the package "
                          "'ca-certificates', or name a file of the project"));
}

TEST_F(ImageOptions, AFileThatIsAlreadyThereIsNotReplaced) {
  ASSERT_TRUE(rootfs_.add("/etc/hosts", {InlineBytes{"theirs"}, 0644, "files: etc"}));
  EXPECT_THAT(
      add_files("network: {hosts: {db: 10.0.0.5}}\n"),
      ElementsAre("FAASC0183 'network.hosts' makes '/etc/hosts', which is already there | keep one of "
                  "the two"));
}

TEST_F(ImageOptions, NanosIsToldOfConsolesAndCoreDumps) {
  auto tuple = [&](const std::string& keys) { return to_text(TfsValue(root_tuple_options(manifest(keys)))); };
  EXPECT_EQ(tuple(""), "()");
  EXPECT_EQ(tuple("image: {consoles: [serial]}\n"), "(consoles:[+serial -vga])");
  EXPECT_EQ(tuple("image: {consoles: [net, vga]}\n"), "(consoles:[-serial +vga +net])");
  EXPECT_EQ(tuple("image: {consoles: []}\n"), "(consoles:[-serial -vga])");
  EXPECT_EQ(tuple("resources: {ephemeral_storage: 1GiB}\nimage: {coredumplimit: 64MiB}\n"),
            "(coredumplimit:65536k)");
}

TEST_F(ImageOptions, OtherKernelsKeysAreNamed) {
  Diagnostics diagnostics;
  Manifest manifest = this->manifest(
      "resources: {ephemeral_storage: 1GiB}\nimage:\n  klibs: [ntp]\n  consoles: [serial]\n"
      "  coredumplimit: 64MiB\n  manifest: {noaslr: t}\n");
  report_other_kernels_keys(manifest, KernelFamily::Nanos, diagnostics);
  EXPECT_TRUE(diagnostics.all().empty());
  report_other_kernels_keys(manifest, KernelFamily::Linux, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors());
  std::string text;
  for (const Diagnostic& one : diagnostics.all()) text += to_text(one, Color::Off);
  std::string file = at("project/faas.yaml").string();
  EXPECT_EQ(text, file +
                      ":6:11: warning: klibs means nothing to Linux, which this image is for [FAASC0182]\n"
                      "  klibs: [ntp]\n"
                      "          ^~~\n"
                      "  hint: remove it, or choose 'kernel: nanos'\n" +
                      file +
                      ":7:13: warning: consoles means nothing to Linux, which this image is for [FAASC0182]\n"
                      "  consoles: [serial]\n"
                      "            ^\n"
                      "  hint: remove it, or choose 'kernel: nanos'\n" +
                      file +
                      ":8:18: warning: coredumplimit means nothing to Linux, which this image is for "
                      "[FAASC0182]\n"
                      "  coredumplimit: 64MiB\n"
                      "                 ^~~~~\n"
                      "  hint: remove it, or choose 'kernel: nanos'\n" +
                      file +
                      ":9:14: warning: manifest means nothing to Linux, which this image is for [FAASC0182]\n"
                      "  manifest: {noaslr: t}\n"
                      "             ^~~~~~\n"
                      "  hint: remove it, or choose 'kernel: nanos'\n");
}

TEST_F(ImageOptions, AStaticAddressComesWithMaskAndGateway) {
  struct Case {
    const char* network;
    const char *address, *gateway;
  };
  const Case cases[] = {
      {"{}", "dhcp", ""},
      {"{address: dhcp}", "dhcp", ""},
      {"{address: 10.0.2.15/24}", "10.0.2.15/24", "10.0.2.1"},
      {"{address: 10.0.2.15/24, gateway: 10.0.2.2}", "10.0.2.15/24", "10.0.2.2"},
      {"{address: 10.0.2.15, netmask: 255.255.254.0}", "10.0.2.15/23", "10.0.2.1"},
      {"{address: 172.16.200.9, netmask: 255.255.255.252}", "172.16.200.9/30", ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.network);
    Manifest manifest = this->manifest("network: " + std::string(c.network) + "\n");
    EXPECT_EQ(address_with_prefix(manifest.network), c.address);
    EXPECT_EQ(gateway_of(manifest.network), c.gateway);
    auto spec = vm_spec_of_function(manifest, kFunction, {}, {});
    ASSERT_TRUE(spec);
    ASSERT_EQ(spec->nics.size(), 1u);
    EXPECT_EQ(spec->nics[0].address, c.address);
    EXPECT_EQ(spec->nics[0].gateway, c.gateway);
  }
}

TEST_F(ImageOptions, AnImageThatIsTooLargeIsNotDeliveredAndSaysWhatIsInIt) {
  std::string noise(300 * 1024, 'x');
  write("app", noise);
  write("kernel.img", std::string(100 * 1024, 'k'));
  write("boot.img", "b");
  Kernel kernel{.version = "0.1.55", .image = at("kernel.img"), .boot_blob = at("boot.img")};
  ASSERT_TRUE(rootfs_.add("/bin/app", {HostFile{at("app").string()}, 0755, "program"}));
  for (const char* name : {"/lib/a", "/lib/b"})
    ASSERT_TRUE(rootfs_.add(name, {InlineBytes{std::string(2000, 'l')}, 0644, "standard library"}));
  ASSERT_TRUE(rootfs_.add("/etc/data", {InlineBytes{"data"}, 0644, "files: data"}));

  write("out.img", "the last one");
  Manifest manifest = this->manifest("image: {max_size: 128KiB}\n");
  Diagnostics diagnostics;
  {
    ImageDelivery delivery(manifest, at("out.img"), at("work"));
    ASSERT_NE(delivery.raw(), at("out.img"));
    // Holes are not counted: 300 KiB of data in a disk of 9.
    write("work/disk.raw", noise);
    fs::resize_file(at("work/disk.raw"), 9 << 20);
    Image raw{.path = delivery.raw(), .size_bytes = 9 << 20};
    ASSERT_TRUE(delivery.deliver(raw, rootfs_, kernel, diagnostics));
  }
  EXPECT_EQ(read_file(at("out.img")).value(), "the last one");
  EXPECT_FALSE(fs::exists(at("work/disk.raw")));
  ASSERT_EQ(diagnostics.all().size(), 1u);
  std::string file = at("project/faas.yaml").string();
  std::string place = file + ":4:19: ";
  EXPECT_EQ(to_text(diagnostics.all()[0], Color::Off),
            place +
                "error: max_size '128KiB' is exceeded: out.img takes 300 KiB, 172 KiB too much [FAASC0175]\n"
                "image: {max_size: 128KiB}\n"
                "                  ^~~~~~\n"
                "  hint: leave out what the function does not need, or allow more\n" +
                place + "note: 300 KiB: '/bin/app' (program)\n" +  //
                place + "note: 100 KiB: the kernel nanos@0.1.55\n" + place +
                "note: 4 KiB: 2 files, '/lib/a' and others (standard library)\n" + place +
                "note: 4 bytes: '/etc/data' (files: data)\n");
}

TEST_F(ImageOptions, AnImageThatFitsIsDeliveredInItsFormat) {
  std::string disk(200 * 1024, 'd');
  for (const char* format : {"raw", "qcow2", "raw.zst"}) {
    SCOPED_TRACE(format);
    Manifest manifest = this->manifest("image: {max_size: 1MiB, format: " + std::string(format) + "}\n");
    Diagnostics diagnostics;
    {
      ImageDelivery delivery(manifest, at("out.img"), at("work"));
      write("work/disk.raw", disk);
      Image raw{.path = delivery.raw(), .size_bytes = disk.size(), .payload_bytes = 7};
      auto delivered = delivery.deliver(raw, rootfs_, {}, diagnostics);
      ASSERT_TRUE(delivered) << delivered.error().what;
      EXPECT_EQ(delivered->path, at("out.img"));
      EXPECT_EQ(delivered->size_bytes, fs::file_size(at("out.img")));
      EXPECT_EQ(delivered->payload_bytes, 7u);
    }
    EXPECT_TRUE(diagnostics.all().empty());
    EXPECT_EQ(name_of(format_of_file(at("out.img")).value()), format);
    EXPECT_TRUE(fs::is_empty(at("work")));
  }
  // Nothing is left to be done to a raw image without a limit.
  EXPECT_EQ(ImageDelivery(manifest(""), at("out.img"), at("work")).raw(), at("out.img"));
}

}  // namespace
}  // namespace faasc
