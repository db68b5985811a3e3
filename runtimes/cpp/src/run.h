#pragma once

#include "google/cloud/functions/function.h"

namespace faasc::rt {

/// Reads the settings, makes the function, listens, serves. Returns the exit status.
int run(int argc, char const* const argv[], google::cloud::functions::Function (*make)(void* context),
        void* context) noexcept;

}  // namespace faasc::rt
