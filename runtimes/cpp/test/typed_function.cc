// What faasc generates for a typed function, written by hand.

#include <iostream>  // a program that links the shared C++ library has to set up its streams
#include <optional>
#include <stdexcept>
#include <string>

#include "faasc/rt/typed.h"

namespace shop {

struct Order {
  std::string item;
  unsigned char count = 1;
};

struct Problem {
  int status;
  std::string why;
};

struct Total {
  std::optional<double> value_;
  Problem problem;
  bool has_value() const { return value_.has_value(); }
  double value() const { return *value_; }
  Problem const& error() const { return problem; }
};

Total price(Order const& order) {
  if (order.item == "throw") throw std::runtime_error("broken");
  if (order.item == "invalid") throw std::invalid_argument("no such item");
  if (order.item == "none") return {std::nullopt, {404, "out of stock"}};
  if (order.item == "odd") return {std::nullopt, {42, "not a status"}};
  return {order.item == "nan" ? 0.0 / 0.0 : order.count * 1.5, {}};
}

}  // namespace shop

namespace faasc::rt {

template <>
struct Fields<shop::Order> {
  static constexpr std::size_t kCount = 2;
  template <class F>
  static bool each(F&& use) {
    return use("item", &shop::Order::item, true) && use("count", &shop::Order::count, false);
  }
};
template <>
struct Fields<shop::Problem> {
  static constexpr std::size_t kCount = 2;
  template <class F>
  static bool each(F&& use) {
    return use("status", &shop::Problem::status, true) && use("why", &shop::Problem::why, true);
  }
};

}  // namespace faasc::rt

int main(int argc, char** argv) {
  return faasc::rt::serve_typed(argc, argv, faasc::rt::typed_call<&shop::price>(&shop::price), true,
                                "{\"openapi\":\"3.1.0\"}");
}
