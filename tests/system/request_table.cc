#include "tests/system/request_table.h"

namespace faasc {

std::vector<RequestRow> common_rows() {
  return {
      {"robots", "{path: /robots.txt}", "{status: 404}"},
      {"icon", "{path: /favicon.ico}", "{status: 404}"},
      {"ready", "{path: /health/readiness}", "{status: 200, body: READY}"},
      {"alive", "{path: /health/liveness}", "{status: 200, body: ALIVE}"},
      {"ready, the other way", "{path: /_/ready}", "{status: 200, body: READY}"},
      {"alive, the other way", "{path: /_/health}", "{status: 200, body: ALIVE}"},
      {"too large", "{body_file: large}", "{status: 413, body_regex: '65536 bytes'}"},
      {"another expectation", "{headers: {expect: tea}, body: x}", "{status: 417}"},
      {"another coding", "{method: POST, headers: {transfer-encoding: gzip}}", "{status: 501}"},
  };
}

std::vector<RequestRow> with(std::vector<RequestRow> rows, const std::vector<RequestRow>& more) {
  rows.insert(rows.end(), more.begin(), more.end());
  return rows;
}

std::string to_manifest(const std::vector<RequestRow>& rows) {
  std::string text = "tests:\n";
  for (const RequestRow& row : rows) {
    std::string request = row.request;
    if (request.find("headers:") == std::string::npos)
      request.insert(request.size() - 1, ", headers: {function-execution-id: abc123}");
    text += "  - {name: \"" + row.name + "\", request: " + request + ", expect: " + row.expect + "}\n";
  }
  return text;
}

}  // namespace faasc
