#include "launcher/qemu_refusal.h"

#include <charconv>
#include <cstring>
#include <optional>

#include "launcher/codes.h"
#include "launcher/host_port.h"
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
    // QEMU does not say why.
    if (auto listener = listen_on_loopback(*port, guest_port); !listener) return std::move(listener).error();
    return port_in_use(*port, 0, guest_port);
  }
  std::string reason = complaint(errors);
  // Of a QEMU that somebody else has started, or another tool that locks disks as it does.
  if (reason.find("Failed to get \"write\" lock") != std::string::npos ||
      reason.find("Failed to get shared \"write\" lock") != std::string::npos)
    return Error{
        Fault::Host, kVolumeInUse, "another machine has one of the disks: " + reason, {}, kVolumeInUseHint};
  if (reason.empty())
    reason = status.signal != 0 ? "it was ended by signal " + std::to_string(status.signal)
                                : "it ended with status " + std::to_string(status.code) + " and said nothing";
  if (lacks_kvm(errors))
    return Error{Fault::Host,
                 kKvmUnusable,
                 "KVM cannot be used here: " + reason,
                 {},
                 "leave out '--accel kvm'; the guest then runs emulated"};
  return Error{Fault::Host, kQemuRefused, "QEMU would not run the machine: " + reason, {}, kQemuRefusedHint};
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
