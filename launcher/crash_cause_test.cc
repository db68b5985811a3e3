#include "launcher/crash_cause.h"

#include <csignal>

#include <gtest/gtest.h>
#include <unistd.h>

#include "launcher/thread_activity.h"

namespace faasc {
namespace {

TEST(CrashCause, IsWhatTheKernelSays) {
  const std::string nanos = "\n*** signal 11 received by tid 2, errno 0, code 1\n    fault address 0x";
  struct Case {
    std::string tail;
    int signal;
    const char* text;
  };
  const Case cases[] = {
      {"", SIGSEGV, ""},
      {nanos + "10\n\n   rsp: 00000000ffc74920\n", SIGSEGV, "it followed a null pointer"},
      {nanos + "fff\n", SIGSEGV, "it followed a null pointer"},
      {nanos + "ffc74920\n\n   rsp: 00000000ffc74920\n", SIGSEGV, "its stack overflowed"},
      {nanos + "ffc74918\n\n   rsp: 00000000ffc75920\n", SIGSEGV, "its stack overflowed"},
      {nanos + "ffb74918\n\n   rsp: 00000000ffc75920\n", SIGSEGV, ""},
      {nanos + "123456789\n", SIGSEGV, ""},
      {"\n*** signal 11 received by tid 2, errno 0, code -6\n    fault address 0x2\n", SIGSEGV, ""},
      {"\n*** signal 11 received by tid 2, errno 0, code 0\n    fault address 0x2\n", SIGSEGV, ""},
      {nanos + "\n   rsp: x\n", SIGSEGV, ""},
      {nanos + "10\n", SIGABRT, ""},
      {"faasc-init: the kernel says: f[95]: segfault at 10 ip 0000000000401c6b sp 00007ffd3 error 6 in f\n",
       SIGSEGV, "it followed a null pointer"},
      {"[   12.1] f[95]: segfault at 7ffd3f00 ip 0000000000401c6b sp 00007ffd3f08 error 6 in f\n", SIGSEGV,
       "its stack overflowed"},
      {"[0.78] page fill failed with (result:out of memory)\n", SIGBUS, "out of memory"},
      {"x\n[0.78] page fault: out of memory, program killed\n", SIGKILL, "out of memory"},
      {"[   3.1] Out of memory: Killed process 95 (f)\n", SIGKILL, "out of memory"},
      {"the function says: out of memory\n", SIGKILL, ""},
      {"[0.78] page fill failed with (result:out of memory)\n", SIGSEGV, ""},
      {"", SIGKILL, ""},
  };
  for (const Case& one : cases) EXPECT_EQ(to_text(crash_cause(one.tail, one.signal)), one.text) << one.tail;
}

TEST(ThreadActivity, TellsWorkFromWaiting) {
  using Share = ThreadActivity::Share;
  EXPECT_EQ(in_words(std::nullopt), nullptr);
  EXPECT_STREQ(in_words(Share{0.01, 0.0}), "it was idle");
  EXPECT_STREQ(in_words(Share{0.02, 0.95}), "it was idle") << "on a busy host";
  EXPECT_EQ(in_words(Share{0.5, 0.1}), nullptr);
  EXPECT_STREQ(in_words(Share{0.97, 0.0}), "it computed all the time");
  EXPECT_STREQ(in_words(Share{0.15, 0.82}), "it computed all the time") << "on a busy host";
  EXPECT_FALSE(ThreadActivity(-1).share());

  ThreadActivity work(::getpid());
  EXPECT_FALSE(work.share()) << "too soon";
  // A hypervisor below may take the processor away meanwhile, of which this kernel counts nothing.
  double most = 0;
  for (int attempt = 0; attempt < 20 && most <= 0.7; ++attempt) {
    ThreadActivity spinning(::getpid());
    for (auto start = std::chrono::steady_clock::now();
         std::chrono::steady_clock::now() - start < std::chrono::milliseconds(150);) {
    }
    auto busy = spinning.share();
    if (!busy) GTEST_SKIP() << "this kernel does not tell how long threads wait";
    most = std::max(most, busy->ran + busy->waited);
  }
  EXPECT_GT(most, 0.7);
  ThreadActivity wait(::getpid());
  ::usleep(300'000);
  EXPECT_LT(wait.share()->ran, 0.1);
}

}  // namespace
}  // namespace faasc
