#pragma once

namespace aws {
namespace lambda_runtime {

/// The version of aws-lambda-cpp whose interface these headers have.
unsigned get_version_major();
unsigned get_version_minor();
unsigned get_version_patch();
/// "Major.Minor.Patch" and what follows it.
char const* get_version();

}  // namespace lambda_runtime
}  // namespace aws
