// Has to be the first object of the library. In C++20 every object carries the members of std::string that it
// uses, and the linker takes the first object that has one: whichever that is, and all that it needs in turn.
// It finds them here, and what is not used is left out again.

#include <string>

template class std::basic_string<char>;
