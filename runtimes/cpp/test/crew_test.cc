#include "src/crew.h"

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

#include <gtest/gtest.h>

#include "src/load.h"

namespace faasc::rt {
namespace {

void sleep_ms(int milliseconds) {
  std::this_thread::sleep_for(std::chrono::milliseconds(milliseconds));
}

/// A crew whose leaders do what a test wants.
struct Led {
  explicit Led(unsigned lanes, std::function<void(Crew&, unsigned)> work)
      : lead(std::move(work)),
        crew(
            lanes, 8,
            [](void* pointer, unsigned lane) {
              auto* const self = static_cast<Led*>(pointer);
              self->lead(self->crew, lane);
            },
            this) {}

  std::function<void(Crew&, unsigned)> lead;
  Crew crew;
};

TEST(Crew, KeepsTheLaneDuringShortCalls) {
  int led = 0;
  int calls = 0;
  Led crew(1, [&](Crew& c, unsigned) {
    ++led;
    while (calls < 1000) {
      ++calls;
      std::uint64_t const call = c.begin_short(0);
      if (!c.end_short(0, call)) return;  // a busy machine made this one long
    }
    c.finish();
  });
  crew.crew.open(0);
  crew.crew.join();
  EXPECT_LE(led, 20);
}

TEST(Crew, TakesTheLaneFromALeaderWhoseCallDoesNotEnd) {
  std::atomic<int> led{0};
  std::atomic<bool> lost{false};
  Led crew(1, [&](Crew& c, unsigned) {
    if (led.fetch_add(1) == 0) {
      std::uint64_t const call = c.begin_short(0);
      while (led.load() < 2) sleep_ms(1);  // which is more than a call may do: another leads meanwhile
      lost = !c.end_short(0, call);
    } else {
      EXPECT_TRUE(c.expects_long());
      while (!lost.load()) sleep_ms(1);
      c.finish();
    }
  });
  crew.crew.open(0);
  crew.crew.join();
  EXPECT_EQ(led, 2);
}

TEST(Crew, HandsTheLaneOnUntilCallsAreShortAgain) {
  std::atomic<int> led{0};
  std::atomic<int> handed_on{0};
  Led crew(1, [&](Crew& c, unsigned) {
    if (led.fetch_add(1) == 0) {
      std::uint64_t const call = c.begin_short(0);
      while (led.load() < 2) sleep_ms(1);
      c.end_short(0, call);
      return;
    }
    if (!c.expects_long()) return c.finish();
    std::int64_t const began = c.begin_long(0, true);
    handed_on.fetch_add(1);
    c.end_long(began);
  });
  crew.crew.open(0);
  crew.crew.join();
  EXPECT_GE(handed_on, 16);
}

TEST(Crew, LeadsEveryLane) {
  std::atomic<unsigned> led{0};
  Led crew(4, [&](Crew& c, unsigned lane) {
    led.fetch_or(1u << lane);
    if (lane < 3) c.open(lane + 1);
    while (led.load() != 15) sleep_ms(1);
    c.finish();
  });
  crew.crew.open(0);
  crew.crew.join();
  EXPECT_EQ(led, 15u);
}

constexpr std::int64_t kMicrosecond = 1000;

/// `round` microseconds, of which `calls` in the function, over and over, and `rest` without work in between.
bool crowded(std::int64_t round, std::int64_t calls, std::int64_t rest) {
  Load load;
  std::int64_t time = 1;
  for (int i = 0; i < 1000; ++i) {
    load.begin_round(time);
    load.add_call(calls * kMicrosecond);
    time += round * kMicrosecond;
    load.end_round(time);
    time += rest * kMicrosecond;
  }
  return load.is_crowded();
}

TEST(Load, IsTooMuchWhereAnotherProcessorWouldHelp) {
  EXPECT_FALSE(crowded(200, 20, 0)) << "many short requests: most of it is the system's";
  EXPECT_TRUE(crowded(200, 150, 0)) << "the function's own work";
  EXPECT_TRUE(crowded(800, 80, 0)) << "very many short requests";
  EXPECT_FALSE(crowded(200, 150, 100)) << "with time to spare";
  EXPECT_FALSE(crowded(800, 80, 400));
}

TEST(Load, IsForgottenWhenItIsOver) {
  Load load;
  load.begin_round(1);
  load.add_call(20'000 * kMicrosecond);
  load.end_round(20'000 * kMicrosecond);
  EXPECT_TRUE(load.is_crowded());
  load.begin_round(39'000 * kMicrosecond);
  load.end_round(40'000 * kMicrosecond);
  EXPECT_FALSE(load.is_crowded());
}

}  // namespace
}  // namespace faasc::rt
