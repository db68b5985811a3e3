#include "base/job_server.h"

#include <atomic>
#include <chrono>
#include <thread>

#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace faasc {
namespace {

// A pool as make lays it out, with these tokens.
struct Pool {
  explicit Pool(const std::string& tokens) {
    EXPECT_EQ(::pipe(ends), 0);
    EXPECT_EQ(::write(ends[1], tokens.data(), tokens.size()), static_cast<ssize_t>(tokens.size()));
  }
  ~Pool() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  std::string flags(const char* option = "--jobserver-auth=") const {
    return "kw -j4 " + std::string(option) + std::to_string(ends[0]) + "," + std::to_string(ends[1]) +
           " -- X=1";
  }
  int count() const {
    int bytes = 0;
    ::ioctl(ends[0], FIONREAD, &bytes);
    return bytes;
  }
  int ends[2] = {-1, -1};
};

TEST(JobServer, TakesTokensAndGivesTheSameBack) {
  Pool pool("abc");
  auto server = JobServer::from(pool.flags());
  ASSERT_TRUE(server);
  {
    JobServer::Tokens two = server->take_free(2), rest = server->take_free(5);
    EXPECT_EQ(two.count(), 2u);
    EXPECT_EQ(rest.count(), 1u);
    EXPECT_EQ(pool.count(), 0);
    EXPECT_EQ(server->take_free(1).count(), 0u) << "and does not wait";
  }
  std::string back(3, ' ');
  ASSERT_EQ(::read(pool.ends[0], back.data(), 3), 3);
  std::sort(back.begin(), back.end());
  EXPECT_EQ(back, "abc");
  // Others read from the pipe as they did before.
  EXPECT_EQ(::fcntl(pool.ends[0], F_GETFL) & O_NONBLOCK, 0);
}

TEST(JobServer, WaitsUntilThereIsATokenOrNoMoreNeedOfOne) {
  Pool pool("");
  auto server = JobServer::from(pool.flags("--jobserver-fds="));
  ASSERT_TRUE(server);
  Fd stop(::eventfd(0, EFD_CLOEXEC));
  std::thread giver([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    EXPECT_EQ(::write(pool.ends[1], "+", 1), 1);
  });
  {
    auto token = server->take(stop);
    ASSERT_TRUE(token);
    EXPECT_EQ(token->count(), 1u);
    std::uint64_t one = 1;
    EXPECT_EQ(::write(stop.get(), &one, sizeof one), 8);
    EXPECT_FALSE(server->take(stop));
  }
  giver.join();
  EXPECT_EQ(pool.count(), 1);
}

TEST(JobServer, ReadsAFifo) {
  auto directory = TemporaryDirectory::create(std::filesystem::temp_directory_path(), "jobs");
  ASSERT_TRUE(directory);
  std::string path = directory->path() / "pool";
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  Fd keeper(::open(path.c_str(), O_RDWR));
  ASSERT_EQ(::write(keeper.get(), "++", 2), 2);
  auto server = JobServer::from(" -j3 --jobserver-auth=fifo:" + path);
  ASSERT_TRUE(server);
  EXPECT_EQ(server->take_free(9).count(), 2u);
  EXPECT_EQ(server->take_free(9).count(), 2u);
}

TEST(JobServer, IsNoneWhereMakeLeftNoneOpen) {
  EXPECT_FALSE(JobServer::from(""));
  EXPECT_FALSE(JobServer::from("-j4"));
  EXPECT_FALSE(JobServer::from("--jobserver-auth=900,901"));
  EXPECT_FALSE(JobServer::from("--jobserver-auth=-2,-2"));
  EXPECT_FALSE(JobServer::from("--jobserver-auth=fifo:/nowhere/pool"));
  EXPECT_FALSE(JobServer::from("--jobserver-auth=garbage"));
  Fd file(::open("/dev/null", O_RDWR));
  std::string number = std::to_string(file.get());
  EXPECT_FALSE(JobServer::from("--jobserver-auth=" + number + "," + number)) << "open, but something else";
}

TEST(JobServer, WorkIsDoneWithoutOne) {
  std::atomic<int> left = 100, done = 0;
  work_side_by_side(4, [&] {
    while (left-- > 0) ++done;
  });
  EXPECT_EQ(done, 100);
}

}  // namespace
}  // namespace faasc
