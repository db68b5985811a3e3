#include <nlohmann/json.hpp>

#include "packager/spec/targets/renderers.h"

namespace faasc {

// A VirtualMachineInstance of kubevirt.io/v1, in JSON, which is YAML too. The disk comes as a container image
// with the disk's file below /disk, KubeVirt's "containerDisk"; what the guest writes to it ends with the
// machine.
Result<Rendering> render_kubevirt(const VmSpec& spec, const RenderOptions& options) {
  using Json = nlohmann::ordered_json;
  constexpr std::string_view kName = "KubeVirt";
  FAASC_CHECK(check_architecture(kName, spec));
  FAASC_CHECK(check_no_shares(kName, spec));
  FAASC_CHECK(check_disk_formats(kName, spec, {"qcow2", "raw"}));
  FAASC_TRY(BootFrom from, boot_of_pc(kName, spec));
  if (from == BootFrom::Kernel)
    return target_cannot(kName, "take the kernel of '" + spec.name + "' from this host",
                         "build with 'image: {boot: bios}'");
  if (options.container_image.empty())
    return target_cannot(
        kName, "take a disk from this host: it takes container images from a registry",
        "'faasc spec --to oci' makes a container image with the disk: push it, and name it with --image");
  if (spec.disks.size() != 1)
    return target_cannot(kName, "be given " + std::to_string(spec.disks.size()) + " disks by one image",
                         "build an image with one disk");

  Rendering rendering;
  Json domain = {{"cpu", {{"cores", spec.vcpus}}},
                 {"memory", {{"guest", std::to_string(mebibytes(spec.memory_bytes)) + "Mi"}}},
                 {"machine", {{"type", "q35"}}}};
  if (from == BootFrom::Uefi) domain["firmware"] = {{"bootloader", {{"efi", {{"secureBoot", false}}}}}};
  Json devices = {{"disks", Json::array({{{"name", "root"}, {"disk", {{"bus", "virtio"}}}}})},
                  {"autoattachGraphicsDevice", false},
                  {"autoattachMemBalloon", false}};
  Json body = {
      {"terminationGracePeriodSeconds", std::chrono::ceil<std::chrono::seconds>(spec.grace_period).count()}};
  if (!spec.nics.empty()) {
    devices["interfaces"] =
        Json::array({{{"name", "default"},
                      {"masquerade", Json::object()},
                      {"model", "virtio"},
                      {"ports", Json::array({{{"name", "http"}, {"port", spec.http_port}}})}}});
    body["networks"] = Json::array({{{"name", "default"}, {"pod", Json::object()}}});
    Json probe = {
        {"periodSeconds", 1},
        {"failureThreshold",
         std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(spec.init_timeout).count())}};
    if (spec.ready_path.empty())
      probe["tcpSocket"] = {{"port", spec.http_port}};
    else
      probe["httpGet"] = {{"path", spec.ready_path}, {"port", spec.http_port}};
    body["readinessProbe"] = probe;
    lose_own_network(spec.nics.front(),
                     "the guest is in the pod's network, which gives it an address by DHCP", rendering);
  }
  domain["devices"] = devices;
  body["domain"] = domain;
  body["volumes"] =
      Json::array({{{"name", "root"}, {"containerDisk", {{"image", options.container_image}}}}});
  if (!spec.disks[0].read_only)
    rendering.losses.push_back("a disk that lasts: what the guest writes is gone with the machine");
  lose_exit_status(spec, kName, rendering);
  Json manifest = {{"apiVersion", "kubevirt.io/v1"},
                   {"kind", "VirtualMachineInstance"},
                   {"metadata", {{"name", spec.name}, {"labels", {{"app.kubernetes.io/name", spec.name}}}}},
                   {"spec", body}};
  rendering.text = manifest.dump(2) + "\n";
  return rendering;
}

}  // namespace faasc
