#pragma once

#include <functional>

#include "google/cloud/functions/cloud_event.h"
#include "google/cloud/functions/http_request.h"
#include "google/cloud/functions/http_response.h"
#include "google/cloud/functions/version.h"

namespace google::cloud::functions {
FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_BEGIN

using UserHttpFunction = std::function<functions::HttpResponse(functions::HttpRequest)>;
using UserCloudEventFunction = std::function<void(functions::CloudEvent)>;

FUNCTIONS_FRAMEWORK_CPP_INLINE_NAMESPACE_END
}  // namespace google::cloud::functions
