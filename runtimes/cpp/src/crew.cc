#include "src/crew.h"

#include <errno.h>
#include <time.h>

#include "src/deadlines.h"
#include "src/log.h"
#include "src/signals.h"

#ifdef __GLIBC__
#include <resolv.h>

// Starting a thread in a static program takes the resolver's state along, for glibc has it in one object file
// with the resolver: 50 KiB, and most functions never ask for a name. This is the same variable with the same
// content as there. It is weak: where the resolver itself is linked, its own counts.
extern "C" {
static struct __res_state faasc_rt_resolver_state;
extern __thread struct __res_state* __libc_resp;
__attribute__((weak)) __thread struct __res_state* __libc_resp = &faasc_rt_resolver_state;
}
#endif

namespace faasc::rt {
namespace {

constexpr std::int64_t kMillisecond = 1'000'000;
constexpr std::int64_t kTick = kMillisecond;
// Nothing has happened for so many ticks: the watcher sleeps until it is called.
constexpr unsigned kQuietTicks = 5;
// Fewer calls than this in a tick, with the leader in one of them at its beginning and at its end, and that
// for some ticks: they are not short.
constexpr std::uint64_t kCallsPerTick = 8;
constexpr unsigned kBusyTicks = 3;
// How many calls in a row must have been short before the lane is kept during the next.
constexpr int kCallsToConvince = 16;
constexpr std::int64_t kShort = kMillisecond / 10;
constexpr std::int64_t kLong = kMillisecond / 2;

}  // namespace

Crew::Crew(unsigned lanes, unsigned max_threads, Lead lead, void* context)
    : lane_count_(lanes),
      max_threads_(max_threads),
      lead_(lead),
      context_(context),
      lanes_(std::make_unique<Lane[]>(lanes)) {
  vacant_.reserve(lanes);
  pthread_condattr_t attributes;
  ::pthread_condattr_init(&attributes);
  ::pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
  ::pthread_cond_init(&watcher_wanted_, &attributes);
  ::pthread_condattr_destroy(&attributes);
}

void Crew::join() {
  follow();
  // The last that was started may only just be added, by one that is still to be waited for.
  for (;;) {
    ::pthread_mutex_lock(&mutex_);
    bool const more = !threads_.empty();
    pthread_t const thread = more ? threads_.back() : pthread_t{};
    if (more) threads_.pop_back();
    ::pthread_mutex_unlock(&mutex_);
    if (!more) return;
    ::pthread_join(thread, nullptr);
  }
}

void* Crew::run(void* crew) {
  CrashStack stack;
  stack.use();
  static_cast<Crew*>(crew)->follow();
  return nullptr;
}

void Crew::open(unsigned lane) {
  ::pthread_mutex_lock(&mutex_);
  vacant_.push_back(lane);
  Hands const hands = find_hands();
  ::pthread_mutex_unlock(&mutex_);
  call(hands);
}

void Crew::follow() {
  ::pthread_mutex_lock(&mutex_);
  while (!finished_) {
    unsigned lane = 0;
    bool leads = false;
    if (!vacant_.empty()) {
      lane = vacant_.front();
      vacant_.erase(vacant_.begin());
      ++leading_;
      leads = true;
    } else if (!has_watcher_) {
      has_watcher_ = true;
      leads = watch(lane);
      has_watcher_ = false;
    } else {
      ++spare_;
      ::pthread_cond_wait(&spare_wanted_, &mutex_);
      --spare_;
    }
    if (!leads) continue;
    if (!has_watcher_) watched_.store(false);
    Hands const hands = find_hands();
    ::pthread_mutex_unlock(&mutex_);
    call(hands);
    lead_(context_, lane);
    ::pthread_mutex_lock(&mutex_);
  }
  ::pthread_mutex_unlock(&mutex_);
}

/// Returns, with the lock held as before, when this thread should do something else: where true, lead `lane`.
bool Crew::watch(unsigned& lane) {
  watched_.store(true);
  for (unsigned quiet = 0; !finished_ && vacant_.empty();) {
    if (quiet == kQuietTicks) {
      // Whoever begins a call from here on calls; whoever has begun one before is seen.
      watched_.store(false);
      if (all_is_quiet()) ::pthread_cond_wait(&watcher_wanted_, &mutex_);
      watched_.store(true);
      quiet = 0;
      continue;
    }
    std::int64_t const until = nanoseconds() + kTick;
    timespec const at{static_cast<time_t>(until / (1000 * kMillisecond)),
                      static_cast<long>(until % (1000 * kMillisecond))};
    if (::pthread_cond_timedwait(&watcher_wanted_, &mutex_, &at) != ETIMEDOUT) continue;
    quiet = all_is_quiet() ? quiet + 1 : 0;
    if (look(lane)) return true;
  }
  return false;
}

bool Crew::all_is_quiet() const {
  for (unsigned i = 0; i < lane_count_; ++i) {
    std::uint64_t const calls = lanes_[i].calls.load();
    if ((calls & 1) != 0 || calls != lanes_[i].seen) return false;
  }
  return true;
}

/// True where a leader was in the same call as last time. `lane` has been taken from it.
bool Crew::look(unsigned& lane) {
  for (unsigned i = 0; i < lane_count_; ++i) {
    Lane& one = lanes_[i];
    std::uint64_t calls = one.calls.load();
    std::uint64_t const before = one.seen;
    one.seen = calls;
    bool const in_call = (calls & 1) != 0;
    if (in_call && calls == before) {
      if (!one.calls.compare_exchange_strong(calls, calls + 1)) continue;
      one.seen = calls + 1;
      ++away_;
      expected_long_.store(kCallsToConvince);
      lane = i;
      return true;
    }
    bool const busy = in_call && (before & 1) != 0 && calls - before < 2 * kCallsPerTick;
    one.busy_ticks = busy ? one.busy_ticks + 1 : 0;
    if (one.busy_ticks == kBusyTicks) {
      one.busy_ticks = 0;
      expected_long_.store(kCallsToConvince);
    }
  }
  return false;
}

std::uint64_t Crew::begin_short(unsigned lane) {
  std::atomic<std::uint64_t>& calls = lanes_[lane].calls;
  std::uint64_t const call = calls.load(std::memory_order_relaxed) + 1;
  calls.store(call);
  // After the store: the watcher says that it goes to sleep, and then looks once more.
  if (!watched_.load()) want_watcher();
  return call;
}

bool Crew::end_short(unsigned lane, std::uint64_t call) {
  std::uint64_t expected = call;
  if (lanes_[lane].calls.compare_exchange_strong(expected, call + 1)) return true;
  ::pthread_mutex_lock(&mutex_);
  --away_;
  ::pthread_mutex_unlock(&mutex_);
  return false;
}

std::int64_t Crew::begin_long(unsigned lane, bool was_leader) {
  ::pthread_mutex_lock(&mutex_);
  ++away_;
  if (was_leader) {
    --leading_;
    vacant_.push_back(lane);
  }
  Hands const hands = find_hands();
  ::pthread_mutex_unlock(&mutex_);
  call(hands);
  return nanoseconds();
}

void Crew::end_long(std::int64_t began) {
  ::pthread_mutex_lock(&mutex_);
  --away_;
  ::pthread_mutex_unlock(&mutex_);
  int const expected = expected_long_.load();
  if (expected == 0) return;
  std::int64_t const lasted = nanoseconds() - began;
  if (lasted > kLong) expected_long_.store(kCallsToConvince);
  if (lasted < kShort) expected_long_.store(expected - 1);  // one of two that do so at once may be lost
}

void Crew::want_watcher() {
  ::pthread_mutex_lock(&mutex_);
  Hands hands = Hands::Enough;
  if (!has_watcher_) {
    hands = find_hands();
  } else if (!watched_.load()) {
    hands = Hands::Watcher;
  }
  if (hands != Hands::Enough) watched_.store(true);
  ::pthread_mutex_unlock(&mutex_);
  call(hands);
}

/// With the lock held: who should see to vacant lanes, or watch where nobody does. To be told by call(),
/// without the lock, for which whoever wakes would have to wait at once.
Crew::Hands Crew::find_hands() {
  if (vacant_.empty() && (has_watcher_ || !in_call())) return Hands::Enough;
  if (spare_ > 0) return Hands::Spare;
  if (has_watcher_) return Hands::Watcher;
  // A thread that neither leads nor is away has just finished something and is on its way.
  if (leading_ + away_ < started_ || started_ == max_threads_) return Hands::Enough;
  ++started_;
  return Hands::Start;
}

/// Whether anyone is in a short call.
bool Crew::in_call() const {
  for (unsigned i = 0; i < lane_count_; ++i) {
    if ((lanes_[i].calls.load() & 1) != 0) return true;
  }
  return false;
}

void Crew::call(Hands hands) {
  switch (hands) {
    case Hands::Enough:
      return;
    case Hands::Spare:
      ::pthread_cond_signal(&spare_wanted_);
      return;
    case Hands::Watcher:
      ::pthread_cond_signal(&watcher_wanted_);
      return;
    case Hands::Start:
      return start_thread();
  }
}

void Crew::start_thread() {
  pthread_t thread{};
  bool const ok = ::pthread_create(&thread, nullptr, &Crew::run, this) == 0;
  ::pthread_mutex_lock(&mutex_);
  bool const first_refusal = !ok && !refused_;
  if (ok) {
    threads_.push_back(thread);
  } else {
    --started_;
    refused_ = true;
    if (!has_watcher_) watched_.store(false);
  }
  unsigned const count = started_;
  ::pthread_mutex_unlock(&mutex_);
  if (first_refusal) {
    log(Severity::Warning, "cannot start a thread; requests may wait for each other", "threads", count);
  }
}

void Crew::finish() {
  ::pthread_mutex_lock(&mutex_);
  finished_ = true;
  ::pthread_cond_broadcast(&spare_wanted_);
  ::pthread_cond_broadcast(&watcher_wanted_);
  ::pthread_mutex_unlock(&mutex_);
}

}  // namespace faasc::rt
