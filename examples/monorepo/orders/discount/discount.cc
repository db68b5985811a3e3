#include <optional>
#include <stdexcept>
#include <string>

struct Purchase {
  double total;
  std::optional<std::string> coupon;
};

/// The total after the coupon.
double discount(Purchase const& purchase) {
  if (purchase.total < 0) throw std::invalid_argument("a total is not negative");
  return purchase.coupon == "SPRING" ? purchase.total / 2 : purchase.total;
}
