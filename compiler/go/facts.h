#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"

namespace faasc::go {

/// One type of a signature: as it is written ("*http.Request"), and with the import path for the package
/// ("*net/http.Request").
struct Type {
  std::string text, name;
};

/// A function or method at the top level of a file.
struct Func {
  std::string name;
  std::string receiver;  ///< of a method, without '*'
  std::vector<Type> params, results;
  bool generic = false;
  SourcePlace place;
};

/// A call by which a framework learns of a handler.
struct Registration {
  std::string call;    ///< "functions.HTTP", "funcframework.RegisterHTTPFunction…", "lambda.Start…",
                       ///< "lambdaurl.Start"
  std::string name;    ///< the name or path; of lambda.Start the handler
  bool plain = false;  ///< `name` is a literal, or an identifier of lambda.Start
  SourcePlace place;
};

/// A call of something that a unikernel may lack.
struct Use {
  std::string name;  ///< "os/exec.Command"
  SourcePlace place;
};

/// One import, and where its path stands in the file: bytes, quotes included.
struct Import {
  std::string path;
  bool named = false;
  std::size_t offset = 0, length = 0;
  SourcePlace place;
};

struct File {
  std::string name;
  std::vector<Import> imports;
};

/// One package: a directory's files that are part of the build.
struct Package {
  std::string directory;  ///< relative to the directory that was looked at; "." is that one
  std::string name;
  std::vector<File> files;
  std::optional<SourcePlace> main;  ///< func main() of a package main
  std::vector<Func> funcs;
  std::vector<Registration> registrations;
  std::vector<Use> uses;
};

/// What the detector (runtimes/go/detector) saw. Files and directories are relative to where it looked.
struct Facts {
  std::vector<Package> packages;
  std::vector<Package> imported;       ///< of the module, but elsewhere; those in `packages` import them
  std::vector<Diagnostic> problems;    ///< files that cannot be parsed
  std::vector<std::string> cgo_files;  ///< left out because they need cgo
  std::vector<std::string> nested;     ///< directories that are modules of their own
};

Result<Facts> facts_from_json(std::string_view text);

}  // namespace faasc::go
