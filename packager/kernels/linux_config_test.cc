#include "packager/kernels/linux_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;

const fs::path kFragments = fs::path(FAASC_SOURCE_DIR) / "runtimes/linux/kernel";

TEST(LinuxConfig, EveryOptionHasAReason) {
  for (const char* name : {"tiny.config", "standard.config"}) {
    std::string text = read_file(kFragments / name, 1 << 20).value();
    std::vector<std::string> options;
    bool has_reason = false;
    int number = 0;
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = std::min(text.find('\n', at), text.size());
      std::string line = text.substr(at, end - at);
      at = end + 1;
      ++number;
      if (line.empty()) {
        has_reason = false;
      } else if (line.starts_with("# ")) {
        has_reason = true;
      } else {
        ASSERT_TRUE(line.starts_with("CONFIG_") && line.find('=') != std::string::npos)
            << name << ":" << number;
        EXPECT_TRUE(has_reason) << name << ":" << number << ": " << line;
        EXPECT_THAT(options, testing::Not(Contains(line)));
        options.push_back(line);
      }
    }
    EXPECT_GT(options.size(), 20u);
  }
}

TEST(LinuxConfig, AddsTheStandardOptionsAndTheRelease) {
  auto tiny = read_linux_config(kFragments, LinuxProfile::Tiny, "-2-faasc-tiny");
  ASSERT_TRUE(tiny);
  EXPECT_THAT(tiny->required, Contains("CONFIG_SMP=y"));
  EXPECT_THAT(tiny->required, Contains("CONFIG_PHYSICAL_START=0x200000"));
  EXPECT_EQ(tiny->required.back(), "CONFIG_LOCALVERSION=\"-2-faasc-tiny\"");
  EXPECT_TRUE(tiny->wanted.empty());
  auto standard = read_linux_config(kFragments, LinuxProfile::Standard, "-2-faasc-standard");
  ASSERT_TRUE(standard);
  EXPECT_TRUE(standard->text.starts_with(tiny->text.substr(0, tiny->text.find("\n# The release"))));
  EXPECT_THAT(standard->wanted, Contains("CONFIG_CGROUPS=y"));
}

TEST(LinuxConfig, NamesWhatDidNotTakeEffect) {
  LinuxConfig config;
  config.required = {"CONFIG_A=y", "CONFIG_B=y", "CONFIG_C=3"};
  config.wanted = {"CONFIG_D=y", "CONFIG_E=y"};
  auto checked = check_linux_config(config, "# header\nCONFIG_A=y\nCONFIG_B=y\nCONFIG_C=3\nCONFIG_E=y\n");
  ASSERT_TRUE(checked);
  EXPECT_THAT(*checked, ElementsAre("CONFIG_D=y"));
  checked = check_linux_config(config, "# CONFIG_A is not set\nCONFIG_B=y\nCONFIG_C=4\n");
  ASSERT_FALSE(checked);
  EXPECT_EQ(to_text(checked.error(), Color::Off),
            "faasc: error: these sources of Linux do not take 'CONFIG_A=y', 'CONFIG_C=3', without which "
            "functions do "
            "not run [FAASC0648]\n"
            "  hint: build from another series, as in `faasc kernel build linux@6.1`\n");
}

}  // namespace
}  // namespace faasc
