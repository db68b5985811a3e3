#pragma once

#include <stdint.h>

/* What the plugin in instruction_counter.c shares with a benchmark: guest instructions executed so far. */
enum { COUNT_FIRMWARE, COUNT_EARLY, COUNT_KERNEL, COUNT_USER };

struct instruction_counts {
  uint64_t by_place[4];
};
