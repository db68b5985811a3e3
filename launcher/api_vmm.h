#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "launcher/api_connection.h"
#include "launcher/vmm.h"
#include "launcher/vmm_choice.h"

namespace faasc {

/// How a VMM that is driven through its API is spoken to.
struct ApiDialect {
  std::string_view name;     ///< for people: "Firecracker"
  std::string_view program;  ///< in PATH, and what `faasc spec --to` calls it
  std::vector<std::string> (*command)(const std::filesystem::path& program,
                                      const std::filesystem::path& socket);
  /// What it is told in the order of telling, until the machine runs: targets and bodies. `rendering` is the
  /// text that `faasc spec` writes for it.
  std::vector<std::pair<std::string, std::string>> (*start)(const std::string& rendering);
  std::pair<std::string_view, std::string_view> power_button;
  /// Empty: it has none, and is killed.
  std::pair<std::string_view, std::string_view> quit;
  /// What it writes to its standard error when the guest resets itself, where it starts it again then (empty:
  /// it ends), and how the line begins that tells why a processor failed.
  std::string_view reset_words, failure_words;
};

/// Of Firecracker or Cloud Hypervisor.
const ApiDialect& dialect_of(VmmChoice choice);

/// A VMM that is told what to do by HTTP. Its standard output is the guest's console.
class ApiVmm : public Vmm {
 public:
  ApiVmm(const ApiDialect& dialect, Child child) : dialect_(dialect), child_(std::move(child)) {}

  /// Connects to its API at `socket`, describes the machine and starts it.
  Result<void> start(const std::filesystem::path& socket, const std::string& rendering);

  Child& child() override { return child_; }
  /// Such a machine is reached in a network of the host's: nobody asks.
  Result<bool> accepts(std::uint16_t) override { return false; }
  void press_power_button() override { tell(dialect_.power_button); }
  void quit() override;
  bool is_over(std::string_view errors) const override;
  GuestExit how_it_ended(ExitEvidence evidence) override;

 private:
  void tell(const std::pair<std::string_view, std::string_view>& request);

  const ApiDialect& dialect_;
  Child child_;
  std::optional<ApiConnection> api_;
};

}  // namespace faasc
