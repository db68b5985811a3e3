#pragma once

#include <optional>

#include "google/cloud/functions/http_request.h"
#include "src/function_impl.h"
#include "src/reply.h"
#include "src/settings.h"

namespace faasc::rt {

enum class Readiness : std::uint8_t {
  Ready,
  Stopping,
  Lost,  ///< every call that may run has timed out and goes on
};

/// The answer to a request that is the server's own business: browsers' /robots.txt and /favicon.ico, health
/// probes. Nothing where the request is for the function.
std::optional<Reply> answer_without_function(google::cloud::functions::HttpRequest const& request,
                                             Settings const& settings, Readiness readiness);

/// Calls the function. What it throws becomes a crash_reply(), a response over Settings::response_size
/// another.
Reply call_function(google::cloud::functions_internal::FunctionImpl& function,
                    google::cloud::functions::HttpRequest request, Settings const& settings);

/// "Task timed out after 30.00 seconds".
Reply timeout_reply(Settings const& settings, int status);

}  // namespace faasc::rt
