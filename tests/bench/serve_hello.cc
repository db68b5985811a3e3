// Compares how a hello function is served to many clients at once: libfaasrt as a process of this host, Go's
// net/http, and nginx's `return 200`. The servers take turns on the same processors, with wrk beside them, so
// that a busy machine is busy for all of them. Prints medians of requests per second and of the 99th
// percentile of the latency, and both as ratios to Go's and nginx's.
//
// Needs wrk, and measures what it finds of go and nginx; it says what is missing.
//
// usage: serve_hello [--runs N] [--seconds N] [--connections N] HELLO
// HELLO is the program to measure (the build's rt_hello): it serves on $PORT.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>

#include <signal.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "tests/bench/median.h"

namespace {

using namespace faasc;
using bench::median;
namespace fs = std::filesystem;

constexpr const char* kGoServer = R"(package main

import (
	"io"
	"net/http"
	"os"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "Hello, World!\n") })
	http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), nil)
}
)";

[[noreturn]] void stop(const std::string& why) {
  std::fprintf(stderr, "serve_hello: %s\n", why.c_str());
  std::exit(1);
}

template <typename T>
T must(Result<T> result) {
  if (!result) stop(to_text(result.error(), Color::Off));
  return std::move(*result);
}

int free_port() {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
    stop("no free port");
  return ntohs(address.sin_port);
}

bool accepts(int port) {
  Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  return ::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
}

struct Contestant {
  std::string name;
  std::function<Command(int port)> command;
  std::vector<double> per_second, p99_ms;
};

// "  Requests/sec:  89012.34" and "     99%    1.02ms" of wrk --latency.
double number_behind(const std::string& text, std::string_view label, std::string* unit = nullptr) {
  std::size_t at = text.find(label);
  if (at == text.npos) stop("wrk printed no '" + std::string(label) + "':\n" + text);
  char* end = nullptr;
  double value = std::strtod(text.c_str() + at + label.size(), &end);
  if (unit != nullptr) unit->assign(end, std::strcspn(end, "\n"));
  return value;
}

void measure(Contestant& contestant, int seconds, int connections) {
  int port = free_port();
  Child server = must(Child::spawn(contestant.command(port), {.out = Stream::Null, .err = Stream::Null}));
  for (int tries = 0; !accepts(port); ++tries) {
    if (tries == 500 || server.try_wait()) stop(contestant.name + " does not serve");
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  Finished wrk = must(
      run({.argv = {"wrk", "-t1", "-c" + std::to_string(connections), "-d" + std::to_string(seconds) + "s",
                    "--latency", "http://127.0.0.1:" + std::to_string(port) + "/"}}));
  if (!wrk.status.ok() || wrk.out.find("Non-2xx") != std::string::npos ||
      wrk.out.find("Socket errors") != std::string::npos)
    stop(contestant.name + " does not answer well:\n" + wrk.out + wrk.err);
  contestant.per_second.push_back(number_behind(wrk.out, "Requests/sec:"));
  std::string unit;
  double p99 = number_behind(wrk.out, "99%", &unit);
  contestant.p99_ms.push_back(p99 * (unit == "us" ? 0.001 : unit == "s" ? 1000 : 1));
  server.signal(SIGTERM);
  server.wait();
}

}  // namespace

int main(int argc, char** argv) {
  int runs = 5, seconds = 3, connections = 32;
  std::string hello;
  for (int i = 1; i < argc; ++i) {
    std::string word = argv[i];
    int* number = word == "--runs"          ? &runs
                  : word == "--seconds"     ? &seconds
                  : word == "--connections" ? &connections
                                            : nullptr;
    if (number != nullptr && i + 1 < argc)
      *number = std::atoi(argv[++i]);
    else
      hello = word;
  }
  if (hello.empty()) stop("usage: serve_hello [--runs N] [--seconds N] [--connections N] HELLO");
  if (!find_program("wrk")) stop("wrk is not installed (Debian: apt install wrk)");
  TemporaryDirectory directory = must(TemporaryDirectory::create(fs::temp_directory_path(), "serve-hello-"));

  std::vector<Contestant> contestants;
  contestants.push_back({"libfaasrt",
                         [&](int port) {
                           return Command{.argv = {hello, "--address=127.0.0.1"},
                                          .working_directory = {},
                                          .environment = {{"PORT", std::to_string(port)}}};
                         },
                         {},
                         {}});
  if (find_program("go")) {
    auto written = write_file(directory.path() / "main.go", kGoServer);
    if (!written) stop(written.error().what);
    Finished built = must(run({.argv = {"go", "build", "-o", "hello", "main.go"},
                               .working_directory = directory.path(),
                               .environment = {{"CGO_ENABLED", "0"}}}));
    if (!built.status.ok()) stop("go build failed:\n" + built.err);
    contestants.push_back({"Go net/http",
                           [&](int port) {
                             return Command{.argv = {(directory.path() / "hello").string()},
                                            .working_directory = {},
                                            .environment = {{"PORT", std::to_string(port)}}};
                           },
                           {},
                           {}});
  } else {
    std::printf("go is not installed; Go net/http is not measured\n");
  }
  if (auto nginx = find_program("nginx")) {
    contestants.push_back(
        {"nginx return 200",
         [&, nginx](int port) {
           std::string at = directory.path().string();
           std::string text = "daemon off; worker_processes 2; pid " + at +
                              "/pid; error_log /dev/null;\n"
                              "events { worker_connections 1024; }\n"
                              "http { access_log off; keepalive_requests 1000000000;\n"
                              "client_body_temp_path " +
                              at + "/b; proxy_temp_path " + at + "/p; fastcgi_temp_path " + at +
                              "/f;\n"
                              "uwsgi_temp_path " +
                              at + "/u; scgi_temp_path " + at +
                              "/s;\n"
                              "server { listen 127.0.0.1:" +
                              std::to_string(port) +
                              "; location / { return 200 \"Hello, World!\\n\"; } } }\n";
           if (auto written = write_file(at + "/nginx.conf", text); !written) stop(written.error().what);
           return Command{.argv = {nginx->string(), "-c", at + "/nginx.conf", "-p", at, "-e", "/dev/null"},
                          .working_directory = {},
                          .environment = {}};
         },
         {},
         {}});
  } else {
    std::printf("nginx is not installed (Debian: apt install nginx-light); it is not measured\n");
  }

  for (int round = 0; round < runs; ++round)
    for (Contestant& contestant : contestants) measure(contestant, seconds, connections);

  const Contestant& ours = contestants[0];
  std::printf("%-18s %12s %22s %10s %18s\n", "server", "requests/s", "libfaasrt is x times", "p99 ms",
              "libfaasrt is x");
  for (const Contestant& contestant : contestants)
    std::printf("%-18s %12.0f %22.2f %10.2f %18.2f\n", contestant.name.c_str(), median(contestant.per_second),
                median(ours.per_second) / median(contestant.per_second), median(contestant.p99_ms),
                median(ours.p99_ms) / median(contestant.p99_ms));
  std::printf("medians of %d runs of %d s, %d connections\n", runs, seconds, connections);
  return 0;
}
