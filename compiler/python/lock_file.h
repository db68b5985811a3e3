#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace faasc::python {

/// requirements.lock beside faas.yaml: one version of everything that a function requires, and the SHA-256 of
/// each file. Below its header it is a requirements file that pip takes, too:
///
///   # The requirements of this function, one version of each. Written by 'faasc lock'; edits are refused.
///   # for cpython-311-x86_64-linux-gnu
///   # made of <digest of the requirements that it answers>
///   # lines <digest of the lines below>
///   blinker==1.9.0 --hash=sha256:ba0e…
///   ./wheels/tea-1.0-py3-none-any.whl --hash=sha256:5cf9…
struct LockFile {
  std::string platform;            ///< of the interpreter: "cpython-311-x86_64-linux-gnu"
  std::string made_of;             ///< hexadecimal
  std::vector<std::string> lines;  ///< sorted; paths are relative to the file
  bool edited = false;             ///< something in it is not as it was written
};

std::string to_text(const LockFile& lock);
/// What is no such file at all comes back as `edited`.
LockFile parse_lock_file(std::string_view text);

}  // namespace faasc::python
