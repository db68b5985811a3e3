#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"

namespace faasc {

/// A failure as a finding without a place, with the steps it happened in as notes.
Diagnostic as_diagnostic(const Error& error);

/// One line of JSON, schema "faasc.diag/1", with its newline.
std::string to_json_line(const Diagnostic& diagnostic);
/// The last line of a report, schema "faasc.result/1". Values are JSON text.
std::string to_json_result(bool ok, const std::map<std::string, std::string>& values);

/// A SARIF 2.1.0 log, of the subset that GitHub's code scanning reads. Columns are counted in code points.
std::string to_sarif(const std::vector<Diagnostic>& diagnostics, bool ok);

/// Workflow commands of GitHub Actions ("::error file=…"), one for the finding and each of its notes.
std::string to_github(const Diagnostic& diagnostic);
/// A table in Markdown for $GITHUB_STEP_SUMMARY; empty where there is nothing to tell.
std::string to_github_summary(const std::vector<Diagnostic>& diagnostics);
/// The image and its digest for $GITHUB_OUTPUT ("image=…"), where a result has them: the next steps of a
/// workflow read them. Values are JSON text, as for to_json_result.
std::string to_github_outputs(const std::map<std::string, std::string>& values);

}  // namespace faasc
