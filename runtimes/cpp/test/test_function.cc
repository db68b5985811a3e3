// The function the end-to-end tests drive: what it does is chosen by the path.

#undef NDEBUG
#include <cassert>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string>
#include <thread>

#include <sys/resource.h>

#include <faasc/rt/serve.h>
#include <google/cloud/functions/framework.h>
#include <stdlib.h>

namespace gcf = ::google::cloud::functions;

namespace {

std::string describe(gcf::HttpRequest const& request) {
  std::string text = request.verb() + " " + request.target() + " " + std::to_string(request.version_major()) +
                     "." + std::to_string(request.version_minor()) + "\n";
  for (auto const& [name, value] : request.headers()) {
    if (name != "Function-Execution-Id") text += name + "=" + value + "\n";
  }
  return text + "[" + request.payload() + "]";
}

// Never ends, and the compiler cannot know.
int volatile more = 1;
__attribute__((noinline)) int overflow(int depth) {
  char volatile used[1000];
  used[depth % 1000] = static_cast<char>(depth);
  return more != 0 ? overflow(depth + 1) + used[depth % 7] : 0;
}

gcf::HttpResponse handle(gcf::HttpRequest request) {
  std::string const target = request.target();
  auto const argument = [&](std::string const& path) { return std::atoi(target.c_str() + path.size()); };
  auto const is = [&](std::string const& path) { return target.rfind(path, 0) == 0; };
  gcf::HttpResponse response;
  if (is("/sleep/")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(argument("/sleep/")));
    return response.set_payload("slept");
  }
  if (is("/burn/")) {
    auto const end = std::chrono::steady_clock::now() + std::chrono::microseconds(argument("/burn/"));
    while (std::chrono::steady_clock::now() < end) continue;
    return response.set_payload("burnt " + std::to_string(argument("/burn/")));
  }
  if (is("/throw/int")) throw 1;
  if (is("/throw/")) throw std::runtime_error("it \"broke\"\n" + target);
  if (is("/wrong")) assert(target.empty());
  if (is("/uncaught")) std::thread([] { throw std::runtime_error("nobody sees me"); }).join();
  if (is("/exit/")) std::exit(argument("/exit/"));
  if (is("/crash")) return response.set_result(*static_cast<int volatile*>(nullptr));
  if (is("/overflow")) return response.set_result(overflow(0));
  if (is("/abort")) std::abort();
  if (is("/big/")) return response.set_payload(std::string(static_cast<std::size_t>(argument("/big/")), 'x'));
  if (is("/status/")) return response.set_result(argument("/status/")).set_payload("body");
  if (is("/chunked/empty")) return response.set_header("transfer-encoding", "chunked");
  if (is("/chunked")) return response.set_header("Transfer-Encoding", "chunked").set_payload("in a chunk");
  if (is("/close")) return response.set_header("Connection", "close").set_payload("bye");
  if (is("/length")) return response.set_header("Content-Length", "999").set_payload("four");
  if (is("/header/bad-name")) return response.set_header("a b", "c");
  if (is("/header/bad-value")) return response.set_header("a", "b\r\nSet-Cookie: evil");
  if (is("/header/twice")) return response.set_header("X-One", "1").set_header("x-one", "2");
  if (is("/moved-from")) {
    gcf::HttpResponse const taken = std::move(response);
    return response;
  }
  if (is("/stdout")) {
    std::printf("buffered by stdio");
    std::cout << " and iostreams";
  } else if (is("/hash")) {
    std::size_t sum = 0;
    for (char const c : request.payload()) sum = sum * 31 + static_cast<unsigned char>(c);
    return response.set_payload(std::to_string(request.payload().size()) + " " + std::to_string(sum));
  }
  return response.set_header("Content-Type", "text/plain").set_payload(describe(request));
}

void consume(gcf::CloudEvent event) {
  if (event.id() == "throw") throw std::runtime_error("no such subject");
  std::string line = event.id() + "|" + event.source() + "|" + event.type() + "|" +
                     event.subject().value_or("-") + "|" + event.data_content_type().value_or("-") + "|" +
                     event.data().value_or("-");
  std::cerr << line << std::endl;
}

gcf::Function make() {
  if (std::getenv("TEST_UNSYNCED") != nullptr) std::ios::sync_with_stdio(false);
  if (char const* const descriptors = std::getenv("TEST_DESCRIPTORS")) {
    rlimit const limit{static_cast<rlim_t>(std::atoi(descriptors)),
                       static_cast<rlim_t>(std::atoi(descriptors))};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  if (char const* const delay = std::getenv("TEST_INIT_MS")) {
    std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(delay)));
  }
  if (std::getenv("TEST_INIT_THROWS") != nullptr) throw std::runtime_error("no database");
  return gcf::MakeFunction({{"http", gcf::MakeFunction(handle)}, {"event", gcf::MakeFunction(consume)}});
}

}  // namespace

int main(int argc, char** argv) {
  if (std::getenv("TEST_RUN") != nullptr) return gcf::Run(argc, argv, handle);
  if (std::getenv("FUNCTION_TARGET") == nullptr) ::setenv("FUNCTION_TARGET", "http", 1);
  int const status = faasc::rt::serve(argc, argv, make);
  std::puts("main returns");
  return status;
}
