#pragma once

#include <functional>

#include "aws/lambda-runtime/runtime.h"
#include "google/cloud/functions/function.h"

namespace faasc::rt {

using LambdaHandler =
    std::function<aws::lambda_runtime::invocation_response(aws::lambda_runtime::invocation_request const&)>;

/// A function that answers the routes of a Lambda image: POST / with the event as its body, and
/// POST /2015-03-31/functions/{function|NAME}/invocations as Lambda's own Runtime Interface Emulator does.
google::cloud::functions::Function make_lambda_function(LambdaHandler handler);

}  // namespace faasc::rt
