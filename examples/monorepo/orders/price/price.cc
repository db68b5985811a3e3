#include <vector>

struct Item {
  double price;
  unsigned count = 1;
};

/// What the items cost together.
double price(std::vector<Item> const& items) {
  double total = 0;
  for (Item const& item : items) total += item.price * item.count;
  return total;
}
