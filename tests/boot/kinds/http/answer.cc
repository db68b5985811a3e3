#include "answer.h"

#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#include <google/cloud/functions/function.h>

namespace gcf = ::google::cloud::functions;

gcf::HttpResponse answer_by_path(gcf::HttpRequest const& request) {
  std::string const& target = request.target();
  auto const number_after = [&](char const* path) -> long {
    std::size_t const length = std::char_traits<char>::length(path);
    return target.compare(0, length, path) == 0 ? std::atol(target.c_str() + length) : -1;
  };
  gcf::HttpResponse response;
  if (long const status = number_after("/status/"); status >= 0)
    return response.set_result(static_cast<int>(status)).set_payload("body");
  if (long const size = number_after("/big/"); size >= 0)
    return response.set_payload(std::string(static_cast<std::size_t>(size), 'x'));
  if (long const time = number_after("/sleep/"); time >= 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(time));
    return response.set_payload("slept");
  }
  if (target == "/throw") throw std::runtime_error("out of stock");
  if (target == "/size") return response.set_payload(std::to_string(request.payload().size()));
  if (target == "/chunked")
    return response.set_header("Transfer-Encoding", "chunked").set_payload("in a chunk");
  if (target == "/bad-header") return response.set_header("X-Bad", "line\r\nbreak");
  response.set_header("Content-Type", "text/plain");
  return response.set_payload(request.verb() + " " + target + " [" + request.payload() + "]");
}

gcf::Function answer() {
  return gcf::MakeFunction(answer_by_path);
}
