#include "packager/kernels/kernel_version.h"

#include <algorithm>

#include "packager/kernels/codes.h"

namespace faasc {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// The run of digits, or of anything else, at the front of `text`.
std::string_view take_run(std::string_view& text) {
  bool digits = is_digit(text.front());
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end]) == digits) ++end;
  std::string_view run = text.substr(0, end);
  text.remove_prefix(end);
  return run;
}

std::strong_ordering compare_numbers(std::string_view a, std::string_view b) {
  a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
  b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
  if (a.size() != b.size()) return a.size() <=> b.size();
  return a.compare(b) <=> 0;
}

/// Whether what a version has beyond another says that it comes before that one.
bool is_before_release(std::string_view rest) {
  if (rest.starts_with('~')) return true;
  rest.remove_prefix(std::min(rest.find_first_not_of(".-_+"), rest.size()));
  for (std::string_view word : {"rc", "alpha", "beta", "pre", "dev"})
    if (rest.starts_with(word) && (rest.size() == word.size() || !is_letter(rest[word.size()]))) return true;
  return false;
}

}  // namespace

std::strong_ordering compare_versions(std::string_view a, std::string_view b) {
  std::string_view all_of_a = a, all_of_b = b;
  while (!a.empty() && !b.empty()) {
    bool a_digits = is_digit(a.front()), b_digits = is_digit(b.front());
    if (a_digits != b_digits) return a_digits ? std::strong_ordering::greater : std::strong_ordering::less;
    std::string_view run_of_a = take_run(a), run_of_b = take_run(b);
    // Of "-rc" and "-" both are a run, and so are "-rc" and the "." of a longer release.
    if (!a_digits && is_before_release(run_of_a) != is_before_release(run_of_b))
      return is_before_release(run_of_a) ? std::strong_ordering::less : std::strong_ordering::greater;
    if (run_of_a.starts_with('~') != run_of_b.starts_with('~'))
      return run_of_a.starts_with('~') ? std::strong_ordering::less : std::strong_ordering::greater;
    std::strong_ordering order =
        a_digits ? compare_numbers(run_of_a, run_of_b) : run_of_a.compare(run_of_b) <=> 0;
    if (order != 0) return order;
  }
  if (a.empty() != b.empty()) {
    const bool longer_is_less = is_before_release(a.empty() ? b : a);
    return a.empty() != longer_is_less ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  // "1.01" and "1.1" are equal by value; the bytes decide, so that the order is total.
  return all_of_a.compare(all_of_b) <=> 0;
}

bool is_debug_name(std::string_view version) {
  for (std::size_t at = 0; at < version.size();) {
    std::size_t end = std::min(version.find_first_of(".-_+~", at), version.size());
    if (version.substr(at, end - at) == "debug" || version.substr(at, end - at) == "dbg") return true;
    at = end + 1;
  }
  return false;
}

bool is_version_name(std::string_view text) {
  if (text.empty() || text.size() > 128 || !(is_digit(text[0]) || is_letter(text[0]))) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || is_letter(c) || std::string_view("._+~-").find(c) != std::string_view::npos;
  });
}

bool is_release_number(std::string_view text) {
  if (!is_version_name(text) || !is_digit(text[0])) return false;
  take_run(text);
  return text.size() >= 2 && text[0] == '.' && is_digit(text[1]);
}

Result<void> check_supported(KernelFamily family, std::string_view version) {
  if (family != KernelFamily::Nanos || !is_release_number(version) ||
      compare_versions(version, kOldestNanos) >= 0)
    return {};
  return Error{Fault::Input,
               kKernelTooOld,
               "Nanos '" + std::string(version) +
                   "' is too old: it cannot mount version 5 of its filesystem, which faasc writes and which "
                   "Nanos has since '" +
                   std::string(kOldestNanos) + "'",
               {},
               "run `faasc kernel pull nanos` for the newest release"};
}

}  // namespace faasc
