#include "compiler/build/guest_files.h"

#include <algorithm>

#include "base/file.h"
#include "manifests/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMaxZoneBytes = std::uint64_t{1} << 20;
constexpr std::uint64_t kMaxCertificateBytes = std::uint64_t{64} << 20;
constexpr std::size_t kMostSuggestions = 5;

class GuestFiles {
 public:
  GuestFiles(const Manifest& manifest, const HostData& host, Rootfs& rootfs, std::vector<fs::path>& inputs,
             Diagnostics& diagnostics)
      : manifest_(manifest), host_(host), rootfs_(rootfs), inputs_(inputs), diagnostics_(diagnostics) {}

  void name_servers() {
    const auto& dns = manifest_.network.dns;
    if (dns.empty()) return;
    std::string text;
    for (const Located<std::string>& server : dns) text += "nameserver " + *server + "\n";
    add("/etc/resolv.conf", std::move(text), "network.dns", dns.front().place);
  }

  // Without a name server, glibc asks for one at 127.0.0.1 and waits ten seconds for nobody. Linux' init
  // takes the name server from DHCP, Nanos does not.
  void no_name_server(KernelFamily family) {
    const std::string path = "/etc/nsswitch.conf";
    if (family != KernelFamily::Nanos || !manifest_.network.dns.empty() || rootfs_.find("/etc/resolv.conf") ||
        rootfs_.find(path))
      return;
    const auto& nodes = rootfs_.nodes();
    if (std::none_of(nodes.begin(), nodes.end(),
                     [](const auto& node) { return node.first.ends_with("/libc.so.6"); }))
      return;
    // The directory may be a link, or a file, of the user's; then so be it.
    (void)rootfs_.add(path, {InlineBytes{"hosts: files\n"}, 0644, "network.dns names no server"});
  }

  void hosts() {
    const auto& hosts = manifest_.network.hosts;
    if (hosts.empty()) return;
    std::string text = "127.0.0.1 localhost\n::1 localhost\n";
    for (const NamedText& host : hosts) text += *host.value + " " + *host.name + "\n";
    add("/etc/hosts", std::move(text), "network.hosts", hosts.front().name.place);
  }

  void time_zone() {
    const Located<std::string>& zone = manifest_.timezone;
    if (!zone.written()) return;
    fs::path file = host_.zoneinfo / *zone;
    inputs_.push_back(file);
    std::error_code error;
    if (!fs::is_directory(host_.zoneinfo, error))
      return complain(kBadTimezone,
                      "time zones are not known here: there is no '" + host_.zoneinfo.string() + "'",
                      zone.place, "install the package 'tzdata'");
    Result<std::string> bytes = fs::is_regular_file(file, error) ? read_file(file, kMaxZoneBytes)
                                                                 : Result<std::string>(std::string());
    // The directory holds a few other files as well, and zones only begin like this.
    if (!bytes || !bytes->starts_with("TZif"))
      return complain(kBadTimezone, "time zone '" + *zone + "' is unknown", zone.place, zones_like(*zone));
    add("/usr/share/zoneinfo/" + *zone, std::move(*bytes), "timezone", zone.place);
  }

  void certificates() {
    const Located<std::string>& which = manifest_.ca_certificates;
    if (!which.written()) return;
    fs::path file = manifest_.directory / *which;
    std::error_code error;
    if (*which == "host") {
      auto found = std::find_if(host_.certificates.begin(), host_.certificates.end(),
                                [&](const fs::path& path) { return fs::is_regular_file(path, error); });
      if (found == host_.certificates.end()) {
        inputs_.insert(inputs_.end(), host_.certificates.begin(), host_.certificates.end());
        return complain(kBadCertificates, "this machine has no file of certificates to trust", which.place,
                        "install the package 'ca-certificates', or name a file of the project");
      }
      file = *found;
    }
    inputs_.push_back(file);
    auto bytes = read_file(file, kMaxCertificateBytes);
    if (!bytes) return complain(kBadCertificates, bytes.error().what, which.place, "");
    if (bytes->find("PRIVATE KEY-----") != std::string::npos)
      return complain(kBadCertificates, "'" + *which + "' holds a private key, which would be in every image",
                      which.place, "name a file with nothing but certificates in it");
    if (bytes->find("-----BEGIN CERTIFICATE-----") == std::string::npos)
      return complain(kBadCertificates, "'" + *which + "' holds no certificate", which.place,
                      "certificates in PEM format begin with '-----BEGIN CERTIFICATE-----'; 'openssl x509 "
                      "-inform der' makes such of others");
    add(kCertificatesPath, std::move(*bytes), "ca_certificates", which.place);
  }

 private:
  void complain(const char* code, std::string what, const SourcePlace& place, std::string hint) {
    diagnostics_.add(manifest_.finding(Severity::Error, code, std::move(what), place, std::move(hint)));
  }

  void add(const std::string& path, std::string bytes, const char* key, const SourcePlace& place) {
    // A directory of 'files' or a language's own files may have brought it.
    if (auto added = rootfs_.add(path, {InlineBytes{std::move(bytes)}, 0644, key}); !added)
      complain(kMadeByOtherKey, std::string("'") + key + "' makes '" + path + "', which is already there",
               place, "keep one of the two");
  }

  // "Berlin" → "did you mean 'Europe/Berlin'?"
  std::string zones_like(std::string_view name) const {
    std::vector<std::string> zones;
    std::error_code error;
    fs::recursive_directory_iterator entry(host_.zoneinfo, error), end;
    for (; !error && entry != end; entry.increment(error)) {
      std::string path = entry->path().lexically_relative(host_.zoneinfo).string();
      // The same zones once more, with other leap seconds.
      if (path == "posix" || path == "right") entry.disable_recursion_pending();
      if (std::error_code ignored; entry->is_regular_file(ignored)) zones.push_back(std::move(path));
    }
    std::sort(zones.begin(), zones.end());
    std::string list;
    std::size_t count = 0;
    std::string wanted = "/" + std::string(name.substr(name.rfind('/') + 1));
    for (const std::string& zone : zones)
      if (("/" + zone).ends_with(wanted) && count++ < kMostSuggestions)
        list += (list.empty() ? "" : ", ") + zone;
    if (!list.empty()) return "there is " + list;
    std::string_view near = nearest(name, std::vector<std::string_view>(zones.begin(), zones.end()));
    if (!near.empty()) return "did you mean '" + std::string(near) + "'?";
    return "'timedatectl list-timezones' lists them";
  }

  const Manifest& manifest_;
  const HostData& host_;
  Rootfs& rootfs_;
  std::vector<fs::path>& inputs_;
  Diagnostics& diagnostics_;
};

}  // namespace

void add_guest_files(const Manifest& manifest, KernelFamily family, const HostData& host, Rootfs& rootfs,
                     std::vector<fs::path>& inputs, Diagnostics& diagnostics) {
  GuestFiles files(manifest, host, rootfs, inputs, diagnostics);
  files.name_servers();
  files.no_name_server(family);
  files.hosts();
  files.time_zone();
  files.certificates();
}

}  // namespace faasc
