#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace shop {

struct Line {
  std::string article;
  std::uint8_t count = 1;
  double each = 0;
};

struct Order {
  std::vector<Line> lines;
  std::optional<std::string> note;
  int sleep_ms = 0;
};

struct Receipt {
  double total = 0;
  std::uint64_t note_bytes = 0;
};

/// What an order costs.
Receipt price(Order const& order) {
  std::this_thread::sleep_for(std::chrono::milliseconds(order.sleep_ms));
  Receipt receipt;
  for (Line const& line : order.lines) {
    if (line.article == "none") throw std::invalid_argument("no such article");
    if (line.article == "last") throw std::runtime_error("out of stock");
    receipt.total += line.count * line.each;
  }
  receipt.note_bytes = order.note ? order.note->size() : 0;
  return receipt;
}

}  // namespace shop
