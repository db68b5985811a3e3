#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/result.h"

namespace faasc {

/// Speaks GDB's remote protocol (GDB manual, appendix E) with QEMU's stub, to find out before a debugger
/// comes what the debugger has to know. The guest stands whenever nothing here makes it run, and stands when
/// the connection ends. For one thread.
class GdbStub {
 public:
  /// The stub listens on a Unix socket as soon as QEMU runs.
  static Result<GdbStub> connect(const std::filesystem::path& socket);

  /// Lets the guest run until it is about to execute the instruction at `address` where `code` is what lies
  /// there: other programs may have the same address. FAASC0766 where it ends before, and where it does not
  /// get there in time. `still_runs` is asked now and then; false is an end.
  Result<void> run_to(std::uint64_t address, std::string_view code, std::chrono::milliseconds timeout,
                      const std::function<bool()>& still_runs);

  /// `size` bytes as the processor sees them at `address`. Nothing where there is no memory.
  Result<std::optional<std::string>> read(std::uint64_t address, std::size_t size);
  /// A NUL-terminated text of at most `limit` bytes.
  Result<std::optional<std::string>> read_text(std::uint64_t address, std::size_t limit = 4096);
  Result<std::optional<std::uint64_t>> read_word(std::uint64_t address);

  /// A command of QEMU's monitor for people, and its answer.
  Result<std::string> ask_monitor(std::string_view command);

 private:
  explicit GdbStub(Fd socket) : socket_(std::move(socket)) {}
  Result<void> send(std::string_view packet);
  /// The next packet, unescaped. Nothing where none came in time.
  Result<std::optional<std::string>> receive(std::chrono::milliseconds timeout);
  Result<std::string> ask(std::string_view packet);
  Result<void> wait_for_stop(std::chrono::steady_clock::time_point deadline,
                             const std::function<bool()>& still_runs);

  Fd socket_;
  std::string received_;
};

/// "$packet#checksum", with what has to be escaped.
std::string framed(std::string_view packet);

}  // namespace faasc
