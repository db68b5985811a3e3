#pragma once

#include <chrono>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <gtest/gtest.h>
#include <unistd.h>

#include "base/file.h"

// What a program that was built answers, for tests that start it.

namespace faasc {

/// Waits for the server to listen; empty when it never does.
inline std::string get(int port, const std::string& request) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  for (int attempt = 0; attempt < 400; ++attempt) {
    Fd socket(::socket(AF_INET, SOCK_STREAM, 0));
    if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(25));
      continue;
    }
    EXPECT_TRUE(write_all(socket, request, "socket"));
    std::string reply;
    char buffer[4096];
    for (ssize_t count; (count = ::read(socket.get(), buffer, sizeof buffer)) > 0;)
      reply.append(buffer, static_cast<std::size_t>(count));
    return reply;
  }
  return {};
}

inline std::string body(const std::string& reply) {
  std::size_t end = reply.find("\r\n\r\n");
  return end == std::string::npos ? reply : reply.substr(end + 4);
}

}  // namespace faasc
