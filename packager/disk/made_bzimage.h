#pragma once

#include <string>

namespace faasc {

/// A kernel of 40 sectors, 5 of them 16-bit, that unpacks itself from 16 MiB on into 32 MiB.
inline std::string made_bzimage() {
  using namespace std::string_literals;
  std::string image(40 * 512, 'K');
  image.replace(0, 2, "MZ");
  image.replace(0x1f1, 1, "\4");
  image.replace(0x1fe, 2, "\x55\xaa");
  image.replace(0x202, 4, "HdrS");
  image.replace(0x206, 2, "\x0f\x02");
  image.replace(0x211, 1, "\1");
  image.replace(0x22c, 4, "\xff\xff\xff\x7f");
  image.replace(0x238, 4, "\xff\x07\0\0"s);
  image.replace(0x258, 8, "\0\0\0\1\0\0\0\0"s);
  image.replace(0x260, 4, "\1\0\0\2"s);
  return image;
}

}  // namespace faasc
