#include <algorithm>
#include <string>

#include "manifests/importers/foreign_units.h"
#include "manifests/importers/formats.h"
#include "manifests/json_text.h"
#include "manifests/text_checks.h"

// OPS' config.json, which describes an image of Nanos. Keys: types/config.go of nanovms/ops.

namespace faasc {
namespace {

constexpr std::string_view kStarts = "how the VM is started is for whoever starts it";
constexpr std::string_view kOwn = "faasc sees to it itself";
constexpr std::string_view kPackage = "packages of OPS are not used";
constexpr std::string_view kNetwork = "the VM's network is for whoever starts it";
constexpr std::string_view kCloud = "it is about a cloud's account";

std::string last_part(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

int levels_of(const YamlNode& node) {
  int levels = 0;
  for (const YamlNode& item : node.items) levels = std::max(levels, levels_of(item));
  for (const auto& [name, value] : node.members) levels = std::max(levels, levels_of(value));
  return levels + 1;
}

class OpsReader {
 public:
  OpsReader(Import& import, const YamlNode& root) : import_(import), root_(root) {}
  void read();

 private:
  void take_program(const YamlMember& member, const Origin& origin);
  void take_arguments(const YamlMember& member, const Origin& origin);
  void take_variables(const YamlMember& member, const Origin& origin);
  void take_files(const YamlMember& member, const Origin& origin);
  void take_mapped_directories(const YamlMember& member, const Origin& origin);
  void take_mounts(const YamlMember& member, const Origin& origin);
  void take_klibs(const YamlMember& member, const Origin& origin);
  void take_kernel(const YamlMember& member, const Origin& origin);
  void take_version_of_nanos(const YamlMember& member, const Origin& origin);
  void take_size(const YamlMember& member, const Origin& origin);
  void take_tuples(const YamlMember& member, const Origin& origin);
  void take_description(const YamlMember& member, const Origin& origin);
  void take_version(const YamlMember& member, const Origin& origin);
  void take_machine(const YamlMember& member, const Origin& origin);
  void take_memory(const YamlMember& member, const Origin& origin);
  void take_cpus(const YamlMember& member, const Origin& origin);
  void take_ports(const YamlMember& member, const Origin& origin);

  void file(const std::string& from, const std::string& to, const Origin& origin);
  bool full(const Origin& origin);

  Import& import_;
  const YamlNode& root_;
};

using Ops = OpsReader;
using Row = ForeignKey<Ops>;

void Ops::read() {
  static const Row kKeys[] = {
      {.name = "Program", .take = &Ops::take_program},
      {.name = "ProgramPath", .take = &Ops::take_program},
      {.name = "Args", .take = &Ops::take_arguments},
      {.name = "BaseVolumeSz", .take = &Ops::take_size},
      {.name = "Description", .take = &Ops::take_description},
      {.name = "Dirs", .take = &Ops::take_files},
      {.name = "Env", .take = &Ops::take_variables},
      {.name = "Files", .take = &Ops::take_files},
      {.name = "Kernel", .take = &Ops::take_kernel},
      {.name = "Klibs", .take = &Ops::take_klibs},
      {.name = "ManifestPassthrough", .take = &Ops::take_tuples},
      {.name = "MapDirs", .take = &Ops::take_mapped_directories},
      {.name = "Mounts", .take = &Ops::take_mounts},
      {.name = "NanosVersion", .take = &Ops::take_version_of_nanos},
      {.name = "RunConfig", .take = &Ops::take_machine},
      {.name = "Version", .take = &Ops::take_version},
      Row::left("Boot", "the boot loader comes with the kernel"),
      Row::left("BuildDir", kOwn),
      Row::left("CloudConfig", kCloud),
      Row::left("Debugflags", "see 'faasc run -v' and image.manifest", Severity::Warning),
      Row::left("DisableArgsCopy", kOwn),
      Row::left("Force", kOwn),
      Row::left("Home", kOwn),
      Row::left("home", kOwn),
      Row::left("KlibDir", "klibs come with the kernel"),
      Row::left("Language", kPackage),
      Row::left("LocalFilesParentDirectory", "paths are relative to faas.yaml", Severity::Warning),
      Row::left("NameServers", kNetwork),
      Row::left("NightlyBuild", "pull a kernel with 'faasc kernel pull' and name it under image.kernel"),
      Row::left("NoTrace", "see image.manifest"),
      Row::left("PackageBaseURL", kPackage),
      Row::left("PackageManifestURL", kPackage),
      Row::left("RebootOnExit", kStarts, Severity::Warning),
      Row::left("TFSv4", "faasc writes TFS version 5, which Nanos reads since 0.1.47"),
      Row::left("TargetConfig", kCloud),
      Row::left("TargetRoot", "the files of the function's libraries are those of this host",
                Severity::Warning),
      Row::left("Uefi", "how the image boots is for its format to say"),
      Row::left("UefiBoot", "how the image boots is for its format to say"),
      Row::left("VolumesDir", kOwn),
  };
  read_foreign_section(*this, import_, root_, "", kKeys, "key of OPS");
}

void Ops::take_program(const YamlMember& member, const Origin& origin) {
  const std::string* program = import_.text(member.value, origin);
  if (program == nullptr || import_.draft.has("handler")) return;
  std::string path = import_.project_path(*program);
  import_.draft.put("runtime", "binary", origin);
  import_.draft.put("handler", path, origin);
  import_.draft.put("signature", "server", origin);
  if (std::string name = function_name_of(last_part(path)); !name.empty() && !import_.draft.has("name"))
    import_.draft.put("name", name, origin);
}

// The arguments may begin with the program's own name, or with the program where there is no other key for
// it.
void Ops::take_arguments(const YamlMember& member, const Origin& origin) {
  if (!import_.is_list(member.value, origin)) return;
  const YamlNode* program = root_.find("Program");
  if (program == nullptr) program = root_.find("ProgramPath");
  for (std::size_t i = 0; i < member.value.items.size(); ++i) {
    const YamlNode& item = member.value.items[i];
    Origin one{origin.key + "[" + std::to_string(i) + "]", item.place};
    const std::string* argument = import_.text(item, one);
    if (argument == nullptr) continue;
    if (i == 0 && program == nullptr) {
      take_program({.name = member.name, .value = item}, one);
    } else if ((i > 0 || last_part(*argument) != last_part(program->text)) && !full(one)) {
      import_.draft.add("args", *argument, one);
    }
  }
}

void Ops::take_variables(const YamlMember& member, const Origin& origin) {
  import_.variables(member.value, origin);
}

bool Ops::full(const Origin& origin) {
  if (import_.draft.size() < 1000) return false;
  import_.leave_out(origin, "there are too many values", Severity::Warning);
  return true;
}

void Ops::file(const std::string& from, const std::string& to, const Origin& origin) {
  if (full(origin)) return;
  import_.draft.add_yaml(
      "files", "{from: " + yaml_scalar(import_.project_path(from)) + ", to: " + yaml_scalar(to) + "}",
      origin);
}

// OPS copies a file or directory to the same path in the guest.
void Ops::take_files(const YamlMember& member, const Origin& origin) {
  if (!import_.is_list(member.value, origin)) return;
  for (const YamlNode& item : member.value.items) {
    Origin one{origin.key, item.place};
    const std::string* path = import_.text(item, one);
    if (path == nullptr) continue;
    std::string normal = import_.project_path(*path), target = *path;
    while (target.starts_with("./")) target.erase(0, 2);
    while (target.ends_with('/')) target.pop_back();
    one.key += "[" + (path->size() > 40 ? std::string("…") : *path) + "]";
    file(*path, target.starts_with('/') ? target : "/" + target, one);
  }
}

void Ops::take_mapped_directories(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  for (const YamlMember& mapped : member.value.members) {
    Origin one{origin.key + "." + mapped.name.text, mapped.name.place};
    const std::string* to = import_.text(mapped.value, one);
    if (to == nullptr) continue;
    std::string from = mapped.name.text, target = *to;
    if (from.ends_with("/*")) from.resize(from.size() - 2);
    while (target.size() > 1 && target.ends_with('/')) target.pop_back();
    if (from.find('*') != std::string::npos) {
      import_.leave_out(one, "'files' takes files and directories, not patterns", Severity::Warning);
    } else {
      file(from, target, one);
    }
  }
}

void Ops::take_mounts(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  for (const YamlMember& mount : member.value.members) {
    Origin one{origin.key + "." + mount.name.text, mount.name.place};
    const std::string* path = import_.text(mount.value, one);
    if (path == nullptr || full(one)) continue;
    import_.draft.add_yaml(
        "mounts", "{label: " + yaml_scalar(mount.name.text) + ", path: " + yaml_scalar(*path) + "}", one);
  }
}

void Ops::take_klibs(const YamlMember& member, const Origin& origin) {
  if (!import_.is_list(member.value, origin)) return;
  for (const YamlNode& item : member.value.items) {
    Origin one{origin.key, item.place};
    const std::string* klib = import_.text(item, one);
    if (klib == nullptr || full(one)) continue;
    one.key += "[" + *klib + "]";
    import_.draft.add("image.klibs", *klib, one);
  }
}

void Ops::take_kernel(const YamlMember& member, const Origin& origin) {
  const std::string* kernel = import_.text(member.value, origin);
  if (kernel == nullptr) return;
  import_.draft.put("image.kernel", kernel->find('/') == std::string::npos ? "./" + *kernel : *kernel,
                    origin);
}

void Ops::take_version_of_nanos(const YamlMember& member, const Origin& origin) {
  const std::string* version = import_.text(member.value, origin);
  if (version == nullptr) return;
  if (root_.find("Kernel") != nullptr) return import_.leave_out(origin, "'Kernel' names the kernel");
  import_.draft.put("image.kernel", "nanos@" + *version, origin);
}

void Ops::take_size(const YamlMember& member, const Origin& origin) {
  if (const std::string* size = import_.text(member.value, origin))
    import_.bytes("image.size", parse_qemu_bytes(*size), *size, origin);
}

void Ops::take_tuples(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  for (const YamlMember& tuple : member.value.members) {
    Origin one{origin.key + "." + tuple.name.text, tuple.name.place};
    if (full(one)) continue;
    if (levels_of(tuple.value) > 12) {
      import_.leave_out(one, "it is nested more than 12 deep", Severity::Warning);
      continue;
    }
    import_.draft.put_member_yaml("image.manifest", tuple.name.text, yaml_flow(tuple.value), one);
  }
}

void Ops::take_description(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin))
    import_.draft.put("description", *text, origin);
}

void Ops::take_version(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin))
    import_.draft.put("version", *text, origin);
}

void Ops::take_machine(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {
      {.name = "CPUs", .take = &Ops::take_cpus},
      {.name = "Memory", .take = &Ops::take_memory},
      {.name = "Ports", .take = &Ops::take_ports},
      Row::left("Accel", "faasc finds out by itself whether KVM can be used"),
      Row::left("AtExit", kStarts),
      Row::left("Background", kStarts),
      Row::left("Bridged", kNetwork),
      Row::left("BridgeName", kNetwork),
      Row::left("BridgeIPAddress", kNetwork),
      Row::left("CanIPForward", kNetwork),
      Row::left("DomainName", kNetwork),
      Row::left("EnableIPv6", kNetwork),
      Row::left("GPUs", "an image of faasc has no GPU", Severity::Warning),
      Row::left("GPUType", "an image of faasc has no GPU", Severity::Warning),
      Row::left("GdbPort", kStarts),
      Row::left("Gateway", kNetwork),
      Row::left("IPAddress", kNetwork),
      Row::left("IPv6Address", kNetwork),
      Row::left("ImageName", "the image is called as the function is"),
      Row::left("InstanceName", kStarts),
      Row::left("InstanceGroup", kCloud),
      Row::left("JSON", kStarts),
      Row::left("Klibs", "klibs are named in the first column of the file", Severity::Warning),
      Row::left("Kernel", "the kernel is named in the first column of the file", Severity::Warning),
      Row::left("Mgmt", kStarts),
      Row::left("Mounts", "mounts are named in the first column of the file", Severity::Warning),
      Row::left("NetMask", kNetwork),
      Row::left("Nics", kNetwork),
      Row::left("Onprem", kStarts),
      Row::left("QMP", kStarts),
      Row::left("SecurityGroups", kCloud),
      Row::left("ShowDebug", kStarts),
      Row::left("ShowErrors", kStarts),
      Row::left("ShowWarnings", kStarts),
      Row::left("StaticIP", kNetwork),
      Row::left("Subnets", kCloud),
      Row::left("Subnet", kCloud),
      Row::left("TapName", kNetwork),
      Row::left("UDP", kNetwork),
      Row::left("UDPPorts", "the image serves HTTP, over TCP", Severity::Warning),
      Row::left("VPC", kCloud),
      Row::left("Vga", kStarts),
      Row::left("Verbose", kStarts),
      Row::left("VolumeSizeInGb", kCloud),
      Row::left("AttachVolumeOnInstanceCreate", kCloud),
      Row::left("ThreadsPerCore", kStarts),
  };
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of RunConfig");
}

void Ops::take_memory(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin))
    import_.bytes("resources.memory", parse_qemu_bytes(*text), *text, origin);
}

void Ops::take_cpus(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin))
    import_.number("resources.vcpus", *text, origin);
}

void Ops::take_ports(const YamlMember& member, const Origin& origin) {
  if (!import_.is_list(member.value, origin)) return;
  bool first = true;
  for (const YamlNode& item : member.value.items) {
    const std::string* port = import_.text(item, origin);
    if (port == nullptr) continue;
    Origin one{origin.key, item.place};
    if (first) {
      import_.number("http.port", *port, one);
    } else {
      import_.leave_out(one, "a function serves one port; the first was taken", Severity::Warning);
    }
    first = false;
  }
}

}  // namespace

bool is_ops_configuration(const YamlNode& root) {
  constexpr std::string_view kTelling[] = {"Args",         "BaseVolumeSz", "CloudConfig",
                                           "Dirs",         "Env",          "Files",
                                           "Klibs",        "Debugflags",   "ManifestPassthrough",
                                           "MapDirs",      "Mounts",       "NanosVersion",
                                           "NameServers",  "NightlyBuild", "Program",
                                           "ProgramPath",  "RebootOnExit", "RunConfig",
                                           "TargetConfig", "TargetRoot"};
  if (root.find("Resources") != nullptr) return false;
  return std::any_of(std::begin(kTelling), std::end(kTelling),
                     [&](std::string_view key) { return root.find(key) != nullptr; });
}

void import_ops_configuration(Import& import, const YamlNode& root) {
  OpsReader(import, root).read();
}

}  // namespace faasc
