#include <string>

#include <google/cloud/functions/function.h>

namespace gcf = ::google::cloud::functions;

gcf::HttpResponse greet(gcf::HttpRequest const& request) {
  std::string const name = request.payload().empty() ? "World" : request.payload();
  return gcf::HttpResponse{}.set_header("Content-Type", "text/plain").set_payload("Hello, " + name + "!\n");
}

// The handler that faas.yaml names. It is called once, before the first request: what takes long belongs
// here.
gcf::Function hello() {
  return gcf::MakeFunction(greet);
}
