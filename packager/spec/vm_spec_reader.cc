#include <limits>

#include <arpa/inet.h>

#include "base/file.h"
#include "packager/spec/base64.h"
#include "packager/spec/json_object_reader.h"
#include "packager/spec/vm_spec.h"
#include "packager/spec/vm_spec_form.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kFileLimit = std::uint64_t{64} << 20;

struct PathBase {
  fs::path directory;
  fs::path kernel_store;
};

void read_path(SpecFailure& failure, ObjectReader& object, const char* name, fs::path& into,
               Presence presence, const PathBase& base) {
  std::string text;
  object.read(name, text, presence);
  if (failure.error || (text.empty() && presence == Presence::Optional)) return;
  if (text.empty()) return failure.fail(kSpecWrongValue, "'" + object.pointer_to(name) + "' is empty");
  if (!text.starts_with(kStorePrefix)) {
    into = (base.directory / text).lexically_normal();
    return;
  }
  if (base.kernel_store.empty())
    return failure.fail(kSpecWrongValue,
                        "'" + object.pointer_to(name) + "' lies in the kernel store, and none is known here");
  fs::path below = fs::path(text.substr(kStorePrefix.size())).lexically_normal();
  if (below.empty() || below.is_absolute() || *below.begin() == "..")
    return failure.fail(kSpecWrongValue,
                        "'" + object.pointer_to(name) + "' leaves the kernel store: '" + text + "'");
  into = base.kernel_store / below;
}

bool is_ipv4(const std::string& text) {
  in_addr address{};
  return ::inet_pton(AF_INET, text.c_str(), &address) == 1;
}

bool is_ipv4_with_prefix(const std::string& text) {
  std::size_t slash = text.find('/');
  if (slash == std::string::npos || !is_ipv4(text.substr(0, slash))) return false;
  std::string prefix = text.substr(slash + 1);
  bool digits =
      !prefix.empty() && prefix.size() <= 2 && prefix.find_first_not_of("0123456789") == std::string::npos;
  return digits && std::stoi(prefix) >= 1 && std::stoi(prefix) <= 30;
}

bool is_ipv6_with_prefix(const std::string& text) {
  std::size_t slash = text.find('/');
  in6_addr address{};
  if (slash == std::string::npos || ::inet_pton(AF_INET6, text.substr(0, slash).c_str(), &address) != 1)
    return false;
  std::string prefix = text.substr(slash + 1);
  bool digits =
      !prefix.empty() && prefix.size() <= 3 && prefix.find_first_not_of("0123456789") == std::string::npos;
  return digits && std::stoi(prefix) >= 1 && std::stoi(prefix) <= 128;
}

void read_test(SpecFailure& failure, ObjectReader& object, SmokeTest& test) {
  object.read("name", test.name);
  if (const Json* value = object.take("request", Presence::Required)) {
    ObjectReader request(failure, *value, object.pointer_to("request"));
    request.read("method", test.method);
    request.read("path", test.path);
    request.read("headers", test.headers);
    request.read_bytes(test.body);
    request.finish();
  }
  if (const Json* value = object.take("expect", Presence::Required)) {
    ObjectReader expect(failure, *value, object.pointer_to("expect"));
    if (expect.has("status")) expect.read_integer("status", test.status.emplace(), 100, 599);
    expect.read("headers", test.expected_headers);
    if (std::string bytes; expect.read_bytes(bytes)) test.expected_body = std::move(bytes);
    expect.read("body_json", test.expected_body_json);
    if (test.expected_body_json && !Json::accept(*test.expected_body_json))
      failure.fail(kSpecWrongValue,
                   "'" + expect.pointer_to("body_json") + "' is not the text of a JSON value");
    expect.read("body_regex", test.expected_body_regex);
    expect.read("log_regex", test.expected_log_regex);
    if (expect.has("max_ms")) expect.read("max_ms", test.max_duration.emplace());
    expect.finish();
  }
}

void read_mount(SpecFailure& failure, ObjectReader& object, VmSpec::Mount& mount) {
  bool volume = object.has("label"), share = object.has("tag");
  if (volume == share)
    failure.fail(kSpecWrongMember,
                 "'" + object.pointer_to(volume ? "label" : "tag") +
                     (volume ? "' stands beside 'tag'; a mount has one of the two"
                             : "' is missing, and so is 'label'; a mount has one of the two"));
  mount.kind = volume ? VmSpec::Mount::Kind::Volume : VmSpec::Mount::Kind::Share;
  object.read(volume ? "label" : "tag", mount.name);
  object.read("path", mount.path);
  object.read("read_only", mount.read_only);
  if (!mount.path.starts_with('/'))
    failure.fail(kSpecWrongValue,
                 "'" + object.pointer_to("path") + "' is '" + mount.path + "'; it must begin with '/'");
}

void read_spec(SpecFailure& failure, ObjectReader& root, const PathBase& base, VmSpec& spec) {
  root.take("schema", Presence::Required);
  root.read("name", spec.name);
  if (spec.name.empty()) failure.fail(kSpecWrongValue, "'/name' is empty");
  root.read_one_of("architecture", spec.architecture, {"x86_64", "aarch64"});
  root.read_one_of("kernel_family", spec.kernel_family, {"nanos", "linux"});
  bool pc = spec.architecture != "aarch64";
  if (!pc && spec.kernel_family == "linux")
    failure.fail(kSpecWrongValue, "'/kernel_family' is 'linux'; for aarch64 only 'nanos' is allowed");
  root.read_integer("vcpus", spec.vcpus, 1, 255);
  root.read_integer("memory_bytes", spec.memory_bytes, std::uint64_t{1} << 20, std::uint64_t{1} << 40);
  if (const Json* value = root.take("direct_boot", Presence::Optional)) {
    VmSpec::DirectBoot& boot = spec.direct_boot.emplace();
    ObjectReader object(failure, *value, "/direct_boot");
    object.read("kernel_version", boot.kernel_version);
    read_path(failure, object, "kernel", boot.kernel, Presence::Required, base);
    object.read("kernel_sha256", boot.kernel_sha256);
    read_path(failure, object, "initrd", boot.initrd, Presence::Optional, base);
    object.read("initrd_is_root", boot.initrd_is_root, Presence::Optional);
    if (boot.initrd_is_root && boot.initrd.empty())
      failure.fail(kSpecWrongValue, "'/direct_boot/initrd_is_root' is true, and there is no initrd");
    object.read("command_line", boot.command_line, Presence::Optional);
    object.finish();
  }
  read_list(failure, root, "disks", [&](ObjectReader& object) {
    VmSpec::Disk& disk = spec.disks.emplace_back();
    read_path(failure, object, "path", disk.path, Presence::Required, base);
    object.read_one_of("format", disk.format, {"raw", "qcow2", "vmdk", "vhd", "vhdx", "raw.zst"});
    object.read("read_only", disk.read_only);
    object.read("bios_bootable", disk.bios_bootable);
    object.read("uefi_bootable", disk.uefi_bootable, Presence::Optional);
    object.read("volume", disk.volume, Presence::Optional);
  });
  if (root.has("shares"))
    read_list(failure, root, "shares", [&](ObjectReader& object) {
      VmSpec::Share& share = spec.shares.emplace_back();
      read_path(failure, object, "directory", share.directory, Presence::Required, base);
      object.read("tag", share.tag);
      object.read("read_only", share.read_only);
    });
  if (root.has("mounts"))
    read_list(failure, root, "mounts",
              [&](ObjectReader& object) { read_mount(failure, object, spec.mounts.emplace_back()); });
  read_list(failure, root, "nics", [&](ObjectReader& object) {
    VmSpec::Nic& nic = spec.nics.emplace_back();
    object.read_one_of("model", nic.model, {"virtio-net"});
    object.read("address", nic.address);
    object.read("gateway", nic.gateway, Presence::Optional);
    object.read("address6", nic.address6, Presence::Optional);
    object.read("mac", nic.mac, Presence::Optional);
    object.read("tap", nic.tap, Presence::Optional);
    object.read("bridge", nic.bridge, Presence::Optional);
    if (!nic.address6.empty() && !is_ipv6_with_prefix(nic.address6))
      failure.fail(kSpecWrongValue, "'" + object.pointer_to("address6") + "' is '" + nic.address6 +
                                        "'; it must be an IPv6 address with its prefix length, 'fd00::2/64'");
    if (!nic.tap.empty() && !nic.bridge.empty())
      failure.fail(kSpecWrongMember,
                   "'" + object.pointer_to("bridge") + "' stands beside 'tap'; a card has one of the two");
    if (nic.address != "dhcp" && !is_ipv4_with_prefix(nic.address))
      failure.fail(kSpecWrongValue,
                   "'" + object.pointer_to("address") + "' is '" + nic.address +
                       "'; allowed is 'dhcp' or an IPv4 address with its prefix length, '10.0.2.15/24'");
    if (!nic.gateway.empty() && !is_ipv4(nic.gateway))
      failure.fail(kSpecWrongValue, "'" + object.pointer_to("gateway") + "' is '" + nic.gateway +
                                        "'; it must be an IPv4 address");
  });
  if (root.has("exit_port")) root.read_integer("exit_port", spec.exit_port.emplace(), 1, 0xfffc);
  root.read("semihosting_exit", spec.semihosting_exit, Presence::Optional);
  root.read("settings_disk", spec.settings_disk, Presence::Optional);
  for (const auto& [member, wrong] : {std::pair{"exit_port", !pc && spec.exit_port.has_value()},
                                      {"semihosting_exit", pc && spec.semihosting_exit}})
    if (wrong)
      failure.fail(kSpecWrongValue,
                   "'/" + std::string(member) + "' is nothing that " + spec.architecture + " has");
  if (const Json* value = root.take("function", Presence::Required)) {
    ObjectReader object(failure, *value, "/function");
    object.read("name", spec.function);
    object.read("kind", spec.kind);
    object.read_integer("http_port", spec.http_port, 1, 65535);
    object.read("ready_path", spec.ready_path);
    object.read("init_timeout_ms", spec.init_timeout);
    object.read("request_timeout_ms", spec.request_timeout);
    object.read("grace_period_ms", spec.grace_period);
    object.finish();
    if (!spec.ready_path.empty() && spec.ready_path.front() != '/')
      failure.fail(kSpecWrongValue,
                   "'/function/ready_path' is '" + spec.ready_path + "'; it must begin with '/'");
  }
  read_list(failure, root, "tests",
            [&](ObjectReader& object) { read_test(failure, object, spec.tests.emplace_back()); });
  root.finish();
}

}  // namespace

Result<VmSpec> parse_vm_spec(std::string_view text, const fs::path& path, const fs::path& kernel_store) {
  SpecFailure failure{path, {}};
  std::vector<std::set<std::string>> open_objects;  // the members seen so far of every object that is open
  auto watch = [&](int, Json::parse_event_t event, Json& parsed) {
    if (event == Json::parse_event_t::object_start) open_objects.emplace_back();
    if (event == Json::parse_event_t::object_end) open_objects.pop_back();
    if (event == Json::parse_event_t::key && !open_objects.back().insert(parsed.get<std::string>()).second)
      failure.fail(kSpecNotJson, "member '" + parsed.get<std::string>() + "' appears twice in one object");
    return true;
  };
  Json root = Json::parse(text, watch, false);
  if (root.is_discarded()) failure.fail(kSpecNotJson, "this is not JSON");
  if (failure.error) return *failure.error;

  ObjectReader reader(failure, root, "");
  if (!root.is_object() || !root.contains("schema") || root.at("schema") != kVmSpecSchema) {
    Json found = root.is_object() && root.contains("schema") ? root.at("schema") : Json();
    failure.error.reset();
    failure.fail(kSpecWrongSchema,
                 found.is_null()
                     ? "this is no VM description: it has no 'schema' of '" + std::string(kVmSpecSchema) + "'"
                     : "the schema is " + found.dump(-1, ' ', false, Json::error_handler_t::replace) +
                           "; this faasc reads '" + kVmSpecSchema + "'");
    return *failure.error;
  }
  std::error_code error;
  fs::path absolute = fs::absolute(path, error);
  VmSpec spec;
  read_spec(failure, reader, {absolute.parent_path(), kernel_store}, spec);
  if (failure.error) return *failure.error;
  return spec;
}

Result<VmSpec> read_vm_spec(const fs::path& path, const fs::path& kernel_store) {
  FAASC_TRY(std::string text, read_file(path, kFileLimit));
  return parse_vm_spec(text, path, kernel_store);
}

}  // namespace faasc
