#include <google/cloud/functions/function.h>

#include <cstdlib>
#include <string>

#include "currency.h"
#include "tax.h"

namespace gcf = ::google::cloud::functions;

gcf::Function receipt() {
  return gcf::MakeFunction([](gcf::HttpRequest const& request) {
    long net = std::atol(request.target().c_str() + 1);
    return gcf::HttpResponse{}.set_payload(std::to_string(net) + " " LABEL ", " + std::to_string(with_tax(net)) +
                                           " gross, " + kCurrency + "\n");
  });
}
