#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace faasc {

/// What Nanos does with a system call.
enum class NanosAnswer : std::uint8_t {
  Served,       ///< it does what Linux does, as far as one process needs it
  Ignored,      ///< it answers 0 and does nothing
  ThreadsOnly,  ///< it serves whoever wants a thread; ENOSYS for a process
  OwnOnly,      ///< it serves what concerns the program itself; ESRCH for any other process
  Sockets,      ///< it knows AF_UNIX, AF_INET, AF_INET6, AF_NETLINK and AF_VSOCK; EAFNOSUPPORT for others
  NamesOnly,    ///< prctl: it knows PR_SET_NAME and PR_GET_NAME, and answers 0 to everything else
  Refused,      ///< ENOSYS
};

struct NanosCall {
  std::string_view name;
  NanosAnswer answer = NanosAnswer::Served;
};

/// Every system call that Nanos 0.1.55 answers on x86-64 with anything but ENOSYS, sorted by name. Source:
/// the handlers that its sources register (register_syscall in src/unix, src/net and src/x86_64), and what
/// those that are not Served say.
std::span<const NanosCall> nanos_system_calls();

/// Refused for what is not in the table.
NanosAnswer answer_of_nanos(std::string_view name);

/// What libraries try at their start on the chance that there is it, and live without: nothing that anybody
/// wants to be told of.
std::span<const std::string_view> calls_only_tried();

}  // namespace faasc
