#include "packager/spec/vm_spec.h"

#include <fstream>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "packager/spec/codes.h"

namespace faasc {
namespace {

using namespace std::chrono_literals;

VmSpec full_spec() {
  VmSpec spec;
  spec.name = "orders";
  spec.kernel_family = "nanos";
  spec.vcpus = 2;
  spec.memory_bytes = 268435456;
  spec.direct_boot = {.kernel_version = "0.1.55",
                      .kernel = "/store/kernels/nanos/0.1.55/kernel.img",
                      .kernel_sha256 = "ab12",
                      .initrd = "/out/orders.initrd",
                      .command_line = "console=ttyS0 quiet"};
  spec.disks = {{.path = "/out/orders.img",
                 .format = "qcow2",
                 .read_only = false,
                 .bios_bootable = true,
                 .uefi_bootable = true},
                {.path = "/data/model.img", .format = "raw", .read_only = true, .bios_bootable = false}};
  spec.nics = {{}, {.model = "virtio-net", .address = "10.0.2.15/24", .gateway = "10.0.2.2"}};
  spec.exit_port = 0x501;
  spec.function = "handle";
  spec.kind = "cloudevent";
  spec.http_port = 9000;
  spec.ready_path = "/health/readiness";
  spec.init_timeout = 4s;
  spec.request_timeout = 5s;
  spec.grace_period = 6s;
  SmokeTest test;
  test.name = "binary body";
  test.method = "POST";
  test.path = "/a?b=c";
  test.headers = {{"x-a", "1"}, {"x-a", "2"}};
  test.body = std::string("\x00\xff\x80", 3);
  test.status = 201;
  test.expected_headers = {{"content-type", "text/plain"}};
  test.expected_body = "gr\xc3\xbc\xc3\x9f dich\n";
  test.expected_body_json = R"({"a": [1, 2]})";
  test.expected_body_regex = "^a+$";
  test.expected_log_regex = "Hello, .*!";
  test.max_duration = 250ms;
  spec.tests = {test,
                {.name = "empty body expected",
                 .headers = {},
                 .body = {},
                 .expected_headers = {},
                 .expected_body = ""}};
  return spec;
}

constexpr const char* kFullText = R"({
  "schema": "faasc.vm/1",
  "name": "orders",
  "architecture": "x86_64",
  "kernel_family": "nanos",
  "vcpus": 2,
  "memory_bytes": 268435456,
  "direct_boot": {
    "kernel_version": "0.1.55",
    "kernel": "${kernels}/nanos/0.1.55/kernel.img",
    "kernel_sha256": "ab12",
    "initrd": "orders.initrd",
    "command_line": "console=ttyS0 quiet"
  },
  "disks": [
    {
      "path": "orders.img",
      "format": "qcow2",
      "read_only": false,
      "bios_bootable": true,
      "uefi_bootable": true
    },
    {
      "path": "../data/model.img",
      "format": "raw",
      "read_only": true,
      "bios_bootable": false
    }
  ],
  "nics": [
    {
      "model": "virtio-net",
      "address": "dhcp"
    },
    {
      "model": "virtio-net",
      "address": "10.0.2.15/24",
      "gateway": "10.0.2.2"
    }
  ],
  "exit_port": 1281,
  "function": {
    "name": "handle",
    "kind": "cloudevent",
    "http_port": 9000,
    "ready_path": "/health/readiness",
    "init_timeout_ms": 4000,
    "request_timeout_ms": 5000,
    "grace_period_ms": 6000
  },
  "tests": [
    {
      "name": "binary body",
      "request": {
        "method": "POST",
        "path": "/a?b=c",
        "headers": [
          [
            "x-a",
            "1"
          ],
          [
            "x-a",
            "2"
          ]
        ],
        "body_base64": "AP+A"
      },
      "expect": {
        "status": 201,
        "headers": [
          [
            "content-type",
            "text/plain"
          ]
        ],
        "body": "grüß dich\n",
        "body_json": "{\"a\": [1, 2]}",
        "body_regex": "^a+$",
        "log_regex": "Hello, .*!",
        "max_ms": 250
      }
    },
    {
      "name": "empty body expected",
      "request": {
        "method": "GET",
        "path": "/",
        "headers": []
      },
      "expect": {
        "headers": [],
        "body": ""
      }
    }
  ]
}
)";

TEST(VmSpec, LiesBesideItsImage) {
  EXPECT_EQ(vm_spec_path("build/hello.img"), "build/hello.vm.json");
  EXPECT_EQ(vm_spec_path("/a.b/hello.qcow2"), "/a.b/hello.vm.json");
  EXPECT_EQ(vm_spec_path("hello"), "hello.vm.json");
}

TEST(VmSpec, WholeText) {
  EXPECT_EQ(to_json(full_spec(), "/out", "/store/kernels"), kFullText);
}

TEST(VmSpec, WholeRoundTrip) {
  auto read = parse_vm_spec(kFullText, "/out/orders.vm.json", "/store/kernels");
  ASSERT_TRUE(read) << read.error().what;
  // Every member is in the text, so the same text means the same spec; places are compared one by one.
  EXPECT_EQ(to_json(*read, "/out", "/store/kernels"), kFullText);
  EXPECT_EQ(read->direct_boot->kernel, "/store/kernels/nanos/0.1.55/kernel.img");
  EXPECT_EQ(read->direct_boot->initrd, "/out/orders.initrd");
  EXPECT_EQ(read->disks[0].path, "/out/orders.img");
  EXPECT_EQ(read->disks[1].path, "/data/model.img");
  EXPECT_EQ(read->tests[0].body, std::string("\x00\xff\x80", 3));
  EXPECT_EQ(read->tests[0].max_duration, 250ms);
  EXPECT_EQ(read->tests[1].expected_body, "");
  EXPECT_EQ(read->tests[1].status, std::nullopt);
}

TEST(VmSpec, MountsAndWhatTheyAreGiven) {
  VmSpec spec = full_spec();
  spec.disks.push_back({.path = "/data/data.img", .format = "raw", .read_only = false, .volume = "data"});
  spec.shares = {{.directory = "/out/shared", .tag = "0", .read_only = true}};
  spec.mounts = {{VmSpec::Mount::Kind::Volume, "data", "/srv/data", false},
                 {VmSpec::Mount::Kind::Share, "in", "/srv/in", true}};
  spec.nics[1].address6 = "fd00::2/64";
  spec.nics[1].mac = "52:54:00:00:00:01";
  spec.nics[1].bridge = "br0";
  std::string text = to_json(spec, "/out", "/store/kernels");
  for (const char* piece : {"\"volume\": \"data\"", "\"directory\": \"shared\"", "\"label\": \"data\"",
                            "\"tag\": \"in\"", "\"address6\": \"fd00::2/64\"", "\"bridge\": \"br0\""})
    EXPECT_NE(text.find(piece), std::string::npos) << piece << text;
  auto read = parse_vm_spec(text, "/out/orders.vm.json", "/store/kernels");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(to_json(*read, "/out", "/store/kernels"), text);
  EXPECT_EQ(read->shares[0].directory, "/out/shared");

  auto refusal = [&](const std::string& from, const std::string& to) {
    std::string changed = text;
    changed.replace(changed.find(from), from.size(), to);
    auto result = parse_vm_spec(changed, "/x.vm.json", "/store/kernels");
    return result ? "accepted" : result.error().what;
  };
  EXPECT_EQ(refusal("\"label\": \"data\",", ""),
            "'/x.vm.json': '/mounts/0/tag' is missing, and so is 'label'; a mount has one of the two");
  EXPECT_EQ(refusal("\"tag\": \"in\"", "\"tag\": \"in\", \"label\": \"x\""),
            "'/x.vm.json': '/mounts/1/label' stands beside 'tag'; a mount has one of the two");
  EXPECT_EQ(refusal("/srv/data", "srv"), "'/x.vm.json': '/mounts/0/path' is 'srv'; it must begin with '/'");
  EXPECT_EQ(
      refusal("fd00::2/64", "fd00::2"),
      "'/x.vm.json': '/nics/1/address6' is 'fd00::2'; it must be an IPv6 address with its prefix length, "
      "'fd00::2/64'");
  EXPECT_EQ(refusal("\"bridge\": \"br0\"", "\"tap\": \"t\", \"bridge\": \"br0\""),
            "'/x.vm.json': '/nics/1/bridge' stands beside 'tap'; a card has one of the two");
}

TEST(VmSpec, PathsFollowTheFile) {
  VmSpec spec = full_spec();
  std::string elsewhere = to_json(spec, "/out/sub", "/store/kernels");
  EXPECT_NE(elsewhere.find(R"("path": "../orders.img")"), std::string::npos);
  auto moved = parse_vm_spec(kFullText, "/elsewhere/orders.vm.json", "/other/kernels");
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->disks[0].path, "/elsewhere/orders.img");
  EXPECT_EQ(moved->direct_boot->kernel, "/other/kernels/nanos/0.1.55/kernel.img");
}

TEST(VmSpec, AKernelOutsideTheStoreIsAnOrdinaryPath) {
  VmSpec spec = full_spec();
  spec.direct_boot->kernel = "/store/kernels-of-mine/kernel.img";
  EXPECT_NE(
      to_json(spec, "/out", "/store/kernels").find(R"("kernel": "../store/kernels-of-mine/kernel.img")"),
      std::string::npos);
}

TEST(VmSpec, ReadsAFile) {
  auto directory = TemporaryDirectory::create(std::filesystem::temp_directory_path(), "spec");
  ASSERT_TRUE(directory);
  auto path = directory->path() / "a.vm.json";
  VmSpec spec = full_spec();
  spec.disks[0].path = directory->path() / "a.img";
  ASSERT_TRUE(write_file(path, to_json(spec, directory->path(), "/store/kernels")));
  auto read = read_vm_spec(path, "/store/kernels");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->disks[0].path, directory->path() / "a.img");
  EXPECT_EQ(read_vm_spec(directory->path() / "none").error().code, "FAASC0901");
}

std::string replaced(std::string_view from, std::string_view to) {
  std::string text = kFullText;
  std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(VmSpec, Refusals) {
  struct Case {
    std::string from, to;
    std::string said;
  };
  const Case cases[] = {
      {"{\n  \"schema\"", "{,", "this is not JSON [FAASC0570]\n"},
      {"\"vcpus\": 2,", "\"vcpus\": 2, \"vcpus\": 3,",
       "member 'vcpus' appears twice in one object [FAASC0570]\n"},
      {"faasc.vm/1", "faasc.vm/2",
       "the schema is \"faasc.vm/2\"; this faasc reads 'faasc.vm/1' [FAASC0571]\n"},
      {"\"schema\"", "\"scheme\"",
       "this is no VM description: it has no 'schema' of 'faasc.vm/1' [FAASC0571]\n"},
      {"\"name\": \"orders\",", "", "member '/name' is missing [FAASC0572]\n"},
      {"\"name\": \"orders\",", "\"name\": \"\",", "'/name' is empty [FAASC0573]\n"},
      {"\"name\": \"orders\",", "\"name\": 7,",
       "'/name' is a whole number; it must be a string [FAASC0572]\n"},
      {"\"name\": \"orders\",", "\"name\": \"a\\u0000b\",", "'/name' contains a NUL character [FAASC0573]\n"},
      {"x86_64", "vax", "'/architecture' is 'vax'; allowed is 'x86_64', 'aarch64' [FAASC0573]\n"},
      {"x86_64", "aarch64", "'/exit_port' is nothing that aarch64 has [FAASC0573]\n"},
      {"\"exit_port\": 1281,", "\"semihosting_exit\": true,",
       "'/semihosting_exit' is nothing that x86_64 has [FAASC0573]\n"},
      {"\"nanos\"", "\"plan9\"", "'/kernel_family' is 'plan9'; allowed is 'nanos', 'linux' [FAASC0573]\n"},
      {"\"vcpus\": 2", "\"vcpus\": 0", "'/vcpus' is 0; allowed is 1 to 255 [FAASC0573]\n"},
      {"\"vcpus\": 2", "\"vcpus\": -1", "'/vcpus' is -1; allowed is 1 to 255 [FAASC0573]\n"},
      {"\"vcpus\": 2", "\"vcpus\": 1.5",
       "'/vcpus' is a number with a fraction; it must be a whole number [FAASC0572]\n"},
      {"268435456", "1024", "'/memory_bytes' is 1024; allowed is 1048576 to 1099511627776 [FAASC0573]\n"},
      {"\"memory_bytes\"", "\"memory_byte\"", "member '/memory_bytes' is missing [FAASC0572]\n"},
      {"\"kernel_version\": \"0.1.55\",", "\"kernel_version\": \"0.1.55\", \"kernal\": 1,",
       "member '/direct_boot/kernal' is unknown; did you mean 'kernel'? [FAASC0572]\n"},
      {"${kernels}/nanos", "${kernels}/../nanos",
       "'/direct_boot/kernel' leaves the kernel store: '${kernels}/../nanos/0.1.55/kernel.img' "
       "[FAASC0573]\n"},
      {"\"orders.img\"", "\"\"", "'/disks/0/path' is empty [FAASC0573]\n"},
      {"\"read_only\": true", "\"read_only\": 1",
       "'/disks/1/read_only' is a whole number; it must be true or false [FAASC0572]\n"},
      {"\"qcow2\"", "\"iso\"",
       "'/disks/0/format' is 'iso'; allowed is 'raw', 'qcow2', 'vmdk', 'vhd', 'vhdx', 'raw.zst' "
       "[FAASC0573]\n"},
      {"\"dhcp\"", "\"10.0.2.15\"",
       "'/nics/0/address' is '10.0.2.15'; allowed is 'dhcp' or an IPv4 address with its prefix length, "
       "'10.0.2.15/24' [FAASC0573]\n"},
      {"\"10.0.2.2\"", "\"here\"", "'/nics/1/gateway' is 'here'; it must be an IPv4 address [FAASC0573]\n"},
      {"1281", "65535", "'/exit_port' is 65535; allowed is 1 to 65532 [FAASC0573]\n"},
      {"\"/health/readiness\"", "\"health\"",
       "'/function/ready_path' is 'health'; it must begin with '/' [FAASC0573]\n"},
      {"\"http_port\": 9000", "\"http_port\": 70000",
       "'/function/http_port' is 70000; allowed is 1 to 65535 [FAASC0573]\n"},
      {"\"max_ms\": 250", "\"max_ms\": \"250\"",
       "'/tests/0/expect/max_ms' is a string; it must be a whole number [FAASC0572]\n"},
      {"\"max_ms\": 250", "\"max_mz\": 250",
       "member '/tests/0/expect/max_mz' is unknown; did you mean 'max_ms'? [FAASC0572]\n"},
      {"{\\\"a\\\": [1, 2]}", "{a}",
       "'/tests/0/expect/body_json' is not the text of a JSON value [FAASC0573]\n"},
      {"AP+A", "AP", "'/tests/0/request/body_base64' is not base64 [FAASC0573]\n"},
      {"\"body_base64\": \"AP+A\"", "\"body\": \"\", \"body_base64\": \"AP+A\"",
       "'/tests/0/request' has both 'body' and 'body_base64' [FAASC0572]\n"},
      {"\"x-a\",", "1,", "'/tests/0/request/headers/0' is not a list of a name and a value [FAASC0572]\n"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.from + " -> " + c.to);
    auto read = parse_vm_spec(replaced(c.from, c.to), "/out/o.json", "/store/kernels");
    ASSERT_FALSE(read);
    EXPECT_EQ(to_text(read.error(), Color::Off),
              "faasc: error: '/out/o.json': " + c.said + "  hint: build the image again\n");
    EXPECT_EQ(read.error().fault, Fault::Input);
  }
}

TEST(VmSpec, AStoreIsNeededForKernelsThatLieInIt) {
  auto read = parse_vm_spec(kFullText, "/out/o.json");
  ASSERT_FALSE(read);
  EXPECT_EQ(to_text(read.error(), Color::Off),
            "faasc: error: '/out/o.json': '/direct_boot/kernel' lies in the kernel store, and none is known "
            "here [FAASC0573]\n  hint: build the image again\n");
}

TEST(VmSpec, EveryTruncationIsRefused) {
  std::string_view text = kFullText;
  for (std::size_t n = 0; n + 2 < text.size(); ++n)
    ASSERT_FALSE(parse_vm_spec(text.substr(0, n), "/out/o.json", "/k"))
        << "accepted the first " << n << " bytes";
}

TEST(VmSpec, OtherJsonIsNoSpec) {
  for (const char* text : {"[]", "7", "null", "{}", "\"faasc.vm/1\"", "{\"schema\":[]}"}) {
    auto read = parse_vm_spec(text, "x.json");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().code, "FAASC0571") << text;
  }
}

}  // namespace
}  // namespace faasc
