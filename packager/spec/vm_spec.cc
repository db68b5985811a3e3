#include "packager/spec/vm_spec.h"

#include <algorithm>
#include <limits>
#include <set>

#include <arpa/inet.h>

#include <nlohmann/json.hpp>

#include "base/diagnostics.h"
#include "base/file.h"
#include "packager/spec/base64.h"
#include "packager/spec/codes.h"

// "faasc.vm/1", members in this order; those marked ? are left out where they say nothing:
//
//   schema name architecture kernel_family vcpus memory_bytes
//   direct_boot?  {kernel_version kernel kernel_sha256 initrd? initrd_is_root? command_line?}
//   disks         [{path format read_only bios_bootable uefi_bootable? volume?}]
//   shares?       [{directory tag read_only}]
//   mounts?       [{tag|label path read_only}]
//   nics          [{model address gateway? address6? mac? tap?|bridge?}]
//   exit_port? semihosting_exit? settings_disk?
//   function      {name kind http_port ready_path init_timeout_ms request_timeout_ms grace_period_ms}
//   tests         [{name request {method path headers [[name, value]] body?|body_base64?}
//                   expect {status? headers body?|body_base64? body_json? body_regex? log_regex? max_ms?}}]

namespace faasc {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "faasc.vm/1";
constexpr std::string_view kStorePrefix = "${kernels}/";
constexpr std::uint64_t kFileLimit = std::uint64_t{64} << 20;

using Pairs = std::vector<std::pair<std::string, std::string>>;

bool is_utf8(const std::string& text) {
  // The serialiser is the judge of what it will write unchanged.
  return Json(text).dump(-1, ' ', false, Json::error_handler_t::ignore) ==
         Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
}

// ----------------------------------------------------------------------------------------------------------------
// writing

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

// ----------------------------------------------------------------------------------------------------------------
// reading

/// What goes wrong first. The readers below go on with defaults after a failure, which keeps them
/// straight-line code.
struct Failure {
  fs::path file;
  std::optional<Error> error;

  void fail(const char* code, std::string what) {
    if (error) return;
    error =
        Error{Fault::Input, code, "'" + file.string() + "': " + std::move(what), {}, "build the image again"};
  }
};

enum class Presence : std::uint8_t { Required, Optional };

const char* type_name(const Json& value) {
  if (value.is_number() && !value.is_number_integer()) return "a number with a fraction";
  if (value.is_number()) return "a whole number";
  if (value.is_string()) return "a string";
  if (value.is_boolean()) return "true or false";
  if (value.is_array()) return "a list";
  return value.is_object() ? "an object" : "null";
}

/// One JSON object on its way to a struct: whatever nobody asked for by the end was not expected.
class ObjectReader {
 public:
  ObjectReader(Failure& failure, const Json& value, std::string pointer)
      : failure_(failure), value_(value), pointer_(std::move(pointer)) {
    if (!value_.is_object()) wrong_type(pointer_, value_, "an object");
  }

  std::string pointer_to(std::string_view name) const { return pointer_ + "/" + std::string(name); }

  /// Whoever asks for a member knows it, present or not.
  bool has(const char* name) {
    known_.insert(name);
    return value_.is_object() && value_.contains(name);
  }

  const Json* take(const char* name, Presence presence) {
    if (has(name)) return &value_.at(name);
    if (presence == Presence::Required)
      failure_.fail(kSpecWrongMember, "member '" + pointer_to(name) + "' is missing");
    return nullptr;
  }

  void read(const char* name, std::string& into, Presence presence = Presence::Required) {
    const Json* value = take(name, presence);
    if (!value) return;
    if (!value->is_string()) return wrong_type(pointer_to(name), *value, "a string");
    into = value->get<std::string>();
    if (into.find('\0') != std::string::npos)
      failure_.fail(kSpecWrongValue, "'" + pointer_to(name) + "' contains a NUL character");
  }

  void read(const char* name, std::optional<std::string>& into) {
    if (!has(name)) return;
    read(name, into.emplace());
  }

  void read(const char* name, bool& into, Presence presence = Presence::Required) {
    const Json* value = take(name, presence);
    if (!value) return;
    if (!value->is_boolean()) return wrong_type(pointer_to(name), *value, "true or false");
    into = value->get<bool>();
  }

  template <typename Integer>
  void read_integer(const char* name, Integer& into, std::uint64_t least, std::uint64_t most) {
    const Json* value = take(name, Presence::Required);
    if (!value) return;
    if (!value->is_number_integer()) return wrong_type(pointer_to(name), *value, "a whole number");
    // A negative number becomes a very large one here, and is refused as such.
    auto number = value->get<std::uint64_t>();
    if (number < least || number > most)
      return failure_.fail(kSpecWrongValue, "'" + pointer_to(name) + "' is " + value->dump() +
                                                "; allowed is " + std::to_string(least) + " to " +
                                                std::to_string(most));
    into = static_cast<Integer>(number);
  }

  void read(const char* name, std::chrono::milliseconds& into) {
    std::int64_t count = into.count();
    read_integer(name, count, 0, std::uint64_t{24} * 60 * 60 * 1000);
    into = std::chrono::milliseconds(count);
  }

  void read_one_of(const char* name, std::string& into, const std::vector<std::string_view>& allowed) {
    read(name, into);
    if (failure_.error || std::find(allowed.begin(), allowed.end(), into) != allowed.end()) return;
    std::string list;
    for (std::string_view word : allowed)
      list.append(list.empty() ? "" : ", ").append("'").append(word).append("'");
    failure_.fail(kSpecWrongValue, "'" + pointer_to(name) + "' is '" + into + "'; allowed is " + list);
  }

  void read(const char* name, Pairs& into) {
    const Json* list = take(name, Presence::Required);
    if (!list) return;
    if (!list->is_array()) return wrong_type(pointer_to(name), *list, "a list");
    for (std::size_t i = 0; i < list->size(); ++i) {
      const Json& pair = list->at(i);
      if (!pair.is_array() || pair.size() != 2 || !pair[0].is_string() || !pair[1].is_string())
        return failure_.fail(kSpecWrongMember, "'" + pointer_to(name) + "/" + std::to_string(i) +
                                                   "' is not a list of a name and a value");
      into.emplace_back(pair[0].get<std::string>(), pair[1].get<std::string>());
    }
  }

  /// "body" or "body_base64", whichever there is. True where there was one.
  bool read_bytes(std::string& into) {
    bool found = has("body") || has("body_base64");
    if (has("body") && has("body_base64"))
      failure_.fail(kSpecWrongMember, "'" + pointer_ + "' has both 'body' and 'body_base64'");
    if (const Json* value = take("body", Presence::Optional)) {
      if (!value->is_string())
        wrong_type(pointer_to("body"), *value, "a string");
      else
        into = value->get<std::string>();
    }
    std::string text;
    read("body_base64", text, Presence::Optional);
    if (text.empty()) return found;
    auto bytes = from_base64(text);
    if (!bytes)
      failure_.fail(kSpecWrongValue, "'" + pointer_to("body_base64") + "' is not base64");
    else
      into = std::move(*bytes);
    return found;
  }

  void finish() {
    if (!value_.is_object()) return;
    for (const auto& item : value_.items()) {
      if (known_.contains(item.key())) continue;
      std::vector<std::string_view> known(known_.begin(), known_.end());
      std::string_view near = nearest(item.key(), known);
      return failure_.fail(kSpecWrongMember,
                           "member '" + pointer_to(item.key()) + "' is unknown" +
                               (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"));
    }
  }

  void wrong_type(const std::string& pointer, const Json& value, const char* wanted) {
    failure_.fail(kSpecWrongMember,
                  "'" + pointer + "' is " + type_name(value) + "; it must be " + std::string(wanted));
  }

 private:
  Failure& failure_;
  const Json& value_;
  std::string pointer_;
  std::set<std::string> known_;
};

/// Calls `each` with a reader for every object of the list `name`.
template <typename Each>
void read_list(Failure& failure, ObjectReader& parent, const char* name, Each each) {
  const Json* list = parent.take(name, Presence::Required);
  if (!list) return;
  if (!list->is_array()) return parent.wrong_type(parent.pointer_to(name), *list, "a list");
  for (std::size_t i = 0; i < list->size() && !failure.error; ++i) {
    ObjectReader element(failure, list->at(i), parent.pointer_to(name) + "/" + std::to_string(i));
    each(element);
    element.finish();
  }
}

struct PathBase {
  fs::path directory;
  fs::path kernel_store;
};

void read_path(Failure& failure, ObjectReader& object, const char* name, fs::path& into, Presence presence,
               const PathBase& base) {
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

void read_test(Failure& failure, ObjectReader& object, SmokeTest& test) {
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

void read_mount(Failure& failure, ObjectReader& object, VmSpec::Mount& mount) {
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

void read_spec(Failure& failure, ObjectReader& root, const PathBase& base, VmSpec& spec) {
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

fs::path vm_spec_path(const fs::path& image) {
  fs::path path = image;
  if (path.extension() == ".zst") path.replace_extension();
  return path.replace_extension(".vm.json");
}

fs::path image_of(const VmSpec& spec) {
  if (spec.direct_boot && spec.direct_boot->initrd_is_root) return spec.direct_boot->initrd;
  return spec.disks.empty() ? fs::path() : spec.disks.front().path;
}

bool root_is_read_only(const VmSpec& spec) {
  if (spec.direct_boot && spec.direct_boot->initrd_is_root)
    return (" " + spec.direct_boot->command_line + " ").find(" rw ") == std::string::npos;
  return spec.disks.empty() || spec.disks.front().read_only;
}

std::string share_tag(const VmSpec& spec, std::size_t index, const VmSpec::Mount* mount) {
  if (spec.kernel_family == "nanos") return std::to_string(index);
  return mount != nullptr ? mount->name : "faasc-share-" + std::to_string(index);
}

std::string to_json(const VmSpec& spec, const fs::path& directory, const fs::path& kernel_store) {
  auto text_of = [&](const fs::path& path) { return path_text(path, directory, kernel_store); };
  Json root = {{"schema", kSchema},
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

Result<VmSpec> parse_vm_spec(std::string_view text, const fs::path& path, const fs::path& kernel_store) {
  Failure failure{path, {}};
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
  if (!root.is_object() || !root.contains("schema") || root.at("schema") != kSchema) {
    Json found = root.is_object() && root.contains("schema") ? root.at("schema") : Json();
    failure.error.reset();
    failure.fail(kSpecWrongSchema,
                 found.is_null()
                     ? "this is no VM description: it has no 'schema' of '" + std::string(kSchema) + "'"
                     : "the schema is " + found.dump(-1, ' ', false, Json::error_handler_t::replace) +
                           "; this faasc reads '" + kSchema + "'");
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
