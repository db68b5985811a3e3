#pragma once

#include <string>

inline const std::string kGreeting = "Hello, ";
