#include "compiler/python/lock_file.h"

#include <algorithm>

#include "base/sha256.h"

namespace faasc::python {
namespace {

constexpr std::string_view kTitle =
    "# The requirements of this function, one version of each. Written by 'faasc lock'; edits are refused.\n";
constexpr std::string_view kFor = "# for ", kMadeOf = "# made of ", kLines = "# lines ";

// Takes the first line of `text` where it begins with `prefix`, and gives the rest of that line.
bool take_line(std::string_view& text, std::string_view prefix, std::string& rest) {
  if (!text.starts_with(prefix)) return false;
  std::size_t end = std::min(text.find('\n'), text.size());
  rest = text.substr(prefix.size(), end - prefix.size());
  text.remove_prefix(std::min(end + 1, text.size()));
  return true;
}

std::string body_of(const std::vector<std::string>& lines) {
  std::string body;
  for (const std::string& line : lines) body += line + "\n";
  return body;
}

std::string digest_of(const LockFile& lock, std::string_view body) {
  return to_hex(sha256(lock.platform + "\n" + lock.made_of + "\n" + std::string(body)));
}

}  // namespace

std::string to_text(const LockFile& lock) {
  std::string body = body_of(lock.lines);
  std::string text(kTitle);
  text.append(kFor).append(lock.platform).append("\n");
  text.append(kMadeOf).append(lock.made_of).append("\n");
  text.append(kLines).append(digest_of(lock, body)).append("\n");
  return text + body;
}

LockFile parse_lock_file(std::string_view text) {
  LockFile lock;
  std::string title, digest;
  // The title may be said in other words one day.
  bool whole = take_line(text, "#", title) && take_line(text, kFor, lock.platform) &&
               take_line(text, kMadeOf, lock.made_of) && take_line(text, kLines, digest);
  lock.edited = !whole || digest != digest_of(lock, text);
  for (std::string line; !text.empty() && take_line(text, "", line);) lock.lines.push_back(line);
  return lock;
}

}  // namespace faasc::python
