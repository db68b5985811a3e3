#include "compiler/cpp/merged_facts.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace faasc::cpp {
namespace {

// The same function as the linker sees it; without a symbol for it, the same place in a header.
bool same(const FunctionFact& a, const FunctionFact& b) {
  if (a.linkage != b.linkage || a.name != b.name) return false;
  if (a.linkage == Linkage::External && !a.symbol.empty()) return a.symbol == b.symbol;
  return order(a.place) == order(b.place);
}

}  // namespace

MergedFacts::MergedFacts(const std::vector<UnitFacts>& units) {
  for (const UnitFacts& unit : units) {
    for (const FunctionFact& function : unit.functions) add(function);
    if (unit.main) mains_.push_back(*unit.main);
  }
  auto by_place = [](const auto& a, const auto& b) { return order(a.place) < order(b.place); };
  // One macro can define several functions in one place.
  auto by_place_and_name = [](const FunctionFact& a, const FunctionFact& b) {
    return std::tuple_cat(order(a.place), std::tie(a.name, a.symbol)) <
           std::tuple_cat(order(b.place), std::tie(b.name, b.symbol));
  };
  std::sort(functions_.begin(), functions_.end(), by_place_and_name);
  std::sort(repeated_.begin(), repeated_.end(), by_place_and_name);
  std::sort(mains_.begin(), mains_.end(), by_place);
}

std::vector<const FunctionFact*> MergedFacts::other_definitions(const FunctionFact& function) const {
  std::vector<const FunctionFact*> others;
  for (const FunctionFact& other : repeated_)
    if (other.symbol == function.symbol) others.push_back(&other);
  return others;
}

void MergedFacts::add(const FunctionFact& function) {
  auto known = std::find_if(functions_.begin(), functions_.end(),
                            [&](const auto& other) { return same(function, other); });
  if (known == functions_.end()) {
    functions_.push_back(function);
  } else if (!function.defined) {
    return;
  } else if (!known->defined) {
    *known = function;
  } else if (function.linkage == Linkage::External && !(function.repeatable && known->repeatable) &&
             !function.is_template) {
    if (order(function.place) < order(known->place)) {
      repeated_.push_back(std::exchange(*known, function));
    } else {
      repeated_.push_back(function);
    }
  }
}

}  // namespace faasc::cpp
