#include "faasc/rt/serve.h"
#include "src/run.h"

namespace faasc::rt {

namespace gcf = google::cloud::functions;

namespace {

template <typename Handler>
int serve_handler(int argc, char** argv, Handler handler) {
  return run(
      argc, argv,
      [](void* context) { return gcf::MakeFunction(gcf::UserHttpFunction(*static_cast<Handler*>(context))); },
      &handler);
}

}  // namespace

int serve(int argc, char** argv, gcf::HttpResponse (*handler)(gcf::HttpRequest const&)) {
  return serve_handler(argc, argv, handler);
}
int serve(int argc, char** argv, gcf::HttpResponse (*handler)(gcf::HttpRequest)) {
  return serve_handler(argc, argv, handler);
}
int serve(int argc, char** argv, gcf::HttpResponse (*handler)(gcf::HttpRequest&&)) {
  return serve_handler(argc, argv, handler);
}

}  // namespace faasc::rt
