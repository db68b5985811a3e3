#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/process.h"

namespace faasc::cpp {

/// clang++ started by a program of the user's choice (ccache, distcc), which makes the object while the
/// source is parsed here. It ends with this object.
class LaunchedCompiler {
 public:
  /// `arguments`: all of clang++'s, with -c, -o and the source.
  LaunchedCompiler(const std::string& launcher, const std::vector<std::string>& arguments);

  /// Waits for the object. What went wrong otherwise: FAASC0227 with the last lines that were printed,
  /// FAASC0230 where there is no clang++ of this version.
  std::optional<Diagnostic> finish();

  /// After finish(): the last line that the launcher itself printed, "distcc[71] … Warning: … running locally
  /// instead"; empty where it printed none.
  const std::string& remark() const { return remark_; }

  /// The compiler that was started, for what depends on it; empty where there is none.
  const std::string& compiler() const { return compiler_; }

 private:
  std::string launcher_, compiler_, remark_;
  std::optional<Result<Child>> child_;
};

}  // namespace faasc::cpp
