#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "google/cloud/functions/http_request.h"
#include "src/lambda_settings.h"
#include "src/reply.h"

namespace faasc::rt {

/// The event that a function URL makes of a request, payload format 2.0. `time_ms` counts from 1970.
std::string url_event(google::cloud::functions::HttpRequest const& request, LambdaSettings const& settings,
                      std::string_view request_id, std::int64_t time_ms);

/// The response that a function URL makes of a result: {"statusCode", "headers", "cookies", "body",
/// "isBase64Encoded"}, or, of anything without a status code, the result itself as JSON with 200. One that
/// does not have this form becomes a logged 502.
Reply url_reply(std::string_view result);

}  // namespace faasc::rt
