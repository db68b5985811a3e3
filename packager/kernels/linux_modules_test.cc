#include "packager/kernels/linux_modules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "packager/kernels/sample_linux.h"

namespace faasc {
namespace {
using testing::ElementsAre;

const LinuxModules kDebian12 = {
    {"virtio_ring", sample_module("")},
    {"virtio", sample_module("virtio_ring")},
    {"virtio_pci_modern_dev", sample_module("")},
    {"virtio_pci_legacy_dev", sample_module("")},
    {"virtio_pci", sample_module("virtio_ring,virtio_pci_modern_dev,virtio_pci_legacy_dev,virtio")},
    {"virtio_mmio", sample_module("virtio,virtio_ring")},
    {"virtio_blk", sample_module("virtio,virtio_ring")},
    {"failover", sample_module("")},
    {"net_failover", sample_module("failover")},
    {"virtio_net", sample_module("virtio_ring,virtio,net-failover")},
};

TEST(LinuxModules, NamesOfPaths) {
  EXPECT_EQ(linux_module_name("kernel/drivers/char/hw_random/virtio-rng.ko"), "virtio_rng");
  EXPECT_EQ(linux_module_name("virtio.ko.xz"), "virtio");
  EXPECT_EQ(linux_module_name("a/virtio.ko.zst"), "virtio");
  for (const char* path : {"", "modules.order", "a/b", ".ko", "x.ko.bak", "x.koala"})
    EXPECT_EQ(linux_module_name(path), "") << path;
  EXPECT_THAT(builtin_modules("kernel/fs/ext4/ext4.ko\nkernel/a-b.ko\n\nkernel/last.ko"),
              ElementsAre("a_b", "ext4", "last"));
}

TEST(LinuxModules, OrdersByDependencies) {
  auto plan = plan_linux_modules(kDebian12, {"ext4"});
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->order, ElementsAre("virtio_ring", "virtio_pci_modern_dev", "virtio_pci_legacy_dev",
                                       "virtio", "virtio_pci", "virtio_mmio", "virtio_blk", "failover",
                                       "net_failover", "virtio_net"));
  EXPECT_TRUE(plan->absent.empty());
  EXPECT_TRUE(check_linux_modules(*plan, {"ext4"}, "6.1"));
}

TEST(LinuxModules, BuiltInOnesAreSkipped) {
  LinuxModules modules = {{"virtio_net", kDebian12.at("virtio_net")},
                          {"net_failover", kDebian12.at("net_failover")},
                          {"failover", sample_module("")}};
  std::set<std::string, std::less<>> builtin = {"ext4", "virtio", "virtio_ring", "virtio_blk", "virtio_pci"};
  auto plan = plan_linux_modules(modules, builtin);
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->order, ElementsAre("failover", "net_failover", "virtio_net"));
  EXPECT_TRUE(check_linux_modules(*plan, builtin, "6.1"));
}

TEST(LinuxModules, SaysWhatIsMissing) {
  auto refusal = [](const LinuxModules& modules, const std::set<std::string, std::less<>>& builtin) {
    auto plan = plan_linux_modules(modules, builtin);
    auto checked = check_linux_modules(plan.value(), builtin, "6.1-x");
    return checked ? "accepted" : checked.error().what;
  };
  EXPECT_EQ(refusal(kDebian12, {}),
            "kernel 6.1-x lacks module 'ext4': it is neither built in nor among the packages' modules");
  EXPECT_EQ(refusal({}, {}),
            "kernel 6.1-x lacks module 'virtio_blk': it is neither built in nor among the packages' modules");
  EXPECT_EQ(refusal({}, {"virtio_blk", "virtio_net", "ext4"}),
            "kernel 6.1-x lacks modules 'virtio_pci' and 'virtio_mmio': it is neither built in nor among the "
            "packages' modules");
  LinuxModules without = kDebian12;
  without.erase("failover");
  EXPECT_EQ(refusal(without, {"ext4"}),
            "kernel 6.1-x lacks module 'failover': it is neither built in nor among the packages' modules");
}

TEST(LinuxModules, WhatSharesNeedIsLoadedForThemOnly) {
  LinuxModules modules = kDebian12;
  modules["virtiofs"] = sample_module("fuse");
  modules["fuse"] = sample_module("");
  auto plan = plan_linux_modules(modules, {"ext4"});
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->order, testing::Not(testing::Contains("virtiofs")));
  EXPECT_THAT(plan->for_shares, ElementsAre("fuse", "virtiofs"));
  EXPECT_THAT(linux_modules_cpio(*plan, modules), testing::HasSubstr("mod/shares"));
  EXPECT_THAT(linux_modules_cpio(plan_linux_modules(kDebian12, {"ext4"}).value(), kDebian12),
              testing::Not(testing::HasSubstr("mod/shares")));
}

TEST(LinuxModules, WhatAnErofsNeedsIsLoadedForItOnly) {
  LinuxModules modules = kDebian12;
  modules["erofs"] = sample_module("libcrc32c");
  modules["libcrc32c"] = sample_module("");
  modules["overlay"] = sample_module("");
  auto plan = plan_linux_modules(modules, {"ext4"});
  ASSERT_TRUE(plan);
  EXPECT_THAT(plan->order, testing::Not(testing::Contains("erofs")));
  EXPECT_THAT(plan->for_erofs, ElementsAre("libcrc32c", "erofs", "overlay"));
  EXPECT_THAT(linux_modules_cpio(*plan, modules), testing::HasSubstr("mod/erofs"));
  EXPECT_THAT(linux_modules_cpio(plan_linux_modules(kDebian12, {"ext4"}).value(), kDebian12),
              testing::Not(testing::HasSubstr("mod/erofs")));
  // Built in, it needs no module, and is there all the same.
  EXPECT_THAT(linux_modules_cpio(plan_linux_modules(kDebian12, {"ext4", "erofs"}).value(), kDebian12),
              testing::HasSubstr("mod/erofs"));
}

TEST(LinuxModules, CirclesEnd) {
  EXPECT_THAT(
      plan_linux_modules({{"button", sample_module("a")}, {"a", sample_module("button")}}, {}).value().order,
      ElementsAre("a", "button"));
}

TEST(LinuxModules, RefusesWhatIsNoModule) {
  std::string good = sample_module("a,b-c");
  EXPECT_THAT(dependencies_of(good, "x").value(), ElementsAre("a", "b_c"));
  for (std::size_t n = 0; n < good.size(); ++n) {
    auto result = dependencies_of(good.substr(0, n), "x");
    ASSERT_FALSE(result) << n;
    EXPECT_EQ(result.error().what, "module 'x' is no kernel module for x86_64");
  }
}

}  // namespace
}  // namespace faasc
