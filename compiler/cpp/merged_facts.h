#pragma once

#include <tuple>
#include <vector>

#include "compiler/cpp/facts.h"

namespace faasc::cpp {

/// The order of findings, whichever unit was compiled first.
inline auto order(const SourcePlace& place) {
  return std::tie(place.file, place.line, place.column);
}

/// All functions of all units, each once.
class MergedFacts {
 public:
  explicit MergedFacts(const std::vector<UnitFacts>& units);

  const std::vector<FunctionFact>& functions() const { return functions_; }
  const std::vector<MainFact>& mains() const { return mains_; }

  /// The definitions of a function with external linkage beyond its first.
  std::vector<const FunctionFact*> other_definitions(const FunctionFact& function) const;

 private:
  void add(const FunctionFact& function);

  std::vector<FunctionFact> functions_;
  std::vector<FunctionFact> repeated_;
  std::vector<MainFact> mains_;
};

}  // namespace faasc::cpp
