#include "compiler/python/lint.h"

#include <filesystem>
#include <string_view>

#include "compiler/python/codes.h"

namespace faasc::python {
namespace {

// What to use instead, by the beginning of the name.
constexpr std::pair<std::string_view, std::string_view> kInstead[] = {
    {"subprocess.", "do it in Python, or in a library; there is no other program in the image"},
    {"os.fork", "use threading or concurrent.futures.ThreadPoolExecutor"},
    {"os.", "do it in Python, or in a library; there is no other program in the image"},
    {"multiprocessing.", "use threading or concurrent.futures.ThreadPoolExecutor"},
    {"concurrent.futures.", "use ThreadPoolExecutor"},
    {"asyncio.", "do it in Python, or in a library; there is no other program in the image"},
    {"pty.", "there is no terminal in the image"},
};

constexpr std::string_view kServers[] = {"gunicorn", "uwsgi", "celery", "supervisor"};

}  // namespace

void report_lint(const std::vector<FileFacts>& files, const std::set<std::string>& requirements,
                 const std::string& source, Severity severity, Diagnostics& diagnostics) {
  auto report = [&](std::string message, SourcePlace place, std::string hint) {
    diagnostics.add({.severity = severity,
                     .code = kPythonNeedsProcess,
                     .message = std::move(message),
                     .place = std::move(place),
                     .line_text = {},
                     .hint = std::move(hint),
                     .notes = {}});
  };
  for (const FileFacts& file : files)
    for (const LintFact& fact : file.lint) {
      std::string_view hint = "a unikernel runs one process; use threads";
      for (const auto& [prefix, instead] : kInstead)
        if (std::string_view(fact.name).starts_with(prefix)) {
          hint = instead;
          break;
        }
      report("'" + fact.name + "' starts another process, which a unikernel cannot",
             {.file = (std::filesystem::path(source) / file.path).lexically_normal().string(),
              .line = fact.line,
              .column = fact.column},
             std::string(hint));
    }
  for (std::string_view server : kServers)
    if (requirements.contains(std::string(server)))
      report("requirement '" + std::string(server) +
                 "' works with several processes, which a unikernel cannot run",
             {}, "leave it out: faasc's runtime serves requests itself, with threads");
}

}  // namespace faasc::python
