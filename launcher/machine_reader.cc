#include <algorithm>
#include <cerrno>

#include <poll.h>
#include <unistd.h>

#include "launcher/machine_state.h"
#include "launcher/ready_line.h"

// The reader's thread: what the guest prints, and what QEMU has to complain of.

namespace faasc {
namespace {

constexpr std::size_t kErrorBytes = 64 * 1024;

/// How long an unfinished line waits for its end before it is shown as it is.
constexpr int kFlushAfterMs = 100;

/// What Nanos got by DHCP: "en1: assigned 10.0.2.15". Of IPv6 it tells its link's own address, too.
std::string_view assigned_address(std::string_view line) {
  constexpr std::string_view kWords = "en1: assigned ";
  std::size_t at = line.find(kWords);
  if (at == std::string_view::npos) return {};
  line.remove_prefix(at + kWords.size());
  line = line.substr(0, line.find_first_not_of("0123456789."));
  return line.size() >= 7 ? line : std::string_view();
}

}  // namespace

void Machine::State::wake() {
  std::uint64_t one = 1;
  [[maybe_unused]] ssize_t written = ::write(events.get(), &one, sizeof one);
}

void Machine::State::on_line(const ConsoleLine& line) {
  if (line.source == ConsoleLine::Source::Kernel) {
    std::lock_guard lock(mutex);
    if (!phases.first_kernel) phases.first_kernel = elapsed();
    if (std::string_view address = assigned_address(line.text); !address.empty()) guest_address = address;
  } else if (line.complete && !listening && says_listening(line.text)) {
    {
      std::lock_guard lock(mutex);
      phases.listening = elapsed();
    }
    listening = true;
    wake();
  }
  if (options.on_console) options.on_console(line);
}

void Machine::State::read_streams() {
  char buffer[64 * 1024];
  pollfd streams[2] = {{vmm->child().out.get(), POLLIN, 0}, {vmm->child().err.get(), POLLIN, 0}};
  while (streams[0].fd >= 0 || streams[1].fd >= 0) {
    int ready = ::poll(streams, 2, console.has_unfinished_line() ? kFlushAfterMs : -1);
    if (ready < 0 && errno != EINTR) break;
    if (ready == 0) console.flush();
    if (ready <= 0) continue;
    for (int i = 0; i < 2; ++i) {
      if (streams[i].revents == 0) continue;
      ssize_t count = ::read(streams[i].fd, buffer, sizeof buffer);
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) {
        streams[i].fd = -1;
        continue;
      }
      std::string_view bytes(buffer, static_cast<std::size_t>(count));
      if (i == 1) {
        std::lock_guard lock(mutex);
        vmm_errors.append(bytes.substr(0, kErrorBytes - std::min(kErrorBytes, vmm_errors.size())));
        if (!over && vmm->is_over(vmm_errors)) {
          over = true;
          wake();
        }
        continue;
      }
      {
        std::lock_guard lock(mutex);
        if (!phases.first_console) phases.first_console = elapsed();
      }
      console.feed(bytes);
    }
  }
  console.flush();
  wake();
}

}  // namespace faasc
