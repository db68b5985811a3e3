#include "launcher/boot_phases.h"

#include <algorithm>
#include <cstdio>
#include <vector>

namespace faasc {

std::string to_text(const BootPhases& phases) {
  struct Row {
    std::chrono::nanoseconds at;
    std::string what;
  };
  std::vector<Row> rows;
  auto add = [&](const BootPhases::Time& time, std::string what) {
    if (time) rows.push_back({*time, std::move(what)});
  };
  add(phases.called, "faasc has the image");
  add(phases.decided, "faasc has looked at this host");
  add(phases.spawned, phases.vmm + " started");
  add(phases.vmm_ready, phases.vmm + " has built the machine");
  add(phases.first_console, "first byte on the console");
  add(phases.first_kernel, "first line of the kernel");
  add(phases.listening, "the program listens");
  add(phases.ready, "ready: the guest accepts connections");
  add(phases.first_response, "first response");
  // The guest does not wait for the VMM's monitor: the order is what happened, not the list's.
  std::stable_sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.at < b.at; });

  std::string out;
  std::chrono::nanoseconds before{0};
  for (const Row& row : rows) {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    char line[128];
    std::snprintf(line, sizeof line, "%9.1f ms  +%8.1f  %s\n", Milliseconds(row.at).count(),
                  Milliseconds(row.at - before).count(), row.what.c_str());
    out += line;
    before = row.at;
  }
  return out;
}

}  // namespace faasc
