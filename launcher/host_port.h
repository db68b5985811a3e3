#pragma once

#include <cstdint>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// FAASC0703. `reason` is an errno; 0: not known.
Error port_in_use(std::uint16_t port, int reason, std::uint16_t guest_port);

/// A socket of this host's loopback address that listens; on port 0, on any that is free. `guest_port` is for
/// the message of a port that is taken or not ours to take.
Result<Fd> listen_on_loopback(std::uint16_t port, std::uint16_t guest_port);

/// The port that such a socket has.
std::uint16_t port_of(const Fd& listener);

}  // namespace faasc
