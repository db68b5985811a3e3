#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace faasc {

/// A program of a few instructions for "x86_64" or "aarch64", as the bytes of a static ELF file: it says that
/// it listens, as faasc's runtimes do, and then waits for ever. It needs nothing but the system calls write()
/// and pause() or ppoll().
std::string trial_program(std::string_view architecture);

/// Where its one segment lies.
inline constexpr std::uint64_t kTrialProgramAddress = 0x400000;

}  // namespace faasc
