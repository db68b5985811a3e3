// A static program that needs what libfaasrt keeps out of others: the resolver, from two threads, and the
// name of an exception's type. Prints what came of it.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <stdexcept>
#include <string>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <faasc/rt/serve.h>
#include <google/cloud/functions/function.h>
#include <netdb.h>

namespace {

std::string address_of(char const* name) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (int const error = ::getaddrinfo(name, nullptr, &hints, &found); error != 0)
    return ::gai_strerror(error);
  char text[INET_ADDRSTRLEN] = "";
  ::inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in*>(found->ai_addr)->sin_addr, text, sizeof text);
  ::freeaddrinfo(found);
  return text;
}

}  // namespace

int main(int argc, char** argv) {
  namespace gcf = ::google::cloud::functions;
  // Links the server, and does not start it.
  if (argc > 100)
    return faasc::rt::serve(argc, argv, +[](gcf::HttpRequest const&) { return gcf::HttpResponse{}; });
  std::printf("%s\n", address_of("localhost").c_str());
  std::thread([] { std::printf("%s\n", address_of("localhost").c_str()); }).join();
  std::fflush(stdout);
  throw std::runtime_error("nobody sees me");
}
