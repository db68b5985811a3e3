#pragma once

// std::unordered_map: an object.

#include <string>
#include <unordered_map>

#include "faasc/rt/typed/core.h"

namespace faasc::rt {

template <class T, class H, class E, class A>
struct Json<std::unordered_map<std::string, T, H, E, A>>
    : JsonMap<std::unordered_map<std::string, T, H, E, A>> {};

}  // namespace faasc::rt
