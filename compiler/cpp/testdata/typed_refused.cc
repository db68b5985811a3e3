// Everything that a typed function cannot take, once.
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace refused {

struct Declared;
enum class Nameless : int {};

class Account {
 public:
  int id = 0;

 private:
  [[maybe_unused]] int balance_ = 0;
};

struct Argument {
  explicit Argument(int value) : value(value) {}
  int value;
};

struct Base {
  int id;
};
class Hidden : Base {
 public:
  int own;
};

class Outer {
  enum class Secret { a };

 public:
  Secret secret = Secret::a;
};

struct Everything {
  int* pointer;
  char const* text;
  void (*done)();
  int& reference;
  int plain[3];
  char letter;
  wchar_t wide;
  __int128 huge;
  std::string_view view;
  std::unique_ptr<int> owner;
  std::tuple<int, int> pair;
  std::function<void()> callback;
  std::chrono::seconds wait;
  std::map<int, int> by_number;
  std::vector<std::shared_ptr<int>> many;
};

struct Members {
  union {
    int cents;
    double euros;
  };
  unsigned open : 1;
  int const fixed = 1;
  struct {
    int inner;
  } unnamed;
  Nameless nameless;
  Account account;
  Argument argument{1};
  Hidden hidden;
  Outer outer;
  std::vector<Declared>* declared;
};

int takes_everything(Everything const&) {
  return 0;
}
int takes_members(Members const&) {
  return 0;
}
int takes_two(int a, int b) {
  return a + b;
}
int changes(int& value) {
  return value;
}
std::string_view returns_a_view(std::string const&) {
  return {};
}

}  // namespace refused
