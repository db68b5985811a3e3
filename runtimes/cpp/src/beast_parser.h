#pragma once

// Boost.Beast's parser for HTTP/1 messages, and as little else of Beast as it takes.
//
// The build defines `boost` as faasc_rt_boost: a function may bring a Boost of its own into the same program,
// and under another name the linker cannot take one for the other.
//
// Beast keeps a table of all 350 registered header names, built when the first header of the first request is
// looked up: that was a third of all instructions from the start of the process to its first response. The
// parser itself asks for five names. So Beast is told that its functions are compiled elsewhere, and
// beast_parser.cc compiles them with a lookup of those five.
#define BOOST_BEAST_SEPARATE_COMPILATION 1

// Nothing in it throws where it is asked to report errors by code, and what would be thrown is large.
#define BOOST_NO_EXCEPTIONS 1

// What Boost's error codes call for messages that nobody asks for: glibc has it once for every generation of
// processors.
#include <cstring>
namespace std {
inline char* faasc_rt_copy(char* to, char const* from, size_t size) {
  while (size-- > 0 && (*to = *from) != '\0') ++to, ++from;
  return to;
}
}  // namespace std
#define strncpy faasc_rt_copy

#include <boost/beast/http/basic_parser.hpp>

#undef strncpy
