#pragma once

#include <stdint.h>

/* What the plugin in instruction_counter.c shares with a benchmark: guest instructions executed so far. */
enum { COUNT_FIRMWARE, COUNT_EARLY, COUNT_KERNEL, COUNT_USER };

struct instruction_counts {
  uint64_t by_place[4];
  /* Of these, what ran in loops that pause: the guest waits for time to go by, and how many instructions that
   * takes only tells how fast it is emulated. */
  uint64_t waiting;
  /* How many there had been when the guest came to each of two addresses for the first time; 0: never. */
  uint64_t at_mark[2];
};
