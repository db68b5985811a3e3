#pragma once

#include <string>
#include <utility>
#include <vector>

namespace faasc {

/// What an answer has to be. Nothing is said about headers that are not listed.
struct ExpectedAnswer {
  int status = 200;
  std::string body;  ///< the whole body, or with `body_is_part` something in it
  bool body_is_part = false;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case; "(none)" = not there
  bool bodiless = false;  ///< nothing follows the header, whatever Content-Length says
};

/// Bytes to send, and the answers to wait for before the next step.
struct RequestStep {
  std::string bytes;
  std::vector<ExpectedAnswer> answers;
};

/// One row: steps on a connection of its own.
struct RequestRow {
  std::string name;
  std::vector<RequestStep> steps;
  bool closes = false;     ///< afterwards the server closes the connection
  std::string while_busy;  ///< sent on as many other connections as there may be calls, just before
  bool waits = false;      ///< it is sent again as long as another call has the place: 429
  std::string console;     ///< what the guest prints because of it
};

/// A function of tests/boot/kinds.
struct RequestKind {
  std::string name;                ///< of its directory
  std::vector<std::string> files;  ///< in tests/boot/kinds; they are laid side by side
  std::vector<RequestRow> rows;
  int concurrency = 2;
  std::string slow_request;  ///< one whose answer takes 1.5 s: long enough for a busy host to stop the guest
                             ///< in the middle of it
  std::string slow_answer;
};

/// The C++ kinds, each with the rows that all of them share and its own.
std::vector<RequestKind> request_kinds();

}  // namespace faasc
