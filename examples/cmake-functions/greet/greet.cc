#include "greeting.h"

#include <google/cloud/functions/function.h>

namespace gcf = ::google::cloud::functions;

gcf::HttpResponse answer(gcf::HttpRequest const& request) {
  return gcf::HttpResponse{}.set_payload(kGreeting + request.payload() + "!\n");
}

gcf::Function greet() {
  return gcf::MakeFunction(answer);
}
