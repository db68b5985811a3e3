#pragma once

#include <string>
#include <vector>

namespace faasc {

/// One entry of a manifest's `tests:`, in its own words.
struct RequestRow {
  std::string name, request, expect;
};

/// What every image answers, whatever the language and the kind of its function. The manifest limits requests
/// to 64 KiB, and the file "large" beside it has more.
std::vector<RequestRow> common_rows();

std::vector<RequestRow> with(std::vector<RequestRow> rows, const std::vector<RequestRow>& more);

/// The manifest's `tests:`. Every request has an id, "abc123", which comes back where the answer says that it
/// should.
std::string to_manifest(const std::vector<RequestRow>& rows);

}  // namespace faasc
