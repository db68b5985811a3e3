#pragma once

// std::map: an object.

#include <map>
#include <string>

#include "faasc/rt/typed/core.h"

namespace faasc::rt {

template <class T, class C, class A>
struct Json<std::map<std::string, T, C, A>> : JsonMap<std::map<std::string, T, C, A>> {};

}  // namespace faasc::rt
