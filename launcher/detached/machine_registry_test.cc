#include "launcher/detached/machine_registry.h"

#include <sys/stat.h>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "launcher/detached/stop_machine.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class RegistryTest : public testing::Test {
 protected:
  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "registry").value();
  fs::path at_ = directory_.path() / "faasc/machines";
  MachineRegistry registry_ = MachineRegistry::open_directory(at_).value();

  DetachedMachine machine(const std::string& id, const std::string& name, std::int64_t started = 1) {
    return {.id = id,
            .name = name,
            .keeper = 1,
            .vmm = 2,
            .url = "http://127.0.0.1:80",
            .machine = "microvm, tcg",
            .image = "/x.img",
            .started_s = started,
            .grace_period = std::chrono::seconds(10),
            .end = {}};
  }
  MachineEntry publish(const std::string& name, std::int64_t started = 1) {
    auto entry = MachineEntry::create(registry_).value();
    EXPECT_TRUE(entry.publish(registry_, machine(entry.id(), name, started)));
    return entry;
  }
  std::vector<std::string> names() {
    std::vector<std::string> all;
    auto listing = registry_.list().value();
    for (const auto& one : listing.machines) all.push_back(one.name + (one.end ? " " + one.end->text : ""));
    for (const auto& one : listing.lost) all.push_back("lost " + one.name);
    return all;
  }
  static std::size_t files_in(const fs::path& path) {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), {}));
  }
};
using Names = std::vector<std::string>;

TEST_F(RegistryTest, ListsWhatIsKept) {
  EXPECT_EQ(names(), Names{});
  MachineEntry second = publish("second", 20), first = publish("first", 10);
  EXPECT_EQ(names(), (Names{"first", "second"}));
  EXPECT_TRUE(registry_.is_kept(first.id()));
}

TEST_F(RegistryTest, AKeeperThatDiedLeavesNothing) {
  {
    MachineEntry entry = publish("gone");
  }
  EXPECT_EQ(names(), Names{"lost gone"});
  EXPECT_EQ(names(), Names{});
  EXPECT_EQ(files_in(at_), 0u);
}

TEST_F(RegistryTest, WhatNeverRanLeavesNothing) {
  {
    MachineEntry entry = MachineEntry::create(registry_).value();
  }
  EXPECT_EQ(files_in(at_), 0u);
  // Nor what a keeper that was killed before it was ready left.
  fs::create_directory(at_ / ".0123abcd");
  ASSERT_TRUE(write_file(at_ / ".0123abcd/lock", ""));
  EXPECT_EQ(names(), Names{});
  EXPECT_EQ(files_in(at_), 0u);
}

TEST_F(RegistryTest, HowAMachineEndedIsKept) {
  {
    MachineEntry entry = publish("shop");
    DetachedMachine ended = machine(entry.id(), "shop");
    ended.end = DetachedMachine::End{
        .text = "exited with status 7",
        .error = Error{
            Fault::Guest, "FAASC0710", "the guest exited with status 7", {"a"}, "a hint", {"line \xff"}}};
    ASSERT_TRUE(entry.update(ended));
  }
  EXPECT_EQ(names(), Names{"shop exited with status 7"});
  DetachedMachine found = MachineRegistry::find(registry_.list().value(), "shop").value();
  EXPECT_FALSE(registry_.is_kept(found.id));
  EXPECT_EQ(to_text(*found.end->error, Color::Off),
            "faasc: error: the guest exited with status 7 [FAASC0710]\n  | line \xef\xbf\xbd\n"
            "  while a\n  hint: a hint\n");
  ASSERT_TRUE(registry_.remove(found.id));
  EXPECT_EQ(names(), Names{});
}

TEST_F(RegistryTest, AKeeperThatWasKilledIsToldOf) {
  DetachedMachine gone;
  {
    MachineEntry entry = publish("shop");
    gone = machine(entry.id(), "shop");
  }
  auto end = stop_machine(registry_, gone);
  ASSERT_TRUE(end) << to_text(end.error(), Color::Off);
  EXPECT_EQ(to_text(end->error.value(), Color::Off),
            "faasc: error: the process that kept 'shop' was killed [FAASC0746]\n");
  EXPECT_EQ(files_in(at_), 0u);
}

TEST_F(RegistryTest, OnlySomeThatEndedAreKept) {
  for (int i = 0; i < 30; ++i) {
    MachineEntry entry = publish("m" + std::to_string(i), i);
    DetachedMachine ended = machine(entry.id(), "m" + std::to_string(i), i);
    ended.end = DetachedMachine::End{.text = "ended", .error = {}};
    ASSERT_TRUE(entry.update(ended));
  }
  Names kept = names();
  EXPECT_LE(kept.size(), 17u);
  EXPECT_EQ(kept.back(), "m29 ended");
}

TEST_F(RegistryTest, FindsByNameAndById) {
  MachineEntry a = publish("shop", 1), b = publish("shop", 2), c = publish("other", 3);
  auto listing = registry_.list().value();
  EXPECT_EQ(MachineRegistry::find(listing, b.id()).value().id, b.id());
  EXPECT_EQ(MachineRegistry::find(listing, "other").value().id, c.id());
  auto several = MachineRegistry::find(listing, "shop");
  ASSERT_FALSE(several);
  EXPECT_EQ(to_text(several.error(), Color::Off),
            "faasc: error: 2 machines are called 'shop' [FAASC0744]\n  hint: name one by its id: " + a.id() +
                " at http://127.0.0.1:80, " + b.id() + " at http://127.0.0.1:80\n");
  auto none = MachineRegistry::find(listing, "shoo");
  ASSERT_FALSE(none);
  EXPECT_EQ(to_text(none.error(), Color::Off),
            "faasc: error: no machine 'shoo' runs in the background [FAASC0743]\n"
            "  hint: 'faasc ps' lists those that do\n");
}

TEST_F(RegistryTest, OneThatRunsCountsBeforeThoseThatEnded) {
  {
    MachineEntry entry = publish("shop", 5);
    DetachedMachine ended = machine(entry.id(), "shop", 5);
    ended.end = DetachedMachine::End{.text = "ended", .error = {}};
    ASSERT_TRUE(entry.update(ended));
  }
  MachineEntry running = publish("shop", 1);
  EXPECT_EQ(MachineRegistry::find(registry_.list().value(), "shop").value().id, running.id());
}

TEST_F(RegistryTest, EveryTruncationOfADescriptionIsNone) {
  std::string text = to_json(machine("0123abcd", "shop"));
  ASSERT_TRUE(parse_detached_machine(text));
  for (std::size_t n = 0; n + 1 < text.size(); ++n)
    EXPECT_FALSE(parse_detached_machine(text.substr(0, n))) << n;
}

TEST_F(RegistryTest, ADirectoryThatOthersWriteToIsRefused) {
  ASSERT_EQ(::chmod(at_.c_str(), 0777), 0);
  auto refused = MachineRegistry::open_directory(at_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(to_text(refused.error(), Color::Off),
            "faasc: error: '" + at_.string() +
                "' is not a directory that only this user can write to [FAASC0745]\n"
                "  hint: remove it, or set XDG_RUNTIME_DIR to a directory of your own\n");
  fs::remove(at_);
  fs::create_directory_symlink(directory_.path(), at_);
  EXPECT_EQ(MachineRegistry::open_directory(at_).error().code, "FAASC0745");
}

}  // namespace
}  // namespace faasc
