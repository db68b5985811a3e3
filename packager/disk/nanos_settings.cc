#include "packager/disk/nanos_settings.h"

#include <cstdio>

#include <arpa/inet.h>

namespace faasc {
namespace {

/// "24" → "255.255.255.0"
std::string netmask_of(const std::string& prefix) {
  const std::uint32_t mask = ~std::uint32_t{0} << (32 - std::stoul(prefix));
  std::string text;
  for (int shift = 24; shift >= 0; shift -= 8)
    text += (text.empty() ? "" : ".") + std::to_string((mask >> shift) & 0xff);
  return text;
}

/// "fd00::2" → "fd00:0:0:0:0:0:0:2": the kernel misses a "::" in the second half of the text.
std::string in_full(const std::string& address) {
  in6_addr bytes{};
  if (::inet_pton(AF_INET6, address.c_str(), &bytes) != 1) return address;
  std::string text;
  for (int i = 0; i < 16; i += 2) {
    char group[8];
    std::snprintf(group, sizeof group, "%s%x", i == 0 ? "" : ":",
                  bytes.s6_addr[i] << 8 | bytes.s6_addr[i + 1]);
    text += group;
  }
  return text;
}

}  // namespace

TfsTuple nanos_settings(const GuestSettings& settings) {
  TfsTuple root;
  if (!settings.environment.empty()) {
    TfsTuple environment;
    for (const auto& [name, value] : settings.environment) environment.emplace(name, value);
    root.emplace("environment", std::move(environment));
  }
  if (settings.core_dump_bytes > 0) {
    constexpr std::uint64_t kKiB = 1024;
    root.emplace("coredumplimit", std::to_string((settings.core_dump_bytes + kKiB - 1) / kKiB) + "k");
    root.emplace("readonly_rootfs", TfsDeletion{});
  }
  if (!settings.mounts.empty()) {
    TfsTuple mounts;
    for (const GuestMount& mount : settings.mounts)
      mounts.emplace(nanos_mount_name(mount), mount.path + (mount.read_only ? ":ro" : ""));
    root.emplace("mounts", std::move(mounts));
  }
  TfsTuple interface;
  if (!settings.network.address.empty()) {
    const std::string& address = settings.network.address;
    std::size_t slash = address.find('/');
    interface.emplace("ipaddr", address.substr(0, slash));
    interface.emplace("netmask", netmask_of(address.substr(slash + 1)));
    if (!settings.network.gateway.empty()) interface.emplace("gateway", settings.network.gateway);
  }
  // Without a prefix length: the kernel takes the network to be of 64 bits.
  if (const std::string& six = settings.network.address6; !six.empty())
    interface.emplace("ip6addr", in_full(six.substr(0, six.find('/'))));
  if (!interface.empty()) root.emplace("en1", std::move(interface));
  return root;
}

std::string nanos_mount_name(const GuestMount& mount) {
  return mount.kind == GuestMount::Kind::Share ? "virtfs" + mount.name : mount.name;
}

void add_directory(TfsTuple& root, std::string_view path) {
  TfsTuple* directory = &root;
  while (!path.empty()) {
    std::size_t slash = path.find('/');
    std::string name(path.substr(0, slash));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (name.empty()) continue;
    auto children = directory->try_emplace("children", TfsTuple{}).first;
    auto& entries = std::get<TfsTuple>(children->second.data);
    directory = &std::get<TfsTuple>(entries.try_emplace(std::move(name), TfsTuple{}).first->second.data);
  }
  directory->try_emplace("children", TfsTuple{});
}

}  // namespace faasc
