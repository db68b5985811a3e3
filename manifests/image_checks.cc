#include "manifests/image_checks.h"

#include <algorithm>
#include <string>
#include <utility>

#include "manifests/codes.h"
#include "manifests/ip_address.h"
#include "manifests/quantity.h"
#include "manifests/text_checks.h"

namespace faasc {
namespace {

class ImageChecks {
 public:
  ImageChecks(const Manifest& manifest, Diagnostics& diagnostics)
      : manifest_(manifest), diagnostics_(diagnostics) {}

  void network();
  void made_files();
  void core_dump();
  void consoles();

 private:
  void report(const char* code, std::string message, const SourcePlace& place, std::string hint,
              Severity severity = Severity::Error) {
    diagnostics_.add(manifest_.finding(severity, code, std::move(message), place, std::move(hint)));
  }

  const Manifest& manifest_;
  Diagnostics& diagnostics_;
};

void ImageChecks::network() {
  const Manifest::Network& network = manifest_.network;
  constexpr std::size_t kMostNameServers = 3;
  if (network.dns.size() > kMostNameServers) {
    report(kBadNetwork,
           "dns lists " + std::to_string(network.dns.size()) + " name servers; programs ask the first " +
               std::to_string(kMostNameServers) + " only",
           network.dns[kMostNameServers].place, "keep the nearest three");
  }
  if (network.tap.written() && network.bridge.written()) {
    report(kBadNetwork, "tap and bridge are two networks, and a machine has one card", network.bridge.place,
           "remove one of them: a tap device may be connected to the bridge by the host");
  }
  if (*network.address == "dhcp") {
    for (const auto& [key, value] : {std::pair{"netmask", &network.netmask}, {"gateway", &network.gateway}}) {
      if (value->written())
        report(kBadNetwork, std::string(key) + " has no meaning with address 'dhcp', which brings its own",
               value->place, "remove it, or give the guest an address");
    }
    return;
  }
  bool has_prefix = network.address->find('/') != std::string::npos;
  if (has_prefix == network.netmask.written()) {
    report(kBadNetwork,
           has_prefix ? "address '" + *network.address + "' and netmask both say how large the network is"
                      : "address '" + *network.address + "' does not say how large its network is",
           has_prefix ? network.netmask.place : network.address.place,
           has_prefix ? "remove 'netmask'" : "write for example '" + *network.address + "/24'");
    return;
  }
  std::string text = address_with_prefix(network);
  std::size_t slash = text.find('/');
  std::uint32_t address = parse_ipv4(text.substr(0, slash)).value_or(0);
  std::uint32_t mask = ~std::uint32_t{0} << (32 - std::stoi(text.substr(slash + 1)));
  std::uint32_t first = address & mask, last = address | ~mask;
  std::string range = ipv4_text(first + 1) + "–" + ipv4_text(last - 1);
  if (address == first || address == last) {
    report(kBadNetwork,
           "address '" + *network.address + "' is the " +
               (address == first ? "network's own" : "network's broadcast address"),
           network.address.place, "hosts of this network have " + range);
  }
  if (network.gateway->empty()) return;
  std::uint32_t gateway = parse_ipv4(*network.gateway).value_or(0);
  if (gateway == address) {
    report(kBadNetwork, "gateway '" + *network.gateway + "' is the guest itself", network.gateway.place,
           "write the router's address");
  } else if (gateway <= first || gateway >= last) {
    report(kBadNetwork, "gateway '" + *network.gateway + "' is not in the network of " + text,
           network.gateway.place, "hosts of this network have " + range);
  }
}

// What other keys make a file or a variable of.
void ImageChecks::made_files() {
  struct Made {
    const char* key;
    bool written;
    std::string path, variable;
  };
  const Made made[] = {
      {"network.dns", !manifest_.network.dns.empty(), "/etc/resolv.conf", ""},
      {"network.hosts", !manifest_.network.hosts.empty(), "/etc/hosts", ""},
      {"timezone", manifest_.timezone.written(), "/usr/share/zoneinfo/" + *manifest_.timezone, "TZ"},
      {"ca_certificates", manifest_.ca_certificates.written(), kCertificatesPath, ""},
  };
  for (const Made& one : made) {
    if (!one.written) continue;
    for (const Manifest::DataFile& file : manifest_.files) {
      if (*file.to == one.path)
        report(kMadeByOtherKey, "to '" + one.path + "' is what '" + one.key + "' makes", file.to.place,
               "keep one of the two");
    }
    for (const NamedText& variable : manifest_.environment) {
      if (*variable.name == one.variable)
        report(kMadeByOtherKey, "variable '" + one.variable + "' is what '" + one.key + "' sets",
               variable.name.place, "keep one of the two");
    }
  }
}

void ImageChecks::core_dump() {
  if (manifest_.image.coredumplimit && !manifest_.resources.ephemeral_storage.written()) {
    report(kBadCoreDump, "a core dump needs a disk that can be written to",
           manifest_.image.coredumplimit->place,
           "add 'ephemeral_storage: " + quantity_text(**manifest_.image.coredumplimit) +
               "' or more to 'resources'");
  } else if (manifest_.image.coredumplimit &&
             **manifest_.image.coredumplimit > *manifest_.resources.ephemeral_storage) {
    report(kBadCoreDump,
           "coredumplimit '" + quantity_text(**manifest_.image.coredumplimit) +
               "' is more than the function can write: ephemeral_storage is " +
               quantity_text(*manifest_.resources.ephemeral_storage),
           manifest_.image.coredumplimit->place, "lower the one, or raise the other");
  }
}

void ImageChecks::consoles() {
  if (manifest_.image.consoles.written()) {
    const auto& consoles = *manifest_.image.consoles;
    // An unknown one was complained about, and may have been meant for it.
    bool serial = std::any_of(consoles.begin(), consoles.end(), [](const auto& console) {
      return *console == "serial" || check_console(*console);
    });
    if (!serial)
      report(kBadConsole, "without the console 'serial' faasc sees nothing of what the function prints",
             manifest_.image.consoles.place, "add 'serial' unless that is meant", Severity::Warning);
  }
}

}  // namespace

void check_image(const Manifest& manifest, Diagnostics& diagnostics) {
  ImageChecks checks(manifest, diagnostics);
  checks.network();
  checks.made_files();
  checks.core_dump();
  checks.consoles();
}

}  // namespace faasc
