#pragma once

#include <cstddef>

namespace faasc::rt {

/// How many processors this process may use, at least 1.
unsigned processors();

/// Fits malloc to a small machine: one arena per processor. By default it makes eight times as many, each of
/// which reserves 64 MiB of addresses and keeps freed memory to itself. Leaves a MALLOC_ARENA_MAX in the
/// environment alone.
void limit_arenas();

/// How many bytes may be held for clients, where nothing else was said: a quarter of the machine's memory,
/// the function needs the rest, but room for one request whose body has `request_size` bytes in any case.
std::size_t default_client_memory(std::size_t request_size);

}  // namespace faasc::rt
