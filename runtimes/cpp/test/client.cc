#include "test/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

namespace faasc::rt {
namespace {

std::string lower(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return text;
}

}  // namespace

Client::Client(int port, int patience_ms)
    : patience_ms_(patience_ms), fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(static_cast<std::uint16_t>(port));
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_, reinterpret_cast<sockaddr const*>(&where), sizeof where) != 0) {
    ::close(fd_);
    fd_ = -1;
    return;
  }
  int const on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Client::~Client() {
  if (fd_ >= 0) ::close(fd_);
}

bool Client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t const count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

void Client::finish_sending() {
  ::shutdown(fd_, SHUT_WR);
}

bool Client::has_input_within(int milliseconds) {
  pollfd waiting{fd_, POLLIN, 0};
  return ::poll(&waiting, 1, milliseconds) == 1;
}

bool Client::fill() {
  if (!has_input_within(patience_ms_)) return false;
  char bytes[65536];
  ssize_t const count = ::recv(fd_, bytes, sizeof bytes, 0);
  if (count <= 0) return false;
  received_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

Response Client::receive(Body body) {
  Response response;
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return {};
  }
  std::string const head = received_.substr(0, end + 2);
  received_.erase(0, end + 4);
  std::size_t line_end = head.find("\r\n");
  int const status = ::atoi(head.c_str() + 9);
  if (line_end > 13) response.reason = head.substr(13, line_end - 13);
  for (std::size_t at = line_end + 2; at < head.size(); at = line_end + 2) {
    line_end = head.find("\r\n", at);
    std::size_t const colon = head.find(": ", at);
    response.headers[lower(head.substr(at, colon - at))] = head.substr(colon + 2, line_end - colon - 2);
  }
  if (body == Body::Expected && response.header("transfer-encoding") == "chunked") {
    for (std::size_t size = 1; size > 0;) {
      while ((end = received_.find("\r\n")) == std::string::npos) {
        if (!fill()) return {};
      }
      size = ::strtoul(received_.c_str(), nullptr, 16);
      while (received_.size() < end + 4 + size) {
        if (!fill()) return {};
      }
      response.body += received_.substr(end + 2, size);
      received_.erase(0, end + 4 + size);
    }
  } else if (body == Body::Expected && status >= 200) {
    std::size_t const size = ::strtoul(response.header("content-length").c_str(), nullptr, 10);
    while (received_.size() < size) {
      if (!fill()) return {};
    }
    response.body = received_.substr(0, size);
    received_.erase(0, size);
  }
  response.status = status;
  return response;
}

std::string Client::receive_all() {
  while (fill()) {
  }
  std::string all = received_;
  received_.clear();
  if (!has_input_within(0)) all += "(still open)";
  return all;
}

bool Client::closes_within(int milliseconds) {
  if (!received_.empty() || !has_input_within(milliseconds)) return false;
  char byte = 0;
  return ::recv(fd_, &byte, 1, 0) <= 0;
}

std::string get(std::string_view target, std::string_view more_headers) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_headers) + "\r\n";
}

std::string post(std::string_view target, std::string_view body, std::string_view more_headers) {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(more_headers) +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body);
}

Response exchange(int port, std::string_view bytes) {
  Client client(port);
  if (!client.send(bytes)) return {};
  return client.receive();
}

}  // namespace faasc::rt
