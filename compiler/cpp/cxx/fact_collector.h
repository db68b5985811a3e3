#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <clang/AST/ASTConsumer.h>

#include "compiler/cpp/facts.h"

namespace faasc::cpp {

/// Watches Clang build the AST of one translation unit and fills its facts at the end.
class FactCollector : public clang::ASTConsumer {
 public:
  /// What is at top level and not a system header's, so far.
  virtual const std::vector<clang::Decl*>& own_declarations() const = 0;

  /// C++ that binds the typed functions so far, for right behind them; empty where there are none. Their
  /// facts then say that the object has the binding.
  virtual std::string bind() = 0;
};

/// `facts` must outlive the collector, which must come before the code generator: an inline handler is marked
/// as used, so that it is emitted although nothing calls it yet. `typed` is CompileRequest's. `parsed_before`
/// gives the declarations that come first and are in a file that Clang made earlier.
std::unique_ptr<FactCollector> make_fact_collector(
    UnitFacts& facts, std::string typed, std::function<std::vector<clang::Decl*>()> parsed_before = {});

}  // namespace faasc::cpp
