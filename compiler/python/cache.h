#pragma once

#include <filesystem>

#include "base/result.h"

namespace faasc::python {

/// What builds with one interpreter share, below `$FAASC_CACHE_DIR/python`, `$XDG_CACHE_HOME/faasc/python` or
/// `~/.cache/faasc/python`. All of it can be deleted at any time; it is made again:
///
///   interpreters/<digest>.json       what probe.py said
///   <interpreter>/modules-….json     what stage.py knows of unchanged sources
///   <interpreter>/pyc/…              byte code, by its own digest
///   <interpreter>/stripped/…         libraries without what only debuggers read
///   <interpreter>/scripts/…          byte code of faasc's own scripts
///   <interpreter>/site/<digest>/     what pip resolved
Result<std::filesystem::path> cache_directory();

}  // namespace faasc::python
