#include "packager/output/earlier_image.h"

#include <cstdlib>
#include <random>
#include <thread>

#include <sys/stat.h>
#include <sys/statvfs.h>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sha256.h"
#include "packager/disk/nanos_disk.h"
#include "packager/rootfs/host_directory.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

/// A tree on the host that changes, and the image of it.
class EarlierImageTest : public testing::Test {
 protected:
  explicit EarlierImageTest(const fs::path& parent = testing::TempDir())
      : directory_(TemporaryDirectory::create(parent, "earlier").value()) {}

  void write(const std::string& name, const std::string& bytes) {
    ASSERT_TRUE(write_file(tree_ / name, bytes));
  }
  std::string bytes(std::size_t size) {
    std::string bytes(size, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random_());
    return bytes;
  }
  /// So that what was written before is older than what comes: a tick of the clock that stamps files.
  static void tick() { std::this_thread::sleep_for(std::chrono::milliseconds(15)); }

  NanosDiskRequest request() {
    program_.rootfs = rootfs_of_directory(tree_).value();
    program_.executable = "/app";
    program_.argv = {"/app"};
    return {.program = program_, .kernel = kernel_, .bios_bootable = false};
  }
  /// Writes the image again, and compares it with one from nothing.
  Image rewrite() {
    tick();
    auto image = rewrite_nanos_disk(request(), image_, places_);
    if (!image) {
      ADD_FAILURE() << image.error().what;
      return {};
    }
    fs::path fresh = directory_.path() / "fresh";
    EXPECT_TRUE(write_nanos_disk(request(), fresh));
    EXPECT_EQ(to_hex(sha256_of_file(image_).value()), to_hex(sha256_of_file(fresh).value()));
    EXPECT_EQ(places_.image, stamp_of(image_));
    // As it is kept between two builds.
    EXPECT_EQ(ImagePlaces::parse(places_.to_text())->files, places_.files);
    return *image;
  }

  TemporaryDirectory directory_;
  fs::path tree_ = directory_.path() / "tree", image_ = directory_.path() / "image";
  Program program_;
  Kernel kernel_;
  ImagePlaces places_;
  std::mt19937 random_{1};
};

TEST_F(EarlierImageTest, WhatDidNotChangeIsTakenFromIt) {
  write("app", bytes(100'000));
  for (int i = 0; i < 50; ++i) write("lib/" + std::to_string(i), bytes(static_cast<std::size_t>(i * 997)));
  EXPECT_EQ(rewrite().reused_bytes, 0u);
  EXPECT_GT(rewrite().reused_bytes, 1'200'000u);
  write("lib/25", bytes(25 * 997));
  Image image = rewrite();
  EXPECT_GT(image.reused_bytes, 1'100'000u);
  EXPECT_LT(image.reused_bytes, image.payload_bytes);
}

TEST_F(EarlierImageTest, RandomEditsGiveTheBytesOfAFreshBuild) {
  write("app", bytes(3000));
  std::uint64_t reused = 0;
  for (int round = 0; round < 40; ++round) {
    for (auto edits = random_() % 4; edits > 0; --edits) {
      std::string name = "d" + std::to_string(random_() % 4) + "/f" + std::to_string(random_() % 12);
      static constexpr std::size_t kSizes[] = {0, 1, 511, 512, 513, 4096, 70'000, 1 << 20, (1 << 20) + 5};
      std::size_t size = kSizes[random_() % std::size(kSizes)];
      switch (random_() % 5) {
        case 0:
          fs::remove(tree_ / name);
          break;
        case 1:  // the same size and the same time, other bytes
          if (fs::exists(tree_ / name)) {
            auto time = fs::last_write_time(tree_ / name);
            write(name, bytes(fs::file_size(tree_ / name)));
            fs::last_write_time(tree_ / name, time);
          }
          break;
        default:
          write(name, bytes(size));
      }
    }
    reused += rewrite().reused_bytes;
    ASSERT_FALSE(HasFailure()) << "round " << round;
  }
  EXPECT_GT(reused, 10u << 20);
}

TEST_F(EarlierImageTest, AnImageThatWasChangedCountsForNothing) {
  write("app", bytes(200'000));
  write("lib", bytes(200'000));
  rewrite();
  ASSERT_GT(rewrite().reused_bytes, 0u);
  auto damage = [&](auto how) {
    tick();
    how();
    EXPECT_EQ(rewrite().reused_bytes, 0u);
    EXPECT_GT(rewrite().reused_bytes, 0u);
  };
  auto overwrite = [&] {
    Fd fd(::open(image_.c_str(), O_WRONLY | O_CLOEXEC));
    ASSERT_TRUE(write_all_at(fd, "?", fs::file_size(image_) - 100'000, image_));
  };
  damage(overwrite);
  damage([&] {  // and nobody is to see it
    auto time = fs::last_write_time(image_);
    overwrite();
    fs::last_write_time(image_, time);
  });
  damage([&] { fs::resize_file(image_, fs::file_size(image_) / 2); });
  damage([&] {
    std::string bytes = read_file(image_).value();
    ASSERT_TRUE(write_file(image_, bytes));
  });
  damage([&] { fs::remove(image_); });
  damage([&] {
    fs::remove(image_);
    ASSERT_EQ(::symlink("fresh", image_.c_str()), 0);
  });
}

TEST_F(EarlierImageTest, AFailureKeepsTheEarlierImage) {
  write("app", bytes(200'000));
  write("lib", bytes(200'000));
  rewrite();
  std::string before = to_hex(sha256_of_file(image_).value());
  NanosDiskRequest next = request();
  fs::remove(tree_ / "lib");
  EXPECT_FALSE(rewrite_nanos_disk(next, image_, places_));
  EXPECT_EQ(to_hex(sha256_of_file(image_).value()), before);
}

TEST_F(EarlierImageTest, PlacesThatAreCutShortOrDamagedAreNone) {
  write("app", bytes(1000));
  write("name with a space\nand a line", bytes(1000));
  rewrite();
  std::string text = places_.to_text();
  ASSERT_TRUE(ImagePlaces::parse(text));
  for (std::size_t n = 0; n < text.size(); ++n) EXPECT_FALSE(ImagePlaces::parse(text.substr(0, n))) << n;
  EXPECT_FALSE(ImagePlaces::parse("x" + text));
  EXPECT_FALSE(ImagePlaces::parse(text + "end\n"));
  // Places beyond the image's end are not believed.
  places_.files.begin()->second.offset_bytes = UINT64_MAX - 10;
  EXPECT_EQ(rewrite().reused_bytes, 0u);
}

/// On a file system whose files can share blocks, an image costs what changed.
class SharedImageTest : public EarlierImageTest {
 protected:
  static const char* disk() { return std::getenv("FAASC_REFLINK_DISK"); }
  SharedImageTest() : EarlierImageTest(disk() ? fs::path(disk()) : fs::path(testing::TempDir())) {}
  void SetUp() override {
    if (!disk())
      GTEST_SKIP() << "set FAASC_REFLINK_DISK to a directory on an XFS or btrfs with 200 MB of room";
  }
};

TEST_F(SharedImageTest, UnchangedBlocksAreShared) {
  write("app", bytes(5'000'001));
  for (int i = 0; i < 300; ++i)
    write("lib/" + std::to_string(i), bytes(100'000 + static_cast<std::size_t>(i)));
  rewrite();
  write("lib/150", bytes(100'150));
  tick();
  // The earlier image stays, under another name, so that what the new one takes is all its own.
  fs::create_hard_link(image_, directory_.path() / "earlier");
  places_.image = stamp_of(image_);
  ::sync();
  struct statvfs before{}, after{};
  ASSERT_EQ(::statvfs(directory_.path().c_str(), &before), 0);
  auto image = rewrite_nanos_disk(request(), image_, places_);
  ASSERT_TRUE(image) << image.error().what;
  ::sync();
  ASSERT_EQ(::statvfs(directory_.path().c_str(), &after), 0);
  EXPECT_GT(image->shared_bytes, image->payload_bytes * 95 / 100);
  EXPECT_LT((before.f_bfree - after.f_bfree) * before.f_frsize, 2u << 20);
  rewrite();
}

}  // namespace
}  // namespace faasc
