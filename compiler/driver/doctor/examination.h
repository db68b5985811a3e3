#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/driver/doctor/host.h"

namespace faasc {

/// How one part of this host is.
struct Symptom {
  enum class State : std::uint8_t {
    Fine,
    Lacking,  ///< something does not work, or works slower than it could
    Broken,   ///< no function can be built, or none can be run
  } state = State::Fine;
  std::string part;   ///< "QEMU"
  std::string found;  ///< "7.2.22 at /usr/bin/qemu-system-x86_64", "is not installed"
  std::string fix;  ///< the command that mends it, or what to do where there is none; empty where all is fine
};
std::string_view name_of(Symptom::State state);  ///< "ok", "lacking", "broken"

/// Everything that building and running functions takes, in the order in which it is used. Packages that the
/// fixes name are those of Debian and its kin.
std::vector<Symptom> examine(const Host& host);

}  // namespace faasc
