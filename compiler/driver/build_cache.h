#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "base/result.h"
#include "compiler/cache/step_cache.h"
#include "compiler/driver/session.h"

namespace CLI {
class App;
}

namespace faasc {

/// Where faasc keeps what serves more than one project: `$FAASC_CACHE_DIR`, `$XDG_CACHE_HOME/faasc` or
/// `~/.cache/faasc`. Nothing where none of these variables is set.
std::optional<std::filesystem::path> cache_directory(const EnvironmentLookup& environment);

/// Where builds keep what they have made, below cache_directory().
std::optional<std::filesystem::path> build_cache_directory(const EnvironmentLookup& environment);

/// Declares --no-cache, --remote-cache and --remote-cache-read-only, which stand for the variables
/// FAASC_NO_CACHE, FAASC_REMOTE_CACHE and FAASC_REMOTE_CACHE_READ_ONLY and set them.
void add_cache_options(CLI::App& app);

/// The cache as the environment describes it: FAASC_CACHE_SIZE is the most that it may take, 5 GiB by
/// default, FAASC_CACHE_KEEP=all keeps what was made quickly, too, and FAASC_REMOTE_CACHE is the URL of one
/// elsewhere. Null where there is no place for it, or where FAASC_NO_CACHE is 1; a value that makes no sense
/// is an error.
Result<std::unique_ptr<StepCache>> open_build_cache(const Session& session);

/// The same store, to look at.
Result<LocalStore> open_local_store(const Session& session);

}  // namespace faasc
