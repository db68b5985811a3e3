#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace faasc {

// QEMU's user network accepts a connection to a forwarded port at once, whatever the guest thinks of it.
// Whether the guest has answered shows in the monitor's "info usernet" only:
//
//   Protocol[State]    FD  Source Address  Port   Dest. Address  Port RecvQ SendQ
//   TCP[ESTABLISHED]   14       127.0.0.1 39213       10.0.2.15  8080     0     0
//   TCP[HOST_FORWARD]   9       127.0.0.1 39213       10.0.2.15  8080     0     0

/// The port of the host that leads to `guest_port`, from the text of "info usernet".
std::optional<std::uint16_t> forwarded_port(std::string_view usernet, std::uint16_t guest_port);

/// Whether the guest has accepted a connection to `guest_port` that is still open.
bool guest_accepted(std::string_view usernet, std::uint16_t guest_port);

}  // namespace faasc
