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
  Headers headers;  ///< in the order they were set, no name twice whatever its case
  std::string body;

  void set_header(std::string_view name, std::string_view value);
};

/// A plain-text answer of the server's own.
Reply text_reply(int status, std::string_view text);

/// Takes the content out of what a handler returned. One that cannot be put on the wire (a status outside
/// 200..599, a header with a line break) becomes a logged 500.
Reply reply_from(google::cloud::functions::HttpResponse response);

}  // namespace faasc::rt
