#include "compiler/driver/program_log.h"

#include <filesystem>

namespace faasc {

void ProgramLog::ended(const RanProgram& program) {
  if (!trace_) return;
  std::string name = program.command.substr(0, program.command.find(' '));
  trace_->add(std::filesystem::path(name).filename().string(), "program", program.begin, program.end,
              program.status.ok() ? TimeTrace::Outcome::Done : TimeTrace::Outcome::Failed, program.command);
}

}  // namespace faasc
