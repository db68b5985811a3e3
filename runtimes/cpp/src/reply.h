#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace google::cloud::functions {
inline namespace v1_3 {
class HttpResponse;
}
}  // namespace google::cloud::functions

namespace faasc::rt {

/// A finished answer, before it is known how the connection wants it written.
struct Reply {
  using Headers = std::vector<std::pair<std::string, std::string>>;

  int status = 200;
  Headers headers;  ///< in the order they were set; no name twice whatever its case, but for Set-Cookie
  std::string body;

  void set_header(std::string_view name, std::string_view value);
  bool has_header(std::string_view name) const;
};

/// A plain-text answer of the server's own.
Reply text_reply(int status, std::string_view text);

/// Why `reply` cannot be put on the wire: a status outside 200..599, a header with a line break. Empty: it
/// can.
std::string why_unsendable(Reply const& reply);

/// `reply` itself, or a logged 500 where it cannot be put on the wire.
Reply checked(Reply reply);

/// Takes the content out of what a handler returned, checked.
Reply reply_from(google::cloud::functions::HttpResponse response);

}  // namespace faasc::rt
