#include "launcher/host_network.h"

#include <cerrno>
#include <cstring>
#include <filesystem>

#include <linux/if_tun.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <fcntl.h>

#include "base/process.h"
#include "launcher/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

Error no_network(std::string what, std::string hint) {
  return {Fault::Host, kNoHostNetwork, std::move(what), {}, std::move(hint)};
}

/// `name` may be empty: the kernel chooses one, and the request has it then.
Result<Fd> attach(const std::string& name, ifreq& request) {
  Fd device(::open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!device) return io_error("open", "/dev/net/tun", errno);
  request = {};
  name.copy(request.ifr_name, IFNAMSIZ - 1);
  // With offloading, as QEMU takes a device that it opens itself.
  request.ifr_flags = static_cast<short>(IFF_TAP | IFF_NO_PI | IFF_VNET_HDR);
  if (::ioctl(device.get(), TUNSETIFF, &request) != 0)
    return no_network("the tap device '" + (name.empty() ? std::string("of the bridge") : name) +
                          "' cannot be used: " + std::strerror(errno),
                      errno == EBUSY ? "another machine has it"
                      : errno == EPERM
                          ? "make it for this user: sudo ip tuntap add " + name + " mode tap user $USER"
                          : "it has to be a tap device: sudo ip tuntap add NAME mode tap user $USER");
  return device;
}

Result<Fd> bridged_by_hand(const std::string& bridge) {
  ifreq request{};
  FAASC_TRY(Fd tap, attach("", request));
  const std::string name = request.ifr_name;
  Fd control(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq change{};
  bridge.copy(change.ifr_name, IFNAMSIZ - 1);
  change.ifr_ifindex = static_cast<int>(::if_nametoindex(name.c_str()));
  if (::ioctl(control.get(), SIOCBRADDIF, &change) != 0)
    return no_network("'" + bridge + "' takes no device: " + std::strerror(errno),
                      "it has to be a bridge: sudo ip link add NAME type bridge");
  change = {};
  name.copy(change.ifr_name, IFNAMSIZ - 1);
  if (::ioctl(control.get(), SIOCGIFFLAGS, &change) != 0) return io_error("set up", name, errno);
  change.ifr_flags |= IFF_UP;
  if (::ioctl(control.get(), SIOCSIFFLAGS, &change) != 0) return io_error("set up", name, errno);
  return tap;
}

/// The descriptor that comes over `socket`; an empty one where none does.
Fd receive(const Fd& socket) {
  char byte = 0;
  iovec data{&byte, 1};
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  msghdr message{};
  message.msg_iov = &data;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof control;
  if (::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC) <= 0) return {};
  const cmsghdr* header = CMSG_FIRSTHDR(&message);
  if (header == nullptr || header->cmsg_type != SCM_RIGHTS) return {};
  int fd = -1;
  std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
  return Fd(fd);
}

Result<Fd> bridged_by_helper(const std::string& bridge) {
  const char* helper = nullptr;
  for (const char* path : {"/usr/lib/qemu/qemu-bridge-helper", "/usr/libexec/qemu-bridge-helper"})
    if (fs::exists(path)) helper = path;
  const std::string allowed =
      "as root, or with 'allow " + bridge +
      "' in /etc/qemu/bridge.conf and a qemu-bridge-helper that is setuid root; or name a "
      "tap device that is there: --net tap=NAME";
  if (helper == nullptr)
    return no_network("the bridge '" + bridge + "' takes rights that are not ours", allowed);
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return io_error("create", "socket pair", errno);
  Fd ours(ends[0]), theirs(ends[1]);
  FAASC_TRY(
      Child child,
      Child::spawn({.argv = {helper, "--use-vnet", "--fd=" + std::to_string(theirs.get()), "--br=" + bridge},
                    .working_directory = {},
                    .environment = {}},
                   {.out = Stream::Null, .err = Stream::Null, .inherited_fds = {theirs.get()}}));
  theirs.reset();
  Fd tap = receive(ours);
  child.wait();
  if (!tap) return no_network("qemu-bridge-helper gives no access to the bridge '" + bridge + "'", allowed);
  return tap;
}

}  // namespace

Result<void> check_network_device(const std::string& tap, const std::string& bridge) {
  const std::string& name = tap.empty() ? bridge : tap;
  if (name.size() >= IFNAMSIZ || ::if_nametoindex(name.c_str()) == 0)
    return no_network(
        "this host has no network device '" + name + "'",
        tap.empty()
            ? "sudo ip link add " + name + " type bridge && sudo ip link set " + name + " up"
            : "sudo ip tuntap add " + name + " mode tap user $USER && sudo ip link set " + name + " up");
  return {};
}

Result<Fd> open_tap(const std::string& tap, const std::string& bridge) {
  FAASC_CHECK(check_network_device(tap, bridge));
  if (!tap.empty()) {
    ifreq request{};
    return attach(tap, request);
  }
  auto made = bridged_by_hand(bridge);
  if (!made && made.error().what.find(std::strerror(EPERM)) != std::string::npos)
    return bridged_by_helper(bridge);
  return made;
}

}  // namespace faasc
