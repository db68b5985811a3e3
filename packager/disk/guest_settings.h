#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace faasc {

/// A directory of the host or a volume, and where a guest mounts it.
struct GuestMount {
  enum class Kind : std::uint8_t {
    Share,  ///< a directory of the host, by 9p; `name` is its tag
    Volume  ///< a disk with a file system of its own; `name` is its label
  };
  Kind kind = Kind::Share;
  std::string name;
  std::string path;  ///< absolute, in the guest
  bool read_only = false;
};

/// How a guest's card is set up, where the image is to be overruled.
struct GuestNetwork {
  std::string address;           ///< IPv4 with its prefix length, "10.0.0.2/24"; empty: as in the image
  std::string gateway;           ///< of that; empty: none
  std::string address6;          ///< IPv6 with its prefix length; empty: none
  std::vector<std::string> dns;  ///< Linux only; empty: as in the image

  bool empty() const { return address.empty() && address6.empty() && dns.empty(); }
};

/// What a guest is told about itself when it starts, beside what is to be run: with the image, or for one
/// machine only.
struct GuestSettings {
  std::map<std::string, std::string> environment;  ///< on top of the program's; the same names win over it
  std::vector<GuestMount> mounts;
  GuestNetwork network;
  /// The most that a core dump may take, for Nanos; its root can be written to then. 0: there are none.
  std::uint64_t core_dump_bytes = 0;

  bool empty() const {
    return environment.empty() && mounts.empty() && network.empty() && core_dump_bytes == 0;
  }
};

}  // namespace faasc
