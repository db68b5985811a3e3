#pragma once

#include <map>
#include <string>
#include <string_view>

namespace faasc::rt {

/// What came back. `status` 0 = the connection ended, or the client's patience, before a whole response was
/// there.
struct Response {
  int status = 0;
  std::string reason;
  std::map<std::string, std::string> headers;  ///< names in lower case
  std::string body;

  std::string header(std::string const& name) const {
    auto const found = headers.find(name);
    return found == headers.end() ? "(none)" : found->second;
  }
};

/// A raw connection to 127.0.0.1: sends exactly the bytes it is given.
class Client {
 public:
  explicit Client(int port, int patience_ms = 10'000);
  Client(Client const&) = delete;
  Client& operator=(Client const&) = delete;
  ~Client();

  bool connected() const { return fd_ >= 0; }
  /// False where the server has closed the connection.
  bool send(std::string_view bytes);
  void finish_sending();

  enum class Body { Expected, None };
  /// The next response; None for those to HEAD.
  Response receive(Body body = Body::Expected);
  /// Everything until the server closes, or the patience ends ("(still open)" is appended then).
  std::string receive_all();
  /// True where the server closes without another byte within `milliseconds`.
  bool closes_within(int milliseconds);
  bool has_input_within(int milliseconds);

 private:
  bool fill();
  int const patience_ms_;
  int fd_ = -1;
  std::string received_;
};

/// GET with a Host header.
std::string get(std::string_view target, std::string_view more_headers = {});
/// POST with a Host header and Content-Length.
std::string post(std::string_view target, std::string_view body, std::string_view more_headers = {});

/// One request on a connection of its own.
Response exchange(int port, std::string_view bytes);

}  // namespace faasc::rt
