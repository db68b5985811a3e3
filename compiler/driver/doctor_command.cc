#include <algorithm>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "compiler/driver/build_cache.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/doctor/examination.h"
#include "compiler/driver/session.h"

namespace faasc {
namespace {

std::string report_text(const std::vector<Symptom>& symptoms) {
  std::size_t width = 0;
  for (const Symptom& symptom : symptoms) width = std::max(width, symptom.part.size());
  std::string out;
  for (const Symptom& symptom : symptoms) {
    auto column = [](std::string_view text, std::size_t columns) {
      return std::string(text) + std::string(columns - text.size() + 2, ' ');
    };
    out += column(name_of(symptom.state), name_of(Symptom::State::Lacking).size()) +
           column(symptom.part, width) + symptom.found + "\n";
    if (!symptom.fix.empty()) out += std::string(width + 11, ' ') + "fix: " + symptom.fix + "\n";
  }
  return out;
}

// What is wrong, as findings: CI shows them where it shows all others.
Diagnostics findings(const std::vector<Symptom>& symptoms) {
  Diagnostics diagnostics;
  for (const Symptom& symptom : symptoms) {
    if (symptom.state == Symptom::State::Fine) continue;
    bool broken = symptom.state == Symptom::State::Broken;
    diagnostics.add({.severity = broken ? Severity::Error : Severity::Warning,
                     .code = broken ? kHostBroken : kHostLacking,
                     .message = symptom.part + ": " + symptom.found,
                     .place = {},
                     .hint = symptom.fix});
  }
  return diagnostics;
}

Result<int> doctor(Session& session) {
  FAASC_TRY(ThisHost host, ThisHost::look(cache_directory(session.environment()).value_or("")));
  std::vector<Symptom> symptoms = examine(host);
  nlohmann::ordered_json parts = nlohmann::ordered_json::array();
  bool broken = false;
  for (const Symptom& symptom : symptoms) {
    broken |= symptom.state == Symptom::State::Broken;
    nlohmann::ordered_json part{
        {"part", symptom.part}, {"state", name_of(symptom.state)}, {"found", symptom.found}};
    if (!symptom.fix.empty()) part["fix"] = symptom.fix;
    parts.push_back(std::move(part));
  }
  session.set_result("host", parts.dump());
  if (session.options().format == ReportFormat::Text)
    session.console().print(report_text(symptoms));
  else
    session.report(findings(symptoms));
  return broken ? exit_status(Fault::Missing) : 0;
}

}  // namespace

Action configure_doctor(CLI::App&) {
  return doctor;
}

}  // namespace faasc
