#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/cpp/facts.h"

// What faasc and faasc-cxx say to each other: one JSON request on standard input, one JSON answer on standard
// output, both with the schema name below. faasc-cxx runs in the project's directory; relative paths start
// there.
//
//   {"schema": "faasc.cxx/1", "compile": {"source": "hello.cc", "object": "/w/hello.o", "arguments":
//   ["-std=c++17"]},
//                             "link": {"arguments": ["/w/hello.o"], "output": "/w/hello.debug", "stripped":
//                             "/w/hello"}}
//
// A link that follows a compile is not started when that fails. Exit status 0 means that there is an answer,
// also to a source that does not compile.

namespace faasc::cpp {

struct CompileRequest {
  std::string source;
  std::string object;
  std::vector<std::string> arguments;  ///< as for clang++, without -c, -o and the source
  /// Which plain functions to describe for a JSON binding: none, those of this qualified name, or "*": all.
  /// The object gets the binding of those with a name, and of the only one there is.
  std::string typed;
  /// Where the precompiled form of what the source begins with is kept; empty: nowhere.
  std::string preamble;
  bool make_preamble = false;  ///< where the kept one does not fit, instead of compiling without
  /// The program that is to run clang++ for the object ("ccache"); empty: the object comes of the pass that
  /// gives the facts. There is no binding in it otherwise.
  std::string launcher;
};

struct CompileAnswer {
  bool ok = false;
  UnitFacts facts;                      ///< also of a source with errors, as far as it could be understood
  std::vector<Diagnostic> diagnostics;  ///< Clang's, in its order, each with its notes
  std::vector<std::string> inputs;      ///< every file that was read
  std::vector<std::string> absent;      ///< paths that were looked for in vain and would change the result
  bool used_preamble = false;           ///< what the source begins with was not parsed again
  std::string remark;                   ///< the launcher's last word, where it succeeded and said something
};

struct LinkRequest {
  std::vector<std::string> arguments;  ///< as for clang++, without -o
  std::string output;                  ///< with debug information
  std::string stripped;                ///< the same without
  std::string
      lean;  ///< an archive to add where the objects allow it, see compiler/cpp/cxx/lean.h; empty: none
};

struct LinkAnswer {
  bool ok = false;
  std::vector<Diagnostic> diagnostics;  ///< the Clang driver's
  std::vector<std::string> command;     ///< the linker and its arguments
  int exit_code = 0;
  std::string messages;             ///< what the linker printed
  std::vector<std::string> inputs;  ///< every file that was linked, where the linker tells
};

struct Request {
  std::optional<CompileRequest> compile;
  std::optional<LinkRequest> link;
};

struct Answer {
  std::optional<CompileAnswer> compile;
  std::optional<LinkAnswer> link;
};

std::string to_json(const Request& request);
std::string to_json(const Answer& answer);
std::string to_json(const CompileAnswer& answer);
Result<Request> request_from_json(std::string_view text);
Result<Answer> answer_from_json(std::string_view text);
Result<CompileAnswer> compile_answer_from_json(std::string_view text);

}  // namespace faasc::cpp
