#include "compiler/driver/guest_network.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <random>
#include <string_view>

#include "launcher/codes.h"
#include "manifests/ip_address.h"

namespace faasc {
namespace {

Error bad_option(std::string what, std::string hint) {
  return {Fault::Usage, kBadNetOption, std::move(what), {}, std::move(hint)};
}

Error cannot(std::string what, std::string hint) {
  return {Fault::Usage, kGuestCannotNet, std::move(what), {}, std::move(hint)};
}

/// Of the kind that nobody sells: "52:54:00:…", which is QEMU's own. Two machines on one network must not
/// have the same.
std::string random_mac() {
  std::random_device random;
  char text[18];
  std::snprintf(text, sizeof text, "52:54:00:%02x:%02x:%02x", random() & 0xff, random() & 0xff,
                random() & 0xff);
  return text;
}

/// "bridge=br0" → the card's bridge. Without a word, it stays where the manifest has connected it.
Result<void> connect(const std::string& network, VmSpec::Nic& nic) {
  if (network.empty()) {
    if (nic.of_the_host() && nic.mac.empty()) nic.mac = random_mac();
    return {};
  }
  nic.tap.clear();
  nic.bridge.clear();
  if (network == "user") return {};
  std::string_view text = network;
  for (auto [word, into] : {std::pair{"tap=", &nic.tap}, std::pair{"bridge=", &nic.bridge}}) {
    if (!text.starts_with(word)) continue;
    *into = text.substr(std::string_view(word).size());
    if (into->empty()) break;
    nic.mac = random_mac();
    return {};
  }
  return bad_option("'--net " + network + "' is no network", "write user, tap=NAME or bridge=NAME");
}

Result<void> take_address(const std::string& text, VmSpec::Nic& nic, GuestNetwork& network) {
  std::size_t slash = text.find('/');
  const std::string address = text.substr(0, slash);
  const bool six = address.find(':') != std::string::npos;
  unsigned prefix = 0;
  bool good = is_ip_address(address) && slash != std::string::npos;
  if (good) {
    auto [end, error] = std::from_chars(text.data() + slash + 1, text.data() + text.size(), prefix);
    good = error == std::errc() && end == text.data() + text.size() && prefix >= 1 &&
           prefix <= (six ? 128u : 30u);
  }
  if (!good)
    return bad_option("'--ip " + text + "' is no address with a prefix length",
                      "write for example --ip 10.0.0.2/24 or --ip fd00::2/64");
  std::string& into = six ? network.address6 : network.address;
  if (!into.empty())
    return bad_option("'--ip " + text + "' and '--ip " + into + "' are two addresses of one kind",
                      "give the guest one of IPv4 and one of IPv6");
  into = text;
  (six ? nic.address6 : nic.address) = text;
  return {};
}

Result<void> check_guest(const VmArguments& arguments, const VmSpec& spec, const VmSpec::Nic& nic) {
  const bool nanos = spec.kernel_family == "nanos";
  if (nanos && !arguments.name_servers.empty())
    return cannot(
        "a guest on Nanos takes its name servers from a file of its image, and '--dns' names another",
        "write 'network: {dns: [" + arguments.name_servers.front() + "]}' into faas.yaml, and build again");
  if (!nanos && arguments.name_servers.size() > 1)
    return cannot("a guest on Linux is told of one name server, and there are " +
                      std::to_string(arguments.name_servers.size()),
                  "write the others into 'network: {dns: …}' of faas.yaml");
  if (nanos && !nic.address6.empty() && !nic.address6.ends_with("/64"))
    return cannot(
        "Nanos takes every network of IPv6 to have 64 bits, and '--ip " + nic.address6 + "' has not",
        "write " + nic.address6.substr(0, nic.address6.find('/')) + "/64");
  if (!nanos && nic.of_the_host() && nic.address == "dhcp" && nic.address6.empty())
    return cannot(
        "a guest on Linux does not tell which address it got by DHCP, at which faasc is to reach it",
        "give it one: --ip 10.0.0.2/24");
  // One that the image has is for calls of the guest's own.
  const auto is_six = [](const std::string& address) { return address.find(':') != std::string::npos; };
  if (!nic.of_the_host() && std::any_of(arguments.addresses.begin(), arguments.addresses.end(), is_six))
    return cannot("QEMU's own network leads no request to an address of IPv6",
                  "connect the guest to a network of this host, with --net tap=NAME or --net bridge=NAME; "
                  "without '--ip " +
                      nic.address6 + "', it may call others by IPv6");
  return {};
}

}  // namespace

Result<void> change_network(const VmArguments& arguments, VmSpec& spec, GuestSettings& settings) {
  const bool asked = !arguments.network.empty() || !arguments.addresses.empty() ||
                     !arguments.gateway.empty() || !arguments.name_servers.empty();
  if (!asked && (spec.nics.empty() || !spec.nics.front().of_the_host())) return {};
  if (spec.nics.empty())
    return cannot("the machine of '" + spec.name + "' has no network card", "leave out '--net' and '--ip'");
  VmSpec::Nic& nic = spec.nics.front();
  FAASC_CHECK(connect(arguments.network, nic));
  for (const std::string& address : arguments.addresses)
    FAASC_CHECK(take_address(address, nic, settings.network));
  if (!arguments.gateway.empty()) {
    if (!parse_ipv4(arguments.gateway))
      return bad_option("'--gateway " + arguments.gateway + "' is no address of IPv4",
                        "a router of IPv6 announces itself");
    if (settings.network.address.empty() && nic.address != "dhcp") settings.network.address = nic.address;
    if (settings.network.address.empty())
      return bad_option("'--gateway' goes with an address of the guest's", "write --ip ADDR/LEN, too");
    settings.network.gateway = nic.gateway = arguments.gateway;
  } else if (!settings.network.address.empty()) {
    nic.gateway.clear();
  }
  for (const std::string& server : arguments.name_servers)
    if (!parse_ipv4(server))
      return bad_option("'--dns " + server + "' is no address of IPv4",
                        "write the name server's own, as in --dns 10.0.0.1");
  settings.network.dns = arguments.name_servers;
  return check_guest(arguments, spec, nic);
}

}  // namespace faasc
