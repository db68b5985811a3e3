#pragma once

#include <memory>
#include <string>

#include <clang/AST/ASTConsumer.h>

#include "compiler/cpp/facts.h"

namespace faasc::cpp {

/// Watches Clang build the AST of one translation unit and fills `facts`, which must outlive it, at the end.
/// Must come before the code generator: an inline handler is marked as used, so that it is emitted although
/// nothing calls it yet.
/// `typed` is CompileRequest's.
std::unique_ptr<clang::ASTConsumer> make_fact_collector(UnitFacts& facts, std::string typed);

}  // namespace faasc::cpp
