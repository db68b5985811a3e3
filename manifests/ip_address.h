#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "manifests/manifest.h"

namespace faasc {

/// "10.0.2.15" → 0x0a00020f. Nothing for any other text, "10.2" and "010.0.2.15" included.
std::optional<std::uint32_t> parse_ipv4(std::string_view text);
std::string ipv4_text(std::uint32_t address);

/// Whether the text is an address of IPv4 or IPv6, without brackets or a zone.
bool is_ip_address(std::string_view text);

/// 255.255.255.0 → 24. Nothing where the ones are not all in front, and outside 1–30.
std::optional<unsigned> prefix_of_netmask(std::uint32_t netmask);

/// The guest's address with its prefix length, "10.0.2.15/24"; or "dhcp". For a manifest that was checked.
std::string address_with_prefix(const Manifest::Network& network);
/// The gateway of a static address: the first address of the network unless another one is written or that is
/// the guest's own, in which case there is none. Empty with DHCP.
std::string gateway_of(const Manifest::Network& network);

}  // namespace faasc
