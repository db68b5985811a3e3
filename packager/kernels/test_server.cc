#include "packager/kernels/test_server.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <poll.h>

namespace faasc {
namespace {

std::string header_of(const std::string& head, const std::string& name) {
  std::size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  at += name.size() + 4;
  return head.substr(at, head.find("\r\n", at) - at);
}

void send_all(const Fd& connection, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t count = ::send(connection.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

}  // namespace

TestServer::TestServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_.get(), any, size) != 0 || ::listen(listener_.get(), 16) != 0 ||
      ::getsockname(listener_.get(), any, &size) != 0)
    std::abort();
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

TestServer::~TestServer() {
  stop_ = true;
  thread_.join();
}

std::string TestServer::url() const {
  return "http://127.0.0.1:" + std::to_string(port_);
}

void TestServer::serve(const std::string& path, std::vector<Reply> replies) {
  std::lock_guard lock(mutex_);
  replies_[path] = std::move(replies);
}

std::vector<std::string> TestServer::requests() {
  std::lock_guard lock(mutex_);
  return requests_;
}

void TestServer::run() {
  while (!stop_) {
    pollfd waiting{listener_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) continue;
    Fd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection) answer(connection);
  }
}

void TestServer::answer(const Fd& connection) {
  std::string head;
  char buffer[4096];
  while (head.find("\r\n\r\n") == std::string::npos) {
    ssize_t count = ::recv(connection.get(), buffer, sizeof buffer, 0);
    if (count <= 0) return;
    head.append(buffer, static_cast<std::size_t>(count));
  }
  std::string request = head.substr(0, head.find(" HTTP/"));
  std::string path = request.substr(request.find(' ') + 1);
  std::string range = header_of(head, "Range"), condition = header_of(head, "If-Range");

  Reply reply;
  reply.status = 404;
  reply.body = "not here";
  {
    std::lock_guard lock(mutex_);
    requests_.push_back(request + (range.empty() ? "" : " Range: " + range) +
                        (condition.empty() ? "" : " If-Range: " + condition));
    if (auto replies = replies_.find(path); replies != replies_.end() && !replies->second.empty()) {
      reply = replies->second.front();
      if (replies->second.size() > 1) replies->second.erase(replies->second.begin());
    }
  }

  std::string_view body = reply.body;
  std::string content_range;
  if (reply.status == 200 && !reply.etag.empty() && range.starts_with("bytes=") && condition == reply.etag) {
    std::size_t start = std::strtoull(range.c_str() + 6, nullptr, 10);
    if (start >= body.size()) {
      reply.status = 416;
      content_range = "bytes */" + std::to_string(body.size());
      body = {};
    } else {
      if (reply.wrong_range) start /= 2;
      reply.status = 206;
      content_range = "bytes " + std::to_string(start) + "-" + std::to_string(body.size() - 1) + "/" +
                      std::to_string(body.size());
      body.remove_prefix(start);
    }
  }
  std::string answer = "HTTP/1.1 " + std::to_string(reply.status) + " x\r\nConnection: close\r\n";
  if (reply.tell_length) answer += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  if (!reply.etag.empty()) answer += "ETag: " + reply.etag + "\r\n";
  if (!content_range.empty()) answer += "Content-Range: " + content_range + "\r\n";
  for (const std::string& header : reply.headers) answer += header + "\r\n";
  send_all(connection, answer + "\r\n");
  for (auto waited = std::chrono::milliseconds(0); waited < reply.silence && !stop_;
       waited += std::chrono::milliseconds(20))
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  send_all(connection, body.substr(0, std::min(reply.cut_after, body.size())));
  ::shutdown(connection.get(), SHUT_RDWR);
}

}  // namespace faasc
