#pragma once

#include <string>

namespace faasc {

/// The JSON Schema (draft 2020-12) of faas.yaml, for editors: made from the table of keys that the reader
/// goes by. It is looser than the reader where a schema cannot say more.
std::string manifest_json_schema();

}  // namespace faasc
