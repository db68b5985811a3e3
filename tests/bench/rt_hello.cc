// The hello function of serve_hello.cc, as faasc links one.

#include <faasc/rt/serve.h>
#include <google/cloud/functions/function.h>

namespace gcf = ::google::cloud::functions;

int main(int argc, char** argv) {
  return faasc::rt::serve(
      argc, argv, +[](gcf::HttpRequest const&) {
        return gcf::HttpResponse{}.set_header("Content-Type", "text/plain").set_payload("Hello, World!\n");
      });
}
