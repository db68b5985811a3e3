#pragma once

#include <vector>

#include "google/cloud/functions/cloud_event.h"
#include "google/cloud/functions/http_request.h"

namespace faasc::rt {

/// The events of one request, by the HTTP binding of CloudEvents 1.0: structured
/// ("application/cloudevents+json"), batched
/// ("application/cloudevents-batch+json") or binary (ce-* headers). JSON without ce-id, ce-source and ce-type
/// is taken for an event of Google's older functions and converted; a Pub/Sub message that carries a Cloud
/// Storage notification becomes the storage event it is. Throws std::invalid_argument that says what is
/// wrong.
std::vector<google::cloud::functions::CloudEvent> decode_events(
    google::cloud::functions::HttpRequest request);

/// About how many bytes decode_events() needs beside a large request: the tree of its JSON may be thirty
/// times as large as the text. 0 for small requests and those without JSON.
std::size_t memory_for_events(google::cloud::functions::HttpRequest const& request);

}  // namespace faasc::rt
