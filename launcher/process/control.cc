#include "launcher/process/control.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>

namespace faasc {
namespace {

constexpr std::size_t kMostDescriptors = 64;

struct Packet {
  std::int32_t said, first, second;
};

bool send(const Fd& socket, Packet packet, const int* descriptors, std::size_t count) {
  if (count > kMostDescriptors) return false;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostDescriptors * sizeof(int))> room{};
  iovec part{&packet, sizeof packet};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  if (count > 0) {
    message.msg_control = room.data();
    message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(count * sizeof(int));
    std::memcpy(CMSG_DATA(header), descriptors, count * sizeof(int));
  }
  ssize_t sent;
  do sent = ::sendmsg(socket.get(), &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == sizeof packet;
}

}  // namespace

bool send_message(const Fd& socket, Said said, std::int32_t first, std::int32_t second,
                  std::initializer_list<int> descriptors) {
  return send(socket, {static_cast<std::int32_t>(said), first, second}, descriptors.begin(),
              descriptors.size());
}

bool send_message(const Fd& socket, Said said, const std::vector<int>& descriptors) {
  return send(socket, {static_cast<std::int32_t>(said), 0, 0}, descriptors.data(), descriptors.size());
}

std::optional<Message> receive_message(const Fd& socket) {
  Packet packet{};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostDescriptors * sizeof(int))> room{};
  iovec part{&packet, sizeof packet};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = room.data();
  header.msg_controllen = room.size();
  ssize_t count;
  do count = ::recvmsg(socket.get(), &header, MSG_CMSG_CLOEXEC);
  while (count < 0 && errno == EINTR);
  if (count != sizeof packet) return std::nullopt;
  Message message{static_cast<Said>(packet.said), packet.first, packet.second, {}};
  for (cmsghdr* part_of = CMSG_FIRSTHDR(&header); part_of; part_of = CMSG_NXTHDR(&header, part_of)) {
    if (part_of->cmsg_level != SOL_SOCKET || part_of->cmsg_type != SCM_RIGHTS) continue;
    std::size_t descriptors = (part_of->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < descriptors; ++i) {
      int fd;
      std::memcpy(&fd, CMSG_DATA(part_of) + i * sizeof fd, sizeof fd);
      message.descriptors.emplace_back(fd);
    }
  }
  return message;
}

}  // namespace faasc
