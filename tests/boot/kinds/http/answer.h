#pragma once

#include <google/cloud/functions/http_request.h>
#include <google/cloud/functions/http_response.h>

/// What it does is chosen by the path; the table of requests says what is expected of it.
google::cloud::functions::HttpResponse answer_by_path(google::cloud::functions::HttpRequest const& request);
