#pragma once

#include <cstdint>

namespace faasc::rt {

/// Milliseconds and nanoseconds on the clock that never jumps.
std::int64_t now();
std::int64_t nanoseconds();

inline constexpr std::int64_t kNever = INT64_MAX;

/// Something that must not last for ever; a link of one DeadlineList at a time.
struct Deadline {
  enum class Kind : std::uint8_t { Connection, Call };

  explicit Deadline(Kind k) : kind(k) {}
  Deadline(Deadline const&) = delete;
  Deadline& operator=(Deadline const&) = delete;

  bool linked() const { return next != nullptr; }
  void unlink() {
    previous->next = next;
    next->previous = previous;
    previous = next = nullptr;
  }

  Kind const kind;
  std::int64_t when = kNever;
  Deadline* previous = nullptr;
  Deadline* next = nullptr;
};

/// Deadlines of one kind, the earliest first. As they all run for the same time, a new one nearly always
/// belongs at the end, so ten thousand idle connections cost no more per step than one.
class DeadlineList {
 public:
  DeadlineList() : ends_(Deadline::Kind::Connection) { ends_.previous = ends_.next = &ends_; }

  void link(Deadline& deadline, std::int64_t when) {
    deadline.when = when;
    Deadline* after = ends_.previous;
    while (after != &ends_ && after->when > when) after = after->previous;
    deadline.previous = after;
    deadline.next = after->next;
    after->next->previous = &deadline;
    after->next = &deadline;
  }

  Deadline* first() { return ends_.next == &ends_ ? nullptr : ends_.next; }
  std::int64_t earliest() const { return ends_.next == &ends_ ? kNever : ends_.next->when; }

 private:
  Deadline ends_;
};

}  // namespace faasc::rt
