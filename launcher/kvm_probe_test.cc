#include "launcher/kvm_probe.h"

#include <cerrno>
#include <csignal>

#include <gtest/gtest.h>
#include <unistd.h>

namespace faasc {
namespace {

TEST(KvmProbe, Verdicts) {
  struct Case {
    KvmMeasurement measurement;
    bool usable;
    const char *why, *hint;
  };
  const Case cases[] = {
      {{"", 0, 4200.4}, true, "runs 4200 million instructions per second", ""},
      {{"", 0, 100}, true, "runs 100 million instructions per second", ""},
      {{"", 0, 99.4}, false, "runs 99 million instructions per second: emulated, not native", ""},
      {{"", 0, 2.1}, false, "runs 2 million instructions per second: emulated, not native", ""},
      {{"", 0, 0}, false, "runs 0 million instructions per second: emulated, not native", ""},
      {{"open", ENOENT, 0},
       false,
       "no /dev/kvm",
       "enable virtualisation in the firmware, or nested virtualisation where this is a VM itself"},
      {{"open", EACCES, 0},
       false,
       "no permission to open /dev/kvm",
       "join the group that owns it: 'sudo usermod -aG kvm $USER', then log in again"},
      {{"open", EBUSY, 0}, false, "cannot open /dev/kvm: Device or resource busy", ""},
      {{"create a VM", ENOMEM, 0}, false, "cannot create a VM: Cannot allocate memory", ""},
      {{"run a loop: the virtual CPU left it with reason 9", 0, 0},
       false,
       "cannot run a loop: the virtual CPU left it with reason 9",
       ""},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.why);
    KvmVerdict verdict = judge_kvm(c.measurement);
    EXPECT_EQ(verdict.usable, c.usable);
    EXPECT_EQ(verdict.why, c.why);
    EXPECT_EQ(verdict.hint, c.hint);
  }
}

TEST(KvmProbe, DevicesThatAreNone) {
  EXPECT_EQ(probe_kvm("/dev/no-kvm-here").why, "no /dev/no-kvm-here");
  EXPECT_EQ(probe_kvm("/dev/null").why, "cannot ask for the API version: Inappropriate ioctl for device");
}

TEST(KvmProbe, MeasuresQuicklyAndLeavesNoTrace) {
  if (::access("/dev/kvm", R_OK | W_OK) != 0) GTEST_SKIP() << "no /dev/kvm to measure";
  sigset_t before, after;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &before);
  auto start = std::chrono::steady_clock::now();
  KvmMeasurement measurement = measure_kvm();
  auto took = std::chrono::steady_clock::now() - start;
  ::pthread_sigmask(SIG_SETMASK, nullptr, &after);
  EXPECT_EQ(measurement.failed_step, "");
  EXPECT_GT(measurement.million_instructions_per_second, 0);
  // Generous: the machine that runs the tests may be busy.
  EXPECT_LT(took, std::chrono::seconds(2));
  for (int signal = 1; signal <= SIGRTMAX; ++signal)
    EXPECT_EQ(sigismember(&before, signal), sigismember(&after, signal)) << signal;
  sigset_t pending;
  ::sigpending(&pending);
  for (int signal = SIGRTMIN; signal <= SIGRTMAX; ++signal)
    EXPECT_EQ(sigismember(&pending, signal), 0) << signal;
  RecordProperty("million_instructions_per_second",
                 static_cast<int>(measurement.million_instructions_per_second));
}

}  // namespace
}  // namespace faasc
