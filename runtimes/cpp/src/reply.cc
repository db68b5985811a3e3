#include "src/reply.h"

#include "src/text.h"

namespace faasc::rt {

void Reply::set_header(std::string_view name, std::string_view value) {
  for (auto& [known, old] : headers) {
    if (same_ignoring_case(known, name)) {
      known = name;
      old = value;
      return;
    }
  }
  headers.emplace_back(name, value);
}

Reply text_reply(int status, std::string_view text) {
  Reply reply;
  reply.status = status;
  if (!text.empty()) reply.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
  reply.body = text;
  return reply;
}

}  // namespace faasc::rt
