#pragma once

#include <string>

#include "launcher/guest_console.h"

namespace faasc {

/// Passes lines of a console on to a file descriptor: bytes as they are to a file or a pipe, made harmless on
/// a terminal. Where nobody reads any more, the rest is dropped.
class ConsolePrinter {
 public:
  /// `fd` is not closed. Whether it is a terminal is found out here.
  explicit ConsolePrinter(int fd);

  void print(const ConsoleLine& line);

 private:
  int fd_;
  bool terminal_;
  bool broken_ = false;
};

}  // namespace faasc
