#include "launcher/qemu_refusal.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>

#include <netinet/in.h>
#include <sys/socket.h>

#include "base/file.h"
#include "launcher/codes.h"
#include "launcher/terminal_text.h"

namespace faasc {
namespace {

// QEMU has written this with and without a capital letter.
constexpr std::string_view kForwarding = "ould not set up host forwarding rule 'tcp:127.0.0.1:";

std::optional<std::uint16_t> refused_port(std::string_view errors) {
  std::size_t at = errors.find(kForwarding);
  if (at == std::string_view::npos) return std::nullopt;
  std::string_view digits = errors.substr(at + kForwarding.size());
  std::uint16_t port = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), port).ec != std::errc())
    return std::nullopt;
  return port;
}

/// What the kernel says to whoever wants `port` on the loopback interface; 0: nothing against it.
int error_of_binding(std::uint16_t port) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket) return errno;
  int one = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bool taken = ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
               ::listen(socket.get(), 1) != 0;
  return taken ? errno : 0;
}

/// The last line that is no warning, without the program's name.
std::string complaint(std::string_view errors) {
  std::string found;
  while (!errors.empty()) {
    std::string_view line = errors.substr(0, errors.find('\n'));
    errors.remove_prefix(std::min(line.size() + 1, errors.size()));
    if (std::size_t colon = line.find(": ");
        line.starts_with("qemu-system-") && colon != std::string_view::npos)
      line.remove_prefix(colon + 2);
    if (!line.empty() && !line.starts_with("warning: ")) found = terminal_text(line);
  }
  return found;
}

}  // namespace

Error explain_refusal(std::string_view errors, ExitStatus status, std::uint16_t guest_port) {
  if (auto port = refused_port(errors)) {
    int reason = error_of_binding(*port);
    std::string what = "port " + std::to_string(*port) + " of 127.0.0.1 cannot be used";
    if (reason != 0) what += std::string(": ") + std::strerror(reason);
    return Error{Fault::Host,
                 kPortInUse,
                 what,
                 {},
                 "'-p 0:" + std::to_string(guest_port) + "' takes any port that is free"};
  }
  std::string reason = complaint(errors);
  if (reason.empty())
    reason = status.signal != 0 ? "it was ended by signal " + std::to_string(status.signal)
                                : "it ended with status " + std::to_string(status.code) + " and said nothing";
  if (lacks_kvm(errors))
    return Error{Fault::Host,
                 kKvmUnusable,
                 "KVM cannot be used here: " + reason,
                 {},
                 "leave out '--accel kvm'; the guest then runs emulated"};
  return Error{Fault::Host, kQemuRefused, "QEMU would not run the machine: " + reason, {}, {}};
}

bool lacks_sandbox(std::string_view errors) {
  return errors.find("sandbox") != std::string_view::npos &&
         (errors.find("not enabled") != std::string_view::npos ||
          errors.find("no option group") != std::string_view::npos ||
          errors.find("invalid option") != std::string_view::npos ||
          errors.find("not supported") != std::string_view::npos);
}

bool lacks_kvm(std::string_view errors) {
  return errors.find("failed to initialize kvm") != std::string_view::npos ||
         errors.find("failed to initialize KVM") != std::string_view::npos ||
         errors.find("Could not access KVM kernel module") != std::string_view::npos;
}

}  // namespace faasc
