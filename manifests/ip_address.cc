#include "manifests/ip_address.h"

#include <arpa/inet.h>

namespace faasc {

std::optional<std::uint32_t> parse_ipv4(std::string_view text) {
  in_addr address{};
  // Unlike inet_aton(), this takes the one way of writing an address that everyone reads alike.
  if (::inet_pton(AF_INET, std::string(text).c_str(), &address) != 1) return std::nullopt;
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  return ntohl(address.s_addr);
}

std::string ipv4_text(std::uint32_t address) {
  in_addr raw{htonl(address)};
  char text[INET_ADDRSTRLEN] = {};
  ::inet_ntop(AF_INET, &raw, text, sizeof text);
  return text;
}

bool is_ip_address(std::string_view text) {
  in6_addr address{};
  if (text.find('\0') != std::string_view::npos) return false;
  return parse_ipv4(text) || ::inet_pton(AF_INET6, std::string(text).c_str(), &address) == 1;
}

std::optional<unsigned> prefix_of_netmask(std::uint32_t netmask) {
  for (unsigned prefix = 1; prefix <= 30; ++prefix)
    if (netmask == ~std::uint32_t{0} << (32 - prefix)) return prefix;
  return std::nullopt;
}

std::string address_with_prefix(const Manifest::Network& network) {
  if (network.netmask->empty()) return *network.address;
  unsigned prefix = prefix_of_netmask(parse_ipv4(*network.netmask).value_or(0)).value_or(0);
  return *network.address + "/" + std::to_string(prefix);
}

std::string gateway_of(const Manifest::Network& network) {
  if (network.gateway.written()) return *network.gateway;
  std::string text = address_with_prefix(network);
  std::size_t slash = text.find('/');
  if (slash == std::string::npos) return "";
  std::uint32_t address = parse_ipv4(text.substr(0, slash)).value_or(0);
  std::uint32_t first = (address & (~std::uint32_t{0} << (32 - std::stoi(text.substr(slash + 1))))) + 1;
  return first == address ? "" : ipv4_text(first);
}

}  // namespace faasc
