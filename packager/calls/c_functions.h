#pragma once

#include <span>
#include <string_view>

namespace faasc {

/// A function of the C library that a unikernel cannot serve, because it has one process only, or because the
/// kernel lacks what the function stands on.
struct UnikernelCall {
  std::string_view name;
  std::string_view why;      ///< "starts another process"
  std::string_view instead;  ///< the way out
  /// The system call that it needs and that Nanos does not serve (nanos_calls.h). Empty: it needs /dev/shm,
  /// which is not there.
  std::string_view needs;
};

/// What Nanos does not serve, sorted by name.
std::span<const UnikernelCall> nanos_calls();

/// Null for a function that Nanos serves.
const UnikernelCall* find_nanos_call(std::string_view name);

}  // namespace faasc
