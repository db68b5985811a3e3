#include <nlohmann/json.hpp>

#include "packager/spec/base64.h"
#include "packager/spec/vm_spec.h"
#include "packager/spec/vm_spec_form.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Pairs = std::vector<std::pair<std::string, std::string>>;

bool is_utf8(const std::string& text) {
  // The serialiser is the judge of what it will write unchanged.
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::ignore) ==
         Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string path_text(const fs::path& path, const fs::path& directory, const fs::path& kernel_store) {
  if (!kernel_store.empty()) {
    fs::path below = path.lexically_normal().lexically_relative(kernel_store.lexically_normal());
    if (!below.empty() && *below.begin() != ".." && below != ".")
      return std::string(kStorePrefix) + below.string();
  }
  fs::path relative = path.lexically_normal().lexically_relative(directory.lexically_normal());
  return (relative.empty() ? path : relative).string();
}

void put_bytes(Json& into, const std::string& bytes) {
  if (is_utf8(bytes))
    into["body"] = bytes;
  else
    into["body_base64"] = to_base64(bytes);
}

Json json_of(const Pairs& pairs) {
  Json list = Json::array();
  for (const auto& [name, value] : pairs) list.push_back(Json::array({name, value}));
  return list;
}

Json json_of(const SmokeTest& test) {
  Json request = {{"method", test.method}, {"path", test.path}, {"headers", json_of(test.headers)}};
  if (!test.body.empty()) put_bytes(request, test.body);
  Json expect = Json::object();
  if (test.status) expect["status"] = *test.status;
  expect["headers"] = json_of(test.expected_headers);
  if (test.expected_body) put_bytes(expect, *test.expected_body);
  if (test.expected_body_json) expect["body_json"] = *test.expected_body_json;
  if (test.expected_body_regex) expect["body_regex"] = *test.expected_body_regex;
  if (test.expected_log_regex) expect["log_regex"] = *test.expected_log_regex;
  if (test.max_duration) expect["max_ms"] = test.max_duration->count();
  return {{"name", test.name}, {"request", std::move(request)}, {"expect", std::move(expect)}};
}

}  // namespace

std::string to_json(const VmSpec& spec, const fs::path& directory, const fs::path& kernel_store) {
  auto text_of = [&](const fs::path& path) { return path_text(path, directory, kernel_store); };
  Json root = {{"schema", kVmSpecSchema},
               {"name", spec.name},
               {"architecture", spec.architecture},
               {"kernel_family", spec.kernel_family},
               {"vcpus", spec.vcpus},
               {"memory_bytes", spec.memory_bytes}};
  if (const auto& boot = spec.direct_boot) {
    Json object = {{"kernel_version", boot->kernel_version},
                   {"kernel", text_of(boot->kernel)},
                   {"kernel_sha256", boot->kernel_sha256}};
    if (!boot->initrd.empty()) object["initrd"] = text_of(boot->initrd);
    if (boot->initrd_is_root) object["initrd_is_root"] = true;
    if (!boot->command_line.empty()) object["command_line"] = boot->command_line;
    root["direct_boot"] = std::move(object);
  }
  root["disks"] = Json::array();
  for (const VmSpec::Disk& disk : spec.disks) {
    Json object = {{"path", text_of(disk.path)},
                   {"format", disk.format},
                   {"read_only", disk.read_only},
                   {"bios_bootable", disk.bios_bootable}};
    if (disk.uefi_bootable) object["uefi_bootable"] = true;
    if (!disk.volume.empty()) object["volume"] = disk.volume;
    root["disks"].push_back(std::move(object));
  }
  for (const VmSpec::Share& share : spec.shares)
    root["shares"].push_back(
        {{"directory", text_of(share.directory)}, {"tag", share.tag}, {"read_only", share.read_only}});
  for (const VmSpec::Mount& mount : spec.mounts)
    root["mounts"].push_back({{mount.kind == VmSpec::Mount::Kind::Volume ? "label" : "tag", mount.name},
                              {"path", mount.path},
                              {"read_only", mount.read_only}});
  root["nics"] = Json::array();
  for (const VmSpec::Nic& nic : spec.nics) {
    Json object = {{"model", nic.model}, {"address", nic.address}};
    for (const auto& [member, value] : {std::pair{"gateway", &nic.gateway},
                                        {"address6", &nic.address6},
                                        {"mac", &nic.mac},
                                        {"tap", &nic.tap},
                                        {"bridge", &nic.bridge}})
      if (!value->empty()) object[member] = *value;
    root["nics"].push_back(std::move(object));
  }
  if (spec.exit_port) root["exit_port"] = *spec.exit_port;
  if (spec.semihosting_exit) root["semihosting_exit"] = true;
  if (spec.settings_disk) root["settings_disk"] = true;
  root["function"] = {{"name", spec.function},
                      {"kind", spec.kind},
                      {"http_port", spec.http_port},
                      {"ready_path", spec.ready_path},
                      {"init_timeout_ms", spec.init_timeout.count()},
                      {"request_timeout_ms", spec.request_timeout.count()},
                      {"grace_period_ms", spec.grace_period.count()}};
  root["tests"] = Json::array();
  for (const SmokeTest& test : spec.tests) root["tests"].push_back(json_of(test));
  return root.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace faasc
