#include "compiler/build/vm_spec_of_function.h"

#include "base/file.h"
#include "compiler/build/cloud_event_request.h"
#include "manifests/ip_address.h"

namespace faasc {
namespace {

std::vector<std::pair<std::string, std::string>> pairs(const std::vector<NamedText>& list) {
  std::vector<std::pair<std::string, std::string>> out;
  for (const NamedText& item : list) out.emplace_back(*item.name, *item.value);
  return out;
}

template <typename T>
std::optional<T> plain(const std::optional<Located<T>>& value) {
  if (!value) return std::nullopt;
  return **value;
}

Result<SmokeTest> smoke_test_of(const Manifest& manifest, const Manifest::Test& test) {
  SmokeTest out;
  out.name = *test.name;
  out.path = *test.request.path;
  out.headers = pairs(test.request.headers);
  if (test.request.body) out.body = **test.request.body;
  if (test.request.body_file) {
    FAASC_TRY(out.body, read_file(manifest.directory / **test.request.body_file)
                            .during("reading the body of test '" + out.name + "'"));
  }
  if (test.request.cloudevent) add_cloud_event(**test.request.cloudevent, out);
  bool has_body = test.request.body || test.request.body_file || test.request.cloudevent;
  out.method = test.request.method ? **test.request.method : has_body ? "POST" : "GET";

  out.status = plain(test.expect.status);
  out.expected_headers = pairs(test.expect.headers);
  out.expected_body = plain(test.expect.body);
  out.expected_body_json = plain(test.expect.body_json);
  out.expected_body_regex = plain(test.expect.body_regex);
  out.expected_log_regex = plain(test.expect.log_regex);
  out.max_duration = plain(test.expect.max_duration);
  return out;
}

}  // namespace

Result<VmSpec> vm_spec_of_function(const Manifest& manifest, const Function& function, const Kernel& kernel,
                                   const Image& image, const DiskBoot& boot) {
  VmSpec spec;
  spec.name = *manifest.name;
  spec.architecture = kernel.architecture;
  spec.kernel_family = name_of(kernel.family);
  spec.vcpus = static_cast<unsigned>(*manifest.resources.vcpus);
  spec.memory_bytes = *manifest.resources.memory;
  spec.direct_boot = VmSpec::DirectBoot{.kernel_version = kernel.version, .kernel = kernel.image};
  auto digest = kernel.sha256.find(kernel.image.filename().string());
  if (digest != kernel.sha256.end()) spec.direct_boot->kernel_sha256 = digest->second;
  spec.disks.push_back({.path = image.path,
                        .format = *manifest.image.format,
                        .read_only = !manifest.resources.ephemeral_storage.written(),
                        .bios_bootable = boot.bios,
                        .uefi_bootable = boot.uefi});
  for (const Manifest::Mount& mount : manifest.mounts) {
    bool share = mount.tag.written();
    spec.mounts.push_back({.kind = share ? VmSpec::Mount::Kind::Share : VmSpec::Mount::Kind::Volume,
                           .name = share ? *mount.tag : *mount.label,
                           .path = *mount.path,
                           .read_only = *mount.readonly});
  }
  spec.nics.push_back({.address = address_with_prefix(manifest.network),
                       .gateway = gateway_of(manifest.network),
                       .address6 = *manifest.network.address6,
                       .tap = *manifest.network.tap,
                       .bridge = *manifest.network.bridge});
  if (kernel.architecture == kAarch64)
    spec.semihosting_exit = true;
  else
    spec.exit_port = kernel.family == KernelFamily::Nanos ? kNanosExitPort : kLinuxExitPort;
  spec.settings_disk = kernel.family == KernelFamily::Linux;

  spec.function = function.handler;
  spec.kind = function.kind;
  spec.http_port = static_cast<std::uint16_t>(*manifest.http.port);
  // A program of its own knows nothing of our health routes.
  if (*manifest.http.health && function.kind != "server") spec.ready_path = "/health/readiness";
  spec.init_timeout = *manifest.limits.init_timeout;
  spec.request_timeout = *manifest.limits.timeout;
  spec.grace_period = *manifest.limits.grace_period;
  for (const Manifest::Test& test : manifest.tests) {
    FAASC_TRY(SmokeTest smoke_test, smoke_test_of(manifest, test));
    spec.tests.push_back(std::move(smoke_test));
  }
  return spec;
}

}  // namespace faasc
