#include "src/execution_id.h"

#include <atomic>
#include <cstdint>

#include <sys/random.h>

namespace faasc::rt {

std::string mint_execution_id() {
  static std::uint64_t const seed = [] {
    std::uint64_t random = 0;
    // Without entropy the numbers still differ within this process, which is what a log needs of them.
    static_cast<void>(::getrandom(&random, sizeof random, GRND_NONBLOCK));
    return random;
  }();
  static std::atomic<std::uint64_t> count{0};
  // An odd step visits all 2^64 values, and the mixing below is a bijection: no two numbers are the same.
  std::uint64_t mixed = seed + (count.fetch_add(1, std::memory_order_relaxed) + 1) * 0x9E3779B97F4A7C15u;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9u;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBu;
  mixed ^= mixed >> 31;
  std::string id(16, '0');
  for (std::size_t i = id.size(); i-- > 0; mixed >>= 4) id[i] = "0123456789abcdef"[mixed & 15];
  return id;
}

}  // namespace faasc::rt
