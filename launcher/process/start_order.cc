#include "launcher/process/start_order.h"

#include <cstring>
#include <type_traits>

namespace faasc {
namespace {

// The fields of an order, in the order in which they are written. `Coder` takes each of them by reference.
template <typename Coder, typename Order>
void each_field(Coder& coder, Order& order) {
  coder.field(order.directory);
  coder.field(order.executable);
  coder.field(order.arguments);
  coder.field(order.environment);
  coder.field(order.writable);
  coder.field(order.room_bytes);
  coder.field(order.temporary);
  coder.field(order.shared_memory);
  coder.field(order.memory_bytes);
  coder.field(order.stack_bytes);
  coder.field(order.open_files);
  coder.field(order.most_open_files);
  coder.field(order.processors);
  coder.field(order.address);
  coder.field(order.ports);
  coder.field(order.call_filter);
  coder.field(order.await_debugger);
}

class Writer {
 public:
  template <typename T>
    requires std::is_arithmetic_v<T>
  void field(const T& number) {
    auto wide = static_cast<std::uint64_t>(number);
    bytes.append(reinterpret_cast<const char*>(&wide), sizeof wide);
  }
  void field(const std::string& text) {
    field(text.size());
    bytes += text;
  }
  template <typename T>
  void field(const std::vector<T>& list) {
    field(list.size());
    for (const T& item : list) field(item);
  }

  std::string bytes;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}

  template <typename T>
    requires std::is_arithmetic_v<T>
  void field(T& number) {
    std::uint64_t wide = 0;
    if (rest_.size() < sizeof wide) return fail();
    std::memcpy(&wide, rest_.data(), sizeof wide);
    rest_.remove_prefix(sizeof wide);
    number = static_cast<T>(wide);
    if (static_cast<std::uint64_t>(number) != wide) fail();
  }
  void field(std::string& text) {
    std::size_t size = 0;
    field(size);
    if (size > rest_.size()) return fail();
    text = rest_.substr(0, size);
    rest_.remove_prefix(size);
  }
  template <typename T>
  void field(std::vector<T>& list) {
    std::size_t count = 0;
    field(count);
    // Every item takes eight bytes at least.
    if (count > rest_.size() / sizeof(std::uint64_t)) return fail();
    list.resize(count);
    for (T& item : list) field(item);
  }

  bool is_done() const { return !failed_ && rest_.empty(); }

 private:
  void fail() {
    failed_ = true;
    rest_ = {};
  }
  std::string_view rest_;
  bool failed_ = false;
};

}  // namespace

std::string to_bytes(const StartOrder& order) {
  Writer writer;
  each_field(writer, order);
  return std::move(writer.bytes);
}

std::optional<StartOrder> start_order_from(std::string_view bytes) {
  StartOrder order;
  Reader reader(bytes);
  each_field(reader, order);
  if (!reader.is_done()) return std::nullopt;
  return order;
}

}  // namespace faasc
