#include "launcher/known_kvm.h"

#include <sys/stat.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "launcher/host_record.h"
#include "launcher/time_stamp_counter.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

class KnownKvmTest : public testing::Test {
 protected:
  void SetUp() override {
    auto created = TemporaryDirectory::create(fs::temp_directory_path(), "known-kvm");
    ASSERT_TRUE(created);
    cache_.emplace(std::move(*created));
  }
  fs::path cache() const { return cache_->path(); }
  fs::path file() const { return cache() / "host" / "kvm"; }

  /// Writes another speed into the record: what is recalled can be told from what was measured.
  void write_speed(const std::string& speed, std::chrono::nanoseconds age = {}) {
    auto text = read_file(file());
    ASSERT_TRUE(text);
    auto record = read_host_record(*text);
    ASSERT_TRUE(record);
    record->value = speed;
    if (age.count() != 0) {
      // As long ago, at the same rate.
      HostMoment& before = record->before;
      HostMoment& then = record->then;
      const double rate = static_cast<double>(then.counter - before.counter) /
                          static_cast<double>((then.time - before.time).count());
      const auto counted = static_cast<std::uint64_t>(rate * static_cast<double>(age.count()));
      if (then.counter < counted + 1'000'000'000) GTEST_SKIP() << "this host has not run for that long";
      before = {.boot_id = before.boot_id,
                .system = before.system,
                .processor = before.processor,
                .counter = before.counter - counted,
                .time = before.time - age};
      then.counter -= counted;
      then.time -= age;
    }
    ASSERT_TRUE(keep(file(), *record));
  }

  std::optional<TemporaryDirectory> cache_;
};

/// Those that need a KVM that runs a guest, and was not disturbed while it was measured.
class KnownRealKvmTest : public KnownKvmTest {
 protected:
  void SetUp() override {
    KnownKvmTest::SetUp();
    if (::access("/dev/kvm", R_OK | W_OK) != 0) GTEST_SKIP() << "no /dev/kvm to measure";
    for (int i = 0; i < 50 && !fs::exists(file()); ++i) first_ = known_kvm(cache());
    if (!first_.verdict.runs) GTEST_SKIP() << "KVM runs no guest here: " << first_.verdict.why;
    ASSERT_TRUE(fs::exists(file())) << "50 measurements in a row were disturbed";
    ASSERT_FALSE(first_.measured_at);
    ASSERT_EQ(first_.not_kept, "");
  }
  KnownKvm first_;
};

TEST_F(KnownRealKvmTest, IsMeasuredOnce) {
  KnownKvm again = known_kvm(cache());
  ASSERT_TRUE(again.measured_at) << "it was measured again";
  EXPECT_EQ(again.verdict.why, first_.verdict.why);
  EXPECT_EQ(again.verdict.usable, first_.verdict.usable);
  EXPECT_TRUE(again.verdict.runs);
  auto age = std::chrono::system_clock::now() - *again.measured_at;
  EXPECT_GE(age, std::chrono::seconds(0));
  EXPECT_LT(age, std::chrono::minutes(10));

  write_speed("7777");
  EXPECT_EQ(known_kvm(cache()).verdict.why, "runs 7777 million instructions per second");
  EXPECT_FALSE(known_kvm({}).measured_at) << "without a cache";
  EXPECT_FALSE(renewed_kvm(cache()).measured_at) << "asked to measure";
}

TEST_F(KnownRealKvmTest, IsMeasuredAgainWhereTheRecordIsNotOfThisHost) {
  auto text = read_file(file());
  ASSERT_TRUE(text);
  const std::string kept = *text;
  auto record = read_host_record(kept);
  ASSERT_TRUE(record);
  auto changed = [&](auto change) {
    HostRecord other = *record;
    other.value = "7777";
    change(other);
    EXPECT_TRUE(keep(file(), other));
    KnownKvm known = known_kvm(cache());
    EXPECT_FALSE(known.measured_at);
    EXPECT_NE(known.verdict.why, "runs 7777 million instructions per second");
  };
  changed([](HostRecord& other) { other.then.boot_id = "00000000-0000-0000-0000-000000000000"; });
  changed([](HostRecord& other) { other.then.processor += "0"; });
  changed([](HostRecord& other) { other.then.system = "5.4.0 #1"; });
  changed([](HostRecord& other) { other.before.counter /= 2; });
  changed([](HostRecord& other) { other.about += "0"; });
  changed([](HostRecord& other) { other.value = "-1"; });
  changed([](HostRecord& other) { other.value = "7777 of them"; });
  ASSERT_TRUE(write_file(file(), "a note of somebody's\n"));
  EXPECT_FALSE(known_kvm(cache()).measured_at);
}

TEST_F(KnownRealKvmTest, AgesAndSlowOnesSooner) {
  write_speed("7777", std::chrono::minutes(2));
  if (IsSkipped()) return;
  EXPECT_TRUE(known_kvm(cache()).measured_at);
  write_speed("2.5", std::chrono::minutes(2));
  EXPECT_EQ(known_kvm(cache()).verdict.why, "runs 3 million instructions per second: emulated, not native");
}

TEST_F(KnownKvmTest, AccessIsTriedEachTime) {
  const fs::path device = cache() / "device";
  EXPECT_EQ(known_kvm(cache(), device).verdict.why, "no " + device.string());
  EXPECT_EQ(renewed_kvm(cache(), device).verdict.why, "no " + device.string());
  ASSERT_TRUE(write_file(device, "no device", 0));
  if (::geteuid() != 0) {
    EXPECT_EQ(known_kvm(cache(), device).verdict.why, "no permission to open " + device.string());
  }
  EXPECT_EQ(known_kvm(cache(), "/dev/null").verdict.why,
            "cannot ask for the API version: Inappropriate ioctl for device");
  EXPECT_FALSE(fs::exists(file())) << "nothing is kept of what has run no guest";
}

TEST_F(KnownRealKvmTest, NeedsNoCacheThatCanBeWritten) {
  fs::remove_all(cache() / "host");
  ASSERT_TRUE(write_file(cache() / "host", "no directory"));
  for (int i = 0; i < 50; ++i) {
    KnownKvm known = known_kvm(cache());
    EXPECT_TRUE(known.verdict.runs);
    EXPECT_FALSE(known.measured_at);
    if (known.not_kept.empty()) continue;  // it was disturbed
    EXPECT_NE(known.not_kept.find("Not a directory"), std::string::npos) << known.not_kept;
    return;
  }
  FAIL() << "50 measurements in a row were disturbed";
}

TEST_F(KnownKvmTest, TheCountersRateIsKept) {
  const std::uint64_t khz = known_tsc_khz(cache());
  if (khz == 0) GTEST_SKIP() << "no time stamp counter here";
  const fs::path tsc = cache() / "host" / "tsc";
  auto text = read_file(tsc);
  ASSERT_TRUE(text);
  auto record = read_host_record(*text);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->value, std::to_string(khz));
  EXPECT_EQ(known_tsc_khz(cache()), khz);
  record->value = "12345";
  ASSERT_TRUE(keep(tsc, *record));
  EXPECT_EQ(known_tsc_khz(cache()), 12345u) << "it was measured again";
  record->then.boot_id = "another";
  ASSERT_TRUE(keep(tsc, *record));
  EXPECT_NEAR(static_cast<double>(known_tsc_khz(cache())), static_cast<double>(khz),
              static_cast<double>(khz) / 100);
}

}  // namespace
}  // namespace faasc
