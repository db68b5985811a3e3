#pragma once

#include <string>

#include "compiler/go/choose.h"

namespace faasc::go {

struct MainRequest {
  const Chosen& chosen;
  std::string package_name;
  bool has_main = false;         ///< the package has a func main()
  std::string package_path;      ///< import path of the handler's package
  std::string runtime_path;      ///< import path of faasrt
  bool handles_signals = false;  ///< the module imports os/signal
  bool has_metadata = false;     ///< the module uses the metadata of Google's older events
};

/// The source of a program that serves a handler of another package.
std::string main_source(const MainRequest& request);

/// A file that joins a package main to the runtime: a main function where it has none, else an init() that
/// runs before its own. Empty where nothing is to be added.
std::string boot_source(const MainRequest& request);

}  // namespace faasc::go
