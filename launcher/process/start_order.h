#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faasc {

/// What faasc tells the first process of a sandbox to do. Both are of one build, so that the encoding is
/// theirs alone: numbers and strings, each string with its length before it.
struct StartOrder {
  std::string directory;                            ///< absolute, as the executable
  std::string executable;                           ///< of the sandbox
  std::vector<std::string> arguments, environment;  ///< environment: "NAME=value"

  bool writable = false;               ///< the root; else the program writes only where `temporary` says
  std::uint64_t room_bytes = 0;        ///< in a root that is writable, on top of what is there; 0: no limit
  std::vector<std::string> temporary;  ///< directories of which each gets an empty file system in memory
  bool shared_memory = false;          ///< /dev/shm is there

  std::uint64_t memory_bytes = 0;     ///< RLIMIT_DATA; 0: none
  std::uint64_t stack_bytes = 0;      ///< RLIMIT_STACK, which threads go by, too; 0: as it is
  std::uint64_t open_files = 0;       ///< RLIMIT_NOFILE to begin with, as far as the host allows; 0: as it is
  std::uint64_t most_open_files = 0;  ///< to which the program may raise it
  unsigned processors = 0;            ///< of the host's, that it may run on; 0: all

  std::uint32_t address = 0;         ///< IPv4, network byte order: what the relay connects to
  std::vector<std::uint16_t> ports;  ///< of the program, one for each listening socket that comes along
  std::string call_filter;           ///< struct sock_filter[]; empty: every system call is allowed
  bool await_debugger = false;       ///< the program begins after Go (control.h)

  bool operator==(const StartOrder&) const = default;
};

std::string to_bytes(const StartOrder& order);
/// Nothing where these are not the bytes of an order.
std::optional<StartOrder> start_order_from(std::string_view bytes);

}  // namespace faasc
