#pragma once

#include "compiler/driver/command.h"

namespace faasc {

// `faasc cache`: what builds have kept.
Action configure_cache_clean(CLI::App& app);
Action configure_cache_stats(CLI::App& app);
Action configure_cache_verify(CLI::App& app);

}  // namespace faasc
