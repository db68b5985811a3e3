#include "packager/kernels/linux_config.h"

#include <set>

#include "base/file.h"
#include "packager/kernels/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMaxFragmentBytes = 1 << 20;

std::vector<std::string> option_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.starts_with("CONFIG_")) lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

}  // namespace

Result<LinuxConfig> read_linux_config(const fs::path& fragments, LinuxProfile profile,
                                      std::string_view local_version) {
  LinuxConfig config;
  FAASC_TRY(config.text, read_file(fragments / "tiny.config", kMaxFragmentBytes));
  config.required = option_lines(config.text);
  if (profile == LinuxProfile::Standard) {
    FAASC_TRY(std::string more, read_file(fragments / "standard.config", kMaxFragmentBytes));
    config.wanted = option_lines(more);
    config.text += more;
  }
  std::string version = "CONFIG_LOCALVERSION=\"" + std::string(local_version) + "\"";
  config.required.push_back(version);
  config.text += "\n# The release tells the version of the package and the profile.\n" + version + "\n";
  return config;
}

Result<std::vector<std::string>> check_linux_config(const LinuxConfig& config, std::string_view dot_config) {
  std::vector<std::string> lines = option_lines(dot_config);
  std::set<std::string, std::less<>> present(lines.begin(), lines.end());
  std::string lost;
  for (const std::string& line : config.required)
    if (!present.contains(line)) lost += (lost.empty() ? "'" : ", '") + line + "'";
  if (!lost.empty())
    return Error{Fault::Input,
                 kBadLinuxConfig,
                 "these sources of Linux do not take " + lost + ", without which functions do not run",
                 {},
                 "build from another series, as in `faasc kernel build linux@6.1`"};
  std::vector<std::string> ignored;
  for (const std::string& line : config.wanted)
    if (!present.contains(line)) ignored.push_back(line);
  return ignored;
}

}  // namespace faasc
