#include "manifests/reserved_variables.h"

#include <algorithm>
#include <iterator>

namespace faasc {
namespace {

constexpr std::string_view kReserved[] = {
    "PORT",       "FUNCTION_TARGET", "FUNCTION_SIGNATURE_TYPE",  "K_SERVICE",
    "K_REVISION", "K_CONFIGURATION", "CLOUD_RUN_TIMEOUT_SECONDS"};
constexpr std::string_view kReservedForLambda[] = {"_HANDLER",
                                                   "_X_AMZN_TRACE_ID",
                                                   "AWS_DEFAULT_REGION",
                                                   "AWS_REGION",
                                                   "AWS_EXECUTION_ENV",
                                                   "AWS_LAMBDA_FUNCTION_NAME",
                                                   "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
                                                   "AWS_LAMBDA_FUNCTION_VERSION",
                                                   "AWS_LAMBDA_INITIALIZATION_TYPE",
                                                   "AWS_LAMBDA_LOG_GROUP_NAME",
                                                   "AWS_LAMBDA_LOG_STREAM_NAME",
                                                   "AWS_ACCESS_KEY",
                                                   "AWS_ACCESS_KEY_ID",
                                                   "AWS_SECRET_ACCESS_KEY",
                                                   "AWS_SESSION_TOKEN",
                                                   "AWS_LAMBDA_RUNTIME_API",
                                                   "LAMBDA_TASK_ROOT",
                                                   "LAMBDA_RUNTIME_DIR"};

template <std::size_t N>
bool contains(const std::string_view (&names)[N], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

}  // namespace

bool is_reserved_variable(std::string_view name) {
  return contains(kReserved, name) || name.starts_with("FAASC_");
}

bool is_reserved_for_lambda(std::string_view name) {
  return contains(kReservedForLambda, name);
}

}  // namespace faasc
