#pragma once

#include <string>
#include <vector>

namespace faasc::python {

/// What scripts/scan.py reads out of one source. Lines and columns count from 1, columns count bytes.
struct Decorator {
  std::string name;  ///< with import aliases resolved: "functions_framework.http"
  int line = 0, column = 0;
};

struct FunctionFact {
  std::string name;
  int line = 0, column = 0;
  bool is_async = false;
  std::vector<std::string> parameters;  ///< positional ones
  int required = 0;                     ///< of these, how many have no default
  int keyword_only = 0;                 ///< keyword-only parameters without a default
  bool varargs = false;
  std::vector<Decorator> decorators;
  std::vector<std::vector<std::string>>
      attributes;  ///< that the first and second parameter are asked for, sorted
};

/// A name that the module gives to something else than a function.
struct OtherName {
  std::string name;
  std::string kind;  ///< "class", "variable", "import"
  int line = 0;
};

struct SyntaxError {
  int line = 0, column = 0;
  std::string message, text;
};

/// A call of something that a unikernel does not have.
struct LintFact {
  std::string name;  ///< "subprocess.run"
  int line = 0, column = 0;
};

struct FileFacts {
  std::string path;                 ///< relative to the source directory
  std::vector<SyntaxError> errors;  ///< at most one
  std::vector<FunctionFact> functions;
  std::vector<OtherName> names;
  std::vector<LintFact> lint;
  bool main_guard = false;  ///< has an 'if __name__ == "__main__":'
};

}  // namespace faasc::python
