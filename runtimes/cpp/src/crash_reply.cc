#include "src/crash_reply.h"

#include "src/log.h"

namespace faasc::rt {

Reply crash_reply(std::string_view message) {
  Reply reply;
  reply.status = 500;
  reply.headers.emplace_back("Content-Type", "application/json");
  reply.headers.emplace_back("X-Google-Status", "crash");
  reply.body = "{\"message\":";
  append_json_string(reply.body, message);
  reply.body += ",\"severity\":\"error\"}";
  write_line(Stream::Err, reply.body);
  return reply;
}

}  // namespace faasc::rt
