#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <vector>

#include "base/file.h"

namespace faasc {

// What faasc and the first process of a sandbox say to each other, over a pair of SOCK_SEQPACKET sockets. One
// packet is one message; descriptors travel beside it.

enum class Said : std::uint8_t {
  // The sandbox to faasc.
  RootIsEmpty,  ///< descriptor: the root directory, to be filled
  CallsWait,    ///< descriptor: where the calls are to be answered that the filter asks about
  Started,      ///< descriptor: a pidfd of the program's process, which does not run the program yet
  Runs,         ///< now it does
  NotStarted,   ///< first: Step that failed; second: errno
  Ended,        ///< first: exit status; second: the signal that ended it instead, or 0
  Accepts,      ///< the answer to TryPort; first: whether anybody listens there

  // faasc to the sandbox.
  Start,    ///< descriptors: the order (start_order.h), a listening socket for each of its ports
  Go,       ///< to a process that waits for a debugger: it has come
  TryPort,  ///< first: a port of the program
  Signal,   ///< first: the signal that the program is to get
};

/// What the sandbox does before the program runs.
enum class Step : std::uint8_t { Order, Root, Network, Limits, Filter, Directory, Program };

struct Message {
  Said said = Said::Ended;
  std::int32_t first = 0, second = 0;
  std::vector<Fd> descriptors;
};

/// Whether it could be sent; the other side may have gone.
bool send_message(const Fd& socket, Said said, std::int32_t first = 0, std::int32_t second = 0,
                  std::initializer_list<int> descriptors = {});
bool send_message(const Fd& socket, Said said, const std::vector<int>& descriptors);

/// Waits for one. Nothing at the end, or where something else than a message came.
std::optional<Message> receive_message(const Fd& socket);

}  // namespace faasc
