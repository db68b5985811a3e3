#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/diagnostics.h"

namespace faasc::cpp {

/// The types a handler is made of, matched by their canonical qualified name without inline namespaces.
enum class TypeName : std::uint8_t {
  Other,
  Void,
  Function,            ///< google::cloud::functions::Function
  HttpRequest,         ///< google::cloud::functions::HttpRequest
  HttpResponse,        ///< google::cloud::functions::HttpResponse
  CloudEvent,          ///< google::cloud::functions::CloudEvent
  InvocationRequest,   ///< aws::lambda_runtime::invocation_request
  InvocationResponse,  ///< aws::lambda_runtime::invocation_response
};

enum class Passing : std::uint8_t { Value, ConstReference, RvalueReference, Reference, Pointer };

struct Type {
  TypeName name = TypeName::Other;
  Passing passing = Passing::Value;
  std::string text;  ///< as Clang prints it: "const gcf::HttpRequest &"
};

enum class Linkage : std::uint8_t { External, Static, UnnamedNamespace };

/// What the `return` statements of a factory hand over.
enum class Made : std::uint8_t {
  Unknown,     ///< something this translation unit does not show, or not the same everywhere
  Http,        ///< MakeFunction(UserHttpFunction)
  CloudEvent,  ///< MakeFunction(UserCloudEventFunction)
  Map,         ///< MakeFunction(std::map<std::string, Function>): chosen when the function starts
};

/// How a plain function's parameter and result become JSON.
struct TypedFact {
  /// The symbol of a function in the unit's own object: int (int argc, char** argv, char const* openapi). It
  /// serves the function. Empty: the object has none, and `binding` has to be compiled with the source once
  /// more.
  std::string entry;
  std::string binding;               ///< C++: specialisations for namespace faasc::rt, see faasc/rt/typed.h
  std::string openapi;               ///< JSON: "paths" and "components" of an OpenAPI document
  std::vector<Diagnostic> problems;  ///< what in its types has no JSON; then the others are empty
};

/// One function of the user's, as Clang sees it. Functions of system headers are not recorded.
struct FunctionFact {
  std::string name;    ///< qualified, without inline and unnamed namespaces: "shop::price"
  std::string symbol;  ///< the linker's name; empty for templates
  Type returns;
  std::vector<Type> parameters;
  Linkage linkage = Linkage::External;
  bool defined = false;     ///< false: this translation unit only declares it
  bool repeatable = false;  ///< inline and the like: may be defined in several translation units
  bool is_member = false;
  bool is_template = false;
  Made made = Made::Unknown;       ///< factories only
  std::vector<std::string> uses;   ///< symbols of other functions with handler types that its body names
  std::optional<TypedFact> typed;  ///< only where it was asked for, see CompileRequest
  SourcePlace place;
  std::string line_text;
  std::vector<Fix> fixes = {};  ///< what would make it a handler where little is missing
};

/// The user's own main().
struct MainFact {
  SourcePlace place;
  std::string line_text;
  bool runs_lambda = false;    ///< it calls aws::lambda_runtime::run_handler
  std::string lambda_handler;  ///< the function that it hands over, qualified; empty where it has no name
};

/// Where the user's code names a function that a unikernel cannot serve (packager/calls/c_functions.h).
struct CallFact {
  std::string name;
  SourcePlace place;
  std::string line_text;
  std::vector<Diagnostic> callers;  ///< notes: who calls the function that does it, and who calls that one
};

/// What one translation unit says about handlers, in source order.
struct UnitFacts {
  std::vector<FunctionFact> functions;
  std::optional<MainFact> main;
  std::vector<CallFact> calls;
};

}  // namespace faasc::cpp
