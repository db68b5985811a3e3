#pragma once

#include <cassert>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace faasc {

/// Who has to act on a failure. The driver turns it into the exit status (`exit_status`).
enum class Fault : std::uint8_t {
  Input,        ///< the user's manifest, source or file
  Usage,        ///< the command line
  Missing,      ///< a tool, kernel or dependency that is not on this host or cannot be had
  Test,         ///< a test of the manifest found something else than it expected
  Guest,        ///< the guest crashed, exited non-zero or never got ready
  Host,         ///< this host cannot run the VM that was asked for
  Timeout,      ///< a limit on time ran out
  Io,           ///< reading or writing on the host failed: full disk, permissions
  Interrupted,  ///< the user asked to stop
  Internal,     ///< a bug in faasc
};

/// The process exit status that tells `fault` to a script: 1 input and I/O, 2 usage, 3 missing, 4 test, 5
/// guest, 6 host, 7 timeout, 70 internal, 130 interrupted.
constexpr int exit_status(Fault fault) {
  switch (fault) {
    case Fault::Input:
    case Fault::Io:
      return 1;
    case Fault::Usage:
      return 2;
    case Fault::Missing:
      return 3;
    case Fault::Test:
      return 4;
    case Fault::Guest:
      return 5;
    case Fault::Host:
      return 6;
    case Fault::Timeout:
      return 7;
    case Fault::Interrupted:
      return 130;
    case Fault::Internal:
      break;
  }
  return 70;
}

/// Why an operation did not happen. Lower case, no full stop; names quoted; actual and allowed values both
/// given.
struct Error {
  Fault fault = Fault::Internal;
  std::string code;                    ///< "FAASC0602"; every refusal has one
  std::string what;                    ///< the cause
  std::vector<std::string> during;     ///< what was being done, innermost first ("writing disk 'rootfs'")
  std::string hint;                    ///< the way out, empty where there is none to name
  std::vector<std::string> excerpt{};  ///< lines of another program's output that show the cause
};

/// Either a value or the reason why there is none. Spelled like std::expected, which C++20 does not have.
template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value)
      : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return assert(has_value()), *std::get_if<0>(&state_); }
  const T& value() const& { return assert(has_value()), *std::get_if<0>(&state_); }
  T&& value() && { return assert(has_value()), std::move(*std::get_if<0>(&state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return assert(!has_value()), *std::get_if<1>(&state_); }
  const Error& error() const& { return assert(!has_value()), *std::get_if<1>(&state_); }
  Error&& error() && { return assert(!has_value()), std::move(*std::get_if<1>(&state_)); }

  /// Adds one line of context to an error; a value passes through untouched.
  Result during(std::string_view what) && {
    if (!has_value()) error().during.emplace_back(what);
    return std::move(*this);
  }

  /// Gives an error a way out, unless it already names a closer one.
  Result hint(std::string_view way_out) && {
    if (!has_value() && error().hint.empty()) error().hint = way_out;
    return std::move(*this);
  }

 private:
  std::variant<T, Error> state_;
};

/// Success without a value.
template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error)
      : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }
  Error& error() & { return assert(!has_value()), *std::get_if<1>(&state_); }
  const Error& error() const& { return assert(!has_value()), *std::get_if<1>(&state_); }
  Error&& error() && { return assert(!has_value()), std::move(*std::get_if<1>(&state_)); }

  Result during(std::string_view what) && {
    if (!has_value()) error().during.emplace_back(what);
    return std::move(*this);
  }
  Result hint(std::string_view way_out) && {
    if (!has_value() && error().hint.empty()) error().hint = way_out;
    return std::move(*this);
  }

 private:
  std::variant<std::monostate, Error> state_;
};

}  // namespace faasc

#define FAASC_CONCAT_INNER(a, b) a##b
#define FAASC_CONCAT(a, b) FAASC_CONCAT_INNER(a, b)

/// FAASC_TRY(declaration, expression): declares the value of a Result or returns its error from this
/// function. The expression may contain commas.
#define FAASC_TRY(declaration, ...) \
  FAASC_TRY_IMPL(FAASC_CONCAT(faasc_result_, __COUNTER__), declaration, __VA_ARGS__)
#define FAASC_TRY_IMPL(result, declaration, ...) \
  auto result = (__VA_ARGS__);                   \
  if (!result) return std::move(result).error(); \
  declaration = std::move(result).value()

/// FAASC_CHECK(expression): returns the error of a Result<void> from this function.
#define FAASC_CHECK(...)                                                                          \
  do {                                                                                            \
    if (auto faasc_check_ = (__VA_ARGS__); !faasc_check_) return std::move(faasc_check_).error(); \
  } while (false)
