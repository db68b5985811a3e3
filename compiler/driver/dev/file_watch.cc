#include "compiler/driver/dev/file_watch.h"

#include <cerrno>
#include <cstring>
#include <thread>

#include <sys/inotify.h>

#include <poll.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "compiler/driver/dev/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

// A file that was written counts once it is closed.
constexpr std::uint32_t kEvents = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |
                                  IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;
constexpr std::chrono::milliseconds kQuiet{40}, kLongest{1000};

}  // namespace

Error cannot_watch(const fs::path& directory, int reason) {
  bool limit = reason == ENOSPC || reason == EMFILE;
  Error error{Fault::Host, kCannotWatch, "cannot watch '" + directory.string() + "' for changes", {}, {}};
  if (!limit) error.what += std::string(": ") + std::strerror(reason);
  error.hint = limit ? "this host watches no more directories for you: raise fs.inotify.max_user_watches and "
                       "fs.inotify.max_user_instances with sysctl, or keep what the function does not need "
                       "out of its directory with .faasignore"
                     : "see that the directory can be read";
  return error;
}

Result<FileWatch> FileWatch::begin() {
  Fd fd(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC));
  if (!fd) return cannot_watch(".", errno);
  return FileWatch(std::move(fd));
}

Result<void> FileWatch::watch(const std::set<fs::path>& directories, const std::set<fs::path>& ignored) {
  ignored_ = ignored;
  for (auto at = directories_.begin(); at != directories_.end();) {
    if (directories.contains(at->second)) {
      ++at;
      continue;
    }
    ::inotify_rm_watch(fd_.get(), at->first);
    at = directories_.erase(at);
  }
  std::set<fs::path> watched;
  for (const auto& [number, directory] : directories_) watched.insert(directory);
  for (const fs::path& directory : directories) {
    if (watched.contains(directory)) continue;
    int number = ::inotify_add_watch(fd_.get(), directory.c_str(), kEvents | IN_ONLYDIR);
    if (number >= 0) {
      directories_[number] = directory;
    } else if (errno != ENOENT && errno != ENOTDIR) {
      return cannot_watch(directory, errno);
    }
  }
  return {};
}

bool FileWatch::read_events() {
  alignas(inotify_event) char buffer[16 * 1024];
  bool changed = false;
  for (;;) {
    ssize_t count = ::read(fd_.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return changed;
    for (ssize_t at = 0; at < count;) {
      const auto* event = reinterpret_cast<const inotify_event*>(buffer + at);
      at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
      if ((event->mask & IN_Q_OVERFLOW) != 0) changed = true;
      auto directory = directories_.find(event->wd);
      if (directory == directories_.end()) continue;
      if ((event->mask & IN_IGNORED) != 0) {
        // It is gone; should it come again, it is a new one.
        directories_.erase(directory);
        changed = true;
        continue;
      }
      fs::path file = event->len > 0 ? directory->second / event->name : directory->second;
      if (!ignored_.contains(file)) changed = true;
    }
  }
}

FileWatch::Seen FileWatch::wait(const Fd& stop, std::chrono::milliseconds at_most) {
  auto end = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    if (interrupt_signal() != 0) return Seen::Interrupt;
    if (changed_ || read_events()) {
      changed_ = true;
      return Seen::Change;
    }
    auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now()).count();
    if (left <= 0) return Seen::Time;
    pollfd fds[3] = {{fd_.get(), POLLIN, 0}, {interrupt_fd(), POLLIN, 0}, {stop.get(), POLLIN, 0}};
    ::poll(fds, 3, static_cast<int>(left));
    if (fds[2].revents) return Seen::Stop;
  }
}

void FileWatch::take_changes() {
  auto end = std::chrono::steady_clock::now() + kLongest;
  while (std::chrono::steady_clock::now() < end) {
    pollfd fds[2] = {{fd_.get(), POLLIN, 0}, {interrupt_fd(), POLLIN, 0}};
    int ready = ::poll(fds, 2, static_cast<int>(kQuiet.count()));
    if (ready == 0 || fds[1].revents) break;
    // What does not count does not put it off either.
    if (!read_events()) break;
  }
  changed_ = false;
}

}  // namespace faasc
