#pragma once

namespace faasc::rt {

/// Fits malloc to a small machine: one arena per processor. By default it makes eight times as many, each of
/// which reserves 64 MiB of addresses and keeps freed memory to itself. Leaves a MALLOC_ARENA_MAX in the
/// environment alone.
void limit_arenas();

}  // namespace faasc::rt
