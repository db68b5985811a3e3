#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace faasc {

class Installation;
class Session;

/// What `faasc init --from` was told.
struct ImportRequest {
  std::string file;
  std::string directory;  ///< where faas.yaml goes; empty: beside the file
  std::string function;   ///< empty: the only one
};

/// Makes a faas.yaml of another tool's file (manifests/importers), and reports key by key what was left out.
/// An existing faas.yaml is never overwritten. The value is the exit status.
Result<int> import_file(Session& session, const ImportRequest& request);

/// The first line of a new manifest: where this installation has the schema. Empty where it has none.
std::string installed_schema_line(const Installation& installation);

}  // namespace faasc
