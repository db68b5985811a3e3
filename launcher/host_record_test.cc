#include "launcher/host_record.h"

#include <thread>
#include <vector>

#include <sys/stat.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr auto kForever = hours(24 * 365);

/// A host whose counter counts nanoseconds.
HostMoment moment(nanoseconds time, std::uint64_t counter) {
  return {.boot_id = "b", .system = "6.1 #1", .processor = "cpu", .counter = counter, .time = time};
}

HostMoment moment(nanoseconds time) {
  return moment(time, static_cast<std::uint64_t>(time.count()) + 1'000'000'000);
}

const HostMoment kBefore = moment(seconds(1000)), kThen = moment(seconds(1000) + milliseconds(10));

TEST(HostMoment, IsThisHost) {
  HostMoment first = HostMoment::now();
  EXPECT_FALSE(first.boot_id.empty());
  EXPECT_FALSE(first.system.empty());
  EXPECT_FALSE(first.processor.empty());
  EXPECT_GT(first.time, nanoseconds(0));
  // Whatever processor it is asked on.
  std::vector<HostMoment> others(8);
  std::vector<std::thread> threads;
  for (HostMoment& other : others) threads.emplace_back([&] { other = HostMoment::now(); });
  for (std::thread& thread : threads) thread.join();
  for (const HostMoment& other : others) {
    EXPECT_EQ(other.boot_id, first.boot_id);
    EXPECT_EQ(other.system, first.system);
    EXPECT_EQ(other.processor, first.processor);
    EXPECT_GE(other.counter, first.counter);
  }
}

TEST(HostMoment, GoesOn) {
  struct Case {
    const char* what;
    HostMoment now;
    bool gone_on;
  };
  auto changed = [](std::string HostMoment::* member) {
    HostMoment now = moment(seconds(1100));
    now.*member = "another";
    return now;
  };
  auto counted = [](nanoseconds time, double part) {
    auto since = static_cast<double>((time - kThen.time).count()) * part;
    return moment(time, kThen.counter + static_cast<std::uint64_t>(since));
  };
  const Case cases[] = {
      {"at once", kThen, true},
      {"later", moment(seconds(1100)), true},
      {"a day later", moment(hours(25)), true},
      {"the clock was corrected", counted(seconds(1100), 1.0002), true},
      {"started again", changed(&HostMoment::boot_id), false},
      {"another kernel, started by kexec", changed(&HostMoment::system), false},
      {"another processor", changed(&HostMoment::processor), false},
      {"a processor with a faster counter", counted(seconds(1100), 1.1), false},
      {"a processor with a slower counter", counted(seconds(1100), 0.9), false},
      {"the counter began anew", moment(seconds(1100), 5), false},
      {"paused for a second", counted(seconds(1100), 0.99), false},
      {"taken back to a snapshot of a day before", counted(hours(25), 0.001), false},
      {"the clock was set back", moment(seconds(900), kThen.counter + 1), false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.what);
    EXPECT_EQ(has_gone_on(kBefore, kThen, c.now), c.gone_on);
  }
  EXPECT_FALSE(has_gone_on(kThen, kThen, moment(seconds(1100)))) << "without a rate";
  HostMoment nameless = kThen;
  nameless.boot_id.clear();
  HostMoment now = nameless;
  EXPECT_FALSE(has_gone_on(kBefore, nameless, now)) << "without a boot id";
}

class HostRecordTest : public testing::Test {
 protected:
  void SetUp() override {
    auto created = TemporaryDirectory::create(fs::temp_directory_path(), "host-record");
    ASSERT_TRUE(created);
    directory_.emplace(std::move(*created));
    file_ = directory_->path() / "host" / "speed";
  }
  std::optional<std::string> recalled(std::string_view about = "speed", const HostMoment& now = kThen,
                                      nanoseconds oldest = kForever) const {
    auto record = recall(file_, about, now, oldest);
    if (!record) return std::nullopt;
    return record->value;
  }

  const HostRecord record_{.about = "speed", .value = "4200 of them", .before = kBefore, .then = kThen};
  std::optional<TemporaryDirectory> directory_;
  fs::path file_;
};

TEST_F(HostRecordTest, Text) {
  EXPECT_EQ(to_text(record_),
            "faasc-host 1\nabout speed\nvalue 4200 of them\nboot b\nsystem 6.1 #1\nprocessor cpu\n"
            "before 1001000000000 1000000000000\nthen 1001010000000 1000010000000\nend\n");
  auto read = read_host_record(to_text(record_));
  ASSERT_TRUE(read);
  EXPECT_EQ(to_text(*read), to_text(record_));
}

TEST_F(HostRecordTest, RefusesWhateverElseIsThere) {
  const std::string text = to_text(record_);
  for (std::size_t n = 0; n < text.size(); ++n)
    EXPECT_FALSE(read_host_record(std::string_view(text).substr(0, n))) << "accepted the first " << n;
  EXPECT_FALSE(read_host_record(text + "\n"));
  EXPECT_FALSE(read_host_record(text + text));
  for (const auto& [from, to] : {std::pair("faasc-host 1", "faasc-host 2"), std::pair("about", "abort"),
                                 std::pair("1001000000000 ", "-1 "), std::pair("1001000000000 ", "0x1 "),
                                 std::pair(" 1000000000000", " 99999999999999999999"),
                                 std::pair("1000010000000", "1000010000000 7")}) {
    std::string damaged = text;
    damaged.replace(damaged.find(from), std::string_view(from).size(), to);
    EXPECT_FALSE(read_host_record(damaged)) << damaged;
  }
}

TEST_F(HostRecordTest, IsKept) {
  EXPECT_FALSE(recalled()) << "although nothing was kept";
  ASSERT_TRUE(keep(file_, record_));
  EXPECT_EQ(recalled(), "4200 of them");
  EXPECT_FALSE(recalled("size")) << "it is about something else";
  EXPECT_EQ(recalled("speed", moment(seconds(1000) + hours(1)), hours(2)), "4200 of them");
  EXPECT_FALSE(recalled("speed", moment(seconds(1000) + hours(3)), hours(2))) << "it is old";
  HostMoment restarted = kThen;
  restarted.boot_id = "c";
  EXPECT_FALSE(recalled("speed", restarted));
  HostRecord next = record_;
  next.value = "5000";
  ASSERT_TRUE(keep(file_, next));
  EXPECT_EQ(recalled(), "5000");
}

TEST_F(HostRecordTest, OtherFilesAreNone) {
  fs::create_directories(file_.parent_path());
  ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
  EXPECT_FALSE(recalled()) << "a pipe nobody writes to; nor was it waited for";
  fs::remove(file_);
  fs::create_directory(file_);
  EXPECT_FALSE(recalled()) << "a directory";
  fs::remove(file_);
  ASSERT_TRUE(keep(directory_->path() / "elsewhere", record_));
  fs::create_symlink(directory_->path() / "elsewhere", file_);
  EXPECT_FALSE(recalled()) << "a link";
  fs::remove(file_);
  ASSERT_TRUE(write_file(file_, std::string(1 << 20, 'x')));
  EXPECT_FALSE(recalled()) << "a large file";
  ASSERT_TRUE(keep(file_, record_));
  ASSERT_TRUE(recalled());
  if (::geteuid() != 0) return;
  ASSERT_EQ(::chown(file_.c_str(), 65534, 65534), 0);
  EXPECT_FALSE(recalled()) << "another user's";
}

TEST_F(HostRecordTest, AnyNumberAtTheSameTime) {
  constexpr int kThreads = 8, kRounds = 50;
  std::vector<std::thread> threads;
  ASSERT_TRUE(keep(file_, record_));
  std::vector<int> seen(kThreads), kept(kThreads);
  for (std::size_t i = 0; i < kThreads; ++i)
    threads.emplace_back([&, i] {
      HostRecord mine = record_;
      mine.value = std::string(200 * (i + 1), static_cast<char>('a' + i));
      for (int round = 0; round < kRounds; ++round) {
        kept[i] += keep(file_, mine) ? 1 : 0;
        auto value = recalled();
        seen[i] += value && value->find_first_not_of((*value)[0]) == std::string::npos ? 1 : 0;
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(seen, std::vector<int>(kThreads, kRounds)) << "each saw a whole record each time";
  EXPECT_EQ(kept, std::vector<int>(kThreads, kRounds));
  EXPECT_EQ(std::distance(fs::directory_iterator(file_.parent_path()), {}), 1) << "nothing else is left";
}

}  // namespace
}  // namespace faasc
