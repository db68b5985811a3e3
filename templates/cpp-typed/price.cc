#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace shop {

enum class Currency { EUR, USD };

struct Item {
  std::string name;
  double price;        ///< of one
  unsigned count = 1;  ///< a member with a value of its own may be left out
};

struct Order {
  std::vector<Item> items;
  Currency currency = Currency::EUR;
  std::optional<std::string> coupon;
};

struct Receipt {
  double total;
  Currency currency;
  std::vector<std::string> lines;
};

/// Adds up an order.
///
/// A coupon takes ten percent off.
Receipt price(Order const& order) {
  // std::invalid_argument is the client's mistake, status 400; any other exception is ours, status 500.
  if (order.items.empty()) throw std::invalid_argument("nothing was ordered");
  Receipt receipt{0, order.currency, {}};
  for (Item const& item : order.items) {
    receipt.total += item.price * item.count;
    receipt.lines.push_back(std::to_string(item.count) + " x " + item.name);
  }
  if (order.coupon) receipt.total *= 0.9;
  return receipt;
}

}  // namespace shop
