// What is made of single parts of a manifest: environment, data files, events, kernel options.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "compiler/build/cloud_event_request.h"
#include "compiler/build/data_files.h"
#include "compiler/build/disk_boot.h"
#include "compiler/build/function_identity.h"
#include "compiler/build/guest_environment.h"
#include "compiler/build/root_tuple.h"
#include "compiler/build/unsupported.h"
#include "manifests/reader.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class ManifestPartsTest : public testing::Test {
 protected:
  Manifest manifest(const std::string& keys) {
    Diagnostics diagnostics;
    auto read =
        read_manifest_text("apiVersion: faasc/v1\nname: shop\nruntime: cpp\n" + keys, project() / "faas.yaml",
                           diagnostics, {[](std::string_view) { return std::nullopt; }});
    for (const Diagnostic& one : diagnostics.all()) ADD_FAILURE() << to_text(one, Color::Off);
    return read.value_or(Manifest{});
  }
  fs::path project() const { return directory_.path() / "project"; }
  /// As they are printed, with paths below the project.
  std::string messages(const Diagnostics& diagnostics) const {
    std::string out;
    for (const Diagnostic& one : diagnostics.all()) out += to_text(one, Color::Off);
    const std::string prefix = project().string() + "/";
    for (std::size_t at; (at = out.find(prefix)) != std::string::npos;) out.erase(at, prefix.size());
    return out;
  }

  TemporaryDirectory directory_ = std::move(TemporaryDirectory::create(testing::TempDir(), "parts")).value();
};

const Function kFunction{.language = "cpp", .handler = "shop::price", .kind = "http"};

TEST_F(ManifestPartsTest, EnvironmentHasDefaultsAndTheUsersOwn) {
  auto environment = guest_environment(
      manifest("env: {STAGE: ci}\nhttp: {port: 9000}\nlimits: {timeout: 1500ms}\n"), kFunction);
  EXPECT_EQ(environment["PORT"], "9000");
  EXPECT_EQ(environment["STAGE"], "ci");
  EXPECT_EQ(environment["FUNCTION_TARGET"], "shop::price");
  EXPECT_EQ(environment["FUNCTION_SIGNATURE_TYPE"], "http");
  EXPECT_EQ(environment["K_SERVICE"], "shop");
  EXPECT_EQ(environment["K_REVISION"], "shop-0.0.0");
  EXPECT_EQ(environment["CLOUD_RUN_TIMEOUT_SECONDS"], "2");
  EXPECT_EQ(environment["FAASC_TIMEOUT"], "1500ms");
  EXPECT_EQ(environment["FAASC_CONCURRENCY"], "80");
}

TEST_F(ManifestPartsTest, AKindThatIsKnownOnlyAtStartIsNotNamed) {
  Function function = kFunction;
  function.kind = "auto";
  EXPECT_FALSE(guest_environment(manifest(""), function).contains("FUNCTION_SIGNATURE_TYPE"));
}

TEST_F(ManifestPartsTest, ALambdaHandlerFindsWhatLambdaReservesButNoCredentials) {
  Function function{.language = "cpp", .handler = "handle", .kind = "lambda"};
  auto environment = guest_environment(
      manifest("resources: {memory: 512MiB}\nhttp: {lambda_event: url-v2}\nenv: {TZ: Europe/Berlin}\n"),
      function);
  EXPECT_EQ(environment["_HANDLER"], "handle");
  EXPECT_EQ(environment["AWS_LAMBDA_FUNCTION_NAME"], "shop");
  EXPECT_EQ(environment["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"], "512");
  EXPECT_EQ(environment["AWS_LAMBDA_LOG_GROUP_NAME"], "/aws/lambda/shop");
  EXPECT_EQ(environment["LAMBDA_TASK_ROOT"], "/var/task");
  EXPECT_EQ(environment["TZ"], "Europe/Berlin");
  EXPECT_EQ(environment["FAASC_LAMBDA_EVENT"], "url-v2");
  EXPECT_EQ(environment["FAASC_CONCURRENCY"], "1");
  for (const char* secret : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"})
    EXPECT_FALSE(environment.contains(secret)) << secret;
  EXPECT_FALSE(guest_environment(manifest(""), kFunction).contains("_HANDLER"));
}

TEST_F(ManifestPartsTest, DataFilesAndDirectories) {
  ASSERT_TRUE(write_file(project() / "data/a.txt", "a"));
  ASSERT_TRUE(write_file(project() / "data/deep/run.sh", "b", 0755));
  fs::create_symlink("a.txt", project() / "data/link");
  ASSERT_TRUE(write_file(project() / "one.json", "{}"));
  Rootfs rootfs;
  std::vector<fs::path> inputs;
  Diagnostics diagnostics;
  add_data_files(manifest("files:\n  - {from: data, to: /etc/data}\n  - {from: one.json, to: /etc/one.json, "
                          "mode: \"0600\"}\n"),
                 rootfs, inputs, diagnostics);
  EXPECT_EQ(messages(diagnostics), "");
  ASSERT_TRUE(rootfs.find("/etc/data/a.txt"));
  EXPECT_EQ(std::get<Symlink>(rootfs.find("/etc/data/link")->content).target, "a.txt");
  EXPECT_EQ(rootfs.find("/etc/data/deep/run.sh")->mode, 0755u);
  EXPECT_EQ(rootfs.find("/etc/one.json")->mode, 0600u);
  EXPECT_EQ(rootfs.find("/etc/one.json")->why, "files: one.json");
  EXPECT_EQ(inputs.size(), 6u) << "every file and directory that was looked at decides the result";
}

TEST_F(ManifestPartsTest, DataFilesThatWillNotDo) {
  ASSERT_TRUE(write_file(directory_.path() / "outside.txt", "secret"));
  ASSERT_TRUE(write_file(project() / "data/a.txt", "a"));
  fs::create_symlink("../../outside.txt", project() / "data/escape");
  fs::create_symlink("../outside.txt", project() / "escape");
  Rootfs rootfs;
  std::vector<fs::path> inputs;
  Diagnostics diagnostics;
  add_data_files(
      manifest("files:\n  - {from: none, to: /n}\n  - {from: escape, to: /e}\n  - {from: data, to: /d}\n"
               "  - {from: data/a.txt, to: /d/a.txt}\n"),
      rootfs, inputs, diagnostics);
  EXPECT_EQ(
      messages(diagnostics),
      "faas.yaml:5:12: error: there is no 'none' [FAASC0150]\n"
      "  - {from: none, to: /n}\n"
      "           ^~~~\n"
      "  hint: the path is relative to the directory of faas.yaml\n"
      "faas.yaml:6:12: error: 'escape' leads out of the project [FAASC0152]\n"
      "  - {from: escape, to: /e}\n"
      "           ^~~~~~\n"
      "  hint: copy the file into the project\n"
      "faas.yaml:7:12: error: the symlink 'data/escape' leads out of the project [FAASC0152]\n"
      "  - {from: data, to: /d}\n"
      "           ^~~~\n"
      "  hint: put the file itself into the directory\n"
      "faas.yaml:8:28: error: guest path '/d/a.txt' is given twice, as a file and as a file [FAASC0151]\n"
      "  - {from: data/a.txt, to: /d/a.txt}\n"
      "                           ^~~~~~~~\n"
      "  hint: give it another path in 'to'\n");
  EXPECT_EQ(diagnostics.all()[0].place.line, 5);
}

TEST_F(ManifestPartsTest, BinaryEventsAreHeaders) {
  SmokeTest test;
  TestEvent event;
  event.subject.value = "a \"b\" %é";
  event.data = Located<std::string>{R"({"x":1})", {}};
  add_cloud_event(event, test);
  EXPECT_THAT(test.headers,
              ElementsAre(Pair("ce-specversion", "1.0"), Pair("ce-id", "1"), Pair("ce-source", "/faasc/test"),
                          Pair("ce-type", "faasc.test"), Pair("ce-subject", "a%20%22b%22%20%25%C3%A9"),
                          Pair("content-type", "application/json")));
  EXPECT_EQ(test.body, R"({"x":1})");
}

TEST_F(ManifestPartsTest, StructuredEventsAreOneBody) {
  SmokeTest test;
  TestEvent event;
  event.mode.value = "structured";
  event.data = Located<std::string>{R"({"x":1})", {}};
  add_cloud_event(event, test);
  EXPECT_THAT(test.headers, ElementsAre(Pair("content-type", "application/cloudevents+json")));
  EXPECT_EQ(
      test.body,
      R"({"specversion":"1.0","id":"1","source":"/faasc/test","type":"faasc.test","datacontenttype":"application/json",)"
      R"("data":{"x":1}})");
}

TEST_F(ManifestPartsTest, KernelOptionsKeepTheirShape) {
  TfsTuple tuple =
      root_tuple_options(manifest("image:\n  manifest: {noaslr: t, mtu: 1400, firewall: {rules: [a, b]}}\n"));
  EXPECT_EQ(to_text(TfsValue(tuple)), "(firewall:(rules:[a b]) mtu:1400 noaslr:t)");
}

TEST_F(ManifestPartsTest, WhatCannotBeHonouredIsRefusedAtItsPlace) {
  Diagnostics diagnostics;
  report_unsupported(manifest("signature: asgi\n"), diagnostics);
  EXPECT_EQ(
      messages(diagnostics),
      "faas.yaml:4:12: error: this version of faasc does not build 'asgi' functions in C++ [FAASC0803]\n"
      "signature: asgi\n"
      "           ^~~~\n"
      "  hint: http, cloudevent, lambda, typed and server are what it builds\n");
  EXPECT_EQ(diagnostics.all()[0].place.line, 4);
  Diagnostics none;
  report_unsupported(manifest(""), none);
  EXPECT_EQ(messages(none), "");
}

TEST_F(ManifestPartsTest, WhatADiskBootsFrom) {
  Kernel nanos, linux;
  nanos.version = "0.1.55";
  nanos.boot_blob = "boot.img";
  nanos.uefi_loader = "bootx64.efi";
  linux.family = KernelFamily::Linux;
  linux.version = "6.1";
  linux.bzimage = "bzImage";
  Diagnostics diagnostics;
  auto text = [&](const std::string& word, const Kernel& kernel) {
    Manifest read = word.empty() ? manifest("") : manifest("image: {boot: " + word + "}\n");
    DiskBoot boot = disk_boot(read, kernel, diagnostics);
    return std::string(boot.bios ? "bios " : "") + (boot.uefi ? "uefi" : "");
  };
  EXPECT_EQ(text("", nanos), "bios ");
  EXPECT_EQ(text("direct", nanos), "");
  EXPECT_EQ(text("bios", nanos), "bios ");
  EXPECT_EQ(text("uefi", nanos), "bios uefi");
  EXPECT_EQ(text("", linux), "");
  EXPECT_EQ(text("direct", linux), "");
  EXPECT_EQ(text("bios", linux), "bios uefi");
  EXPECT_EQ(text("uefi", linux), "bios uefi");
  EXPECT_EQ(messages(diagnostics), "");

  nanos.uefi_loader.clear();
  text("uefi", nanos);
  nanos.boot_blob.clear();
  linux.bzimage.clear();
  EXPECT_EQ(text("", nanos), "");
  text("bios", nanos);
  text("bios", linux);
  EXPECT_EQ(
      messages(diagnostics),
      "faas.yaml:4:15: error: kernel nanos@0.1.55 has no bootx64.efi, which such a disk is booted by "
      "[FAASC0586]\n"
      "image: {boot: uefi}\n"
      "              ^~~~\n"
      "  hint: pull the kernel again, or use 'boot: direct'\n"
      "faas.yaml:4:15: error: kernel nanos@0.1.55 has no boot.img, which such a disk is booted by "
      "[FAASC0586]\n"
      "image: {boot: bios}\n"
      "              ^~~~\n"
      "  hint: pull the kernel again, or use 'boot: direct'\n"
      "faas.yaml:4:15: error: kernel linux@6.1 has no bzImage, which such a disk is booted by [FAASC0586]\n"
      "image: {boot: bios}\n"
      "              ^~~~\n"
      "  hint: pull the kernel again, or use 'boot: direct'\n");
  EXPECT_EQ(diagnostics.all()[0].place.line, 4);
}

TEST_F(ManifestPartsTest, KlibsAreOfTheKernel) {
  Kernel kernel;
  kernel.version = "0.1.55";
  kernel.klibs = directory_.path() / "klibs";
  for (const char* name : {"ntp", "radar"}) ASSERT_TRUE(write_file(kernel.klibs / name, "KLIB"));
  Diagnostics diagnostics;
  Manifest read = manifest("image: {klibs: [ntp, radar, strace]}\n");
  check_klibs(read, kernel, diagnostics);
  EXPECT_EQ(
      messages(diagnostics),
      "faas.yaml:4:22: error: library 'radar' needs 'tls', which kernel 0.1.55 does not have [FAASC0562]\n"
      "image: {klibs: [ntp, radar, strace]}\n"
      "                     ^~~~~\n"
      "  hint: it has ntp, radar\n"
      "faas.yaml:4:29: error: kernel 0.1.55 has no library 'strace' [FAASC0562]\n"
      "image: {klibs: [ntp, radar, strace]}\n"
      "                            ^~~~~~\n"
      "  hint: it has ntp, radar\n");
  kernel.family = KernelFamily::Linux;
  Diagnostics none;
  check_klibs(read, kernel, none);
  EXPECT_EQ(messages(none), "");
}

TEST_F(ManifestPartsTest, WhatIsInAFunctionsOwnFilesIsItsIdentity) {
  auto identity = [&](const char* program, const char* handler, const char* library) {
    EXPECT_TRUE(fs::create_directories(project()) || fs::exists(project()));
    Program made;
    made.executable = "/bin/function";
    made.working_directory = "/app";
    for (auto [path, bytes] :
         {std::pair{"/bin/function", program}, {"/app/handler.py", handler}, {"/lib/libx.so", library}}) {
      fs::path file = project() / fs::path(path).filename();
      EXPECT_TRUE(write_file(file, bytes));
      EXPECT_TRUE(made.rootfs.add(path, {HostFile{file.string()}, 0644, "a test"}));
    }
    return function_identity(made).value();
  };
  const std::string first = identity("1", "1", "1");
  EXPECT_EQ(first.size(), 64u);
  EXPECT_EQ(identity("1", "1", "1"), first);
  EXPECT_NE(identity("2", "1", "1"), first);
  EXPECT_NE(identity("1", "2", "1"), first);
  EXPECT_EQ(identity("1", "1", "2"), first);
}

}  // namespace
}  // namespace faasc
