#include "src/memory.h"

#include <algorithm>

#include <sys/sysinfo.h>

#include <features.h>
#include <sched.h>
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace faasc::rt {

unsigned processors() {
  cpu_set_t set;
  int const count = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return count > 0 ? static_cast<unsigned>(count) : 1;
}

void limit_arenas() {
#ifdef __GLIBC__
  if (::getenv("MALLOC_ARENA_MAX") != nullptr) return;
  ::mallopt(M_ARENA_MAX, static_cast<int>(processors()));
#endif
}

std::size_t default_client_memory(std::size_t request_size) {
  struct sysinfo machine{};
  std::size_t quarter = 64u << 20;
  if (::sysinfo(&machine) == 0) quarter = machine.totalram / 4 * machine.mem_unit;
  return std::max(quarter, request_size + (4u << 20));
}

}  // namespace faasc::rt
