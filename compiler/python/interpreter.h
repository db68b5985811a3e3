#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

/// A CPython of this host that goes into images, as it describes itself (scripts/probe.py). Host paths are
/// real ones, without links.
struct PythonInterpreter {
  int major = 3, minor = 0, micro = 0;
  std::filesystem::path executable;
  std::filesystem::path stdlib;   ///< the directory of os.py
  std::filesystem::path dynload;  ///< of the extension modules
  std::filesystem::path library;  ///< libpython; empty where it is linked into the program
  std::string library_name;       ///< the name under which the program asks for it
  std::string cache_tag;          ///< "cpython-311"
  std::string platlibdir;         ///< "lib"
  std::vector<std::string> builtin_modules, extension_suffixes;
  std::vector<std::filesystem::path>
      site_directories;  ///< where it looks for what was installed, pip included
  std::string digest;    ///< stands for all of this and for the files' stamps

  std::string version() const;        ///< "3.11.7"
  std::string short_version() const;  ///< "3.11"
  std::string platform() const;  ///< "cpython-311-x86_64-linux-gnu": what extension modules are named after
};

/// Where to look for interpreters.
struct PythonSearch {
  std::string path;                  ///< as $PATH
  std::filesystem::path pyenv_root;  ///< empty: there is none
  std::string pyenv_version;         ///< as $PYENV_VERSION
  std::filesystem::path project;     ///< .python-version is looked for here and above

  static PythonSearch of_process(const std::filesystem::path& project);
};

/// The programs that may be it, best first: on PATH, pyenv's (its choice first, then the newest), and the
/// system's. Only ELF files: pyenv's shims and other scripts are passed over. `version` is "", "3.11" or
/// "3.11.7". Nothing is started.
std::vector<std::filesystem::path> python_candidates(const PythonSearch& search, std::string_view version);

/// The versions that there are, for messages: "3.12.1 (/usr/bin/python3.12)", newest first. Nothing is
/// started.
std::vector<std::string> python_versions_found(const PythonSearch& search);

/// Runs the interpreter once to learn what it is; what it said is kept in `cache` until the file changes.
/// Refuses one older than 3.8 and one that is not CPython.
Result<PythonInterpreter> probe_python(const std::filesystem::path& executable,
                                       const std::filesystem::path& probe_script,
                                       const std::filesystem::path& cache);

/// The first candidate of that version. Missing where there is none; the message lists those there are.
Result<PythonInterpreter> find_python(const PythonSearch& search, std::string_view version,
                                      const std::filesystem::path& probe_script,
                                      const std::filesystem::path& cache);

}  // namespace faasc
