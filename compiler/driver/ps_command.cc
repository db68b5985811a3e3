#include <algorithm>
#include <ctime>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/detached_machines.h"
#include "compiler/driver/session.h"

namespace faasc {
namespace {

std::string age_text(std::int64_t seconds) {
  seconds = std::max<std::int64_t>(seconds, 0);
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 120 * 60) return std::to_string(seconds / 60) + " min";
  if (seconds < 48 * 3600) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86400) + " days";
}

std::string table_of(const std::vector<DetachedMachine>& machines, std::int64_t now) {
  std::vector<std::vector<std::string>> rows = {{"ID", "NAME", "ADDRESS", "SINCE", "STATE"}};
  for (const DetachedMachine& machine : machines)
    rows.push_back({machine.id, machine.name, machine.url, age_text(now - machine.started_s),
                    machine.end ? machine.end->text : machine.machine});
  std::string text;
  for (const auto& row : rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      text += row[column];
      if (column + 1 == row.size()) break;
      std::size_t width = 0;
      for (const auto& other : rows) width = std::max(width, other[column].size());
      text.append(width - row[column].size() + 2, ' ');
    }
    text += '\n';
  }
  return text;
}

Result<int> list_machines(Session& session) {
  FAASC_TRY(MachineRegistry registry, MachineRegistry::open(session.environment()));
  FAASC_TRY(MachineRegistry::Listing listing, registry.list());
  say_lost(session, listing);
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const DetachedMachine& machine : listing.machines)
    list.push_back(nlohmann::ordered_json::parse(to_json(machine)));
  session.set_result("machines", list.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
  if (session.options().format == ReportFormat::Text)
    session.console().print(table_of(listing.machines, ::time(nullptr)));
  return 0;
}

}  // namespace

Action configure_ps(CLI::App& /*app*/) {
  return [](Session& session) { return list_machines(session); };
}

}  // namespace faasc
