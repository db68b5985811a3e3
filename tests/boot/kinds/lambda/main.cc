#include <chrono>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#include <aws/lambda-runtime/runtime.h>

using aws::lambda_runtime::invocation_request;
using aws::lambda_runtime::invocation_response;

static invocation_response handle(invocation_request const& request) {
  std::string const& event = request.payload;
  if (event == "\"throw\"") throw std::out_of_range("out of stock");
  if (event == "\"fail\"") return invocation_response::failure("sold out", "StockError");
  if (event == "\"sleep\"") std::this_thread::sleep_for(std::chrono::milliseconds(2600));
  if (event == "\"nap\"") std::this_thread::sleep_for(std::chrono::milliseconds(1500));
  if (event == "\"big\"")
    return invocation_response::success(std::string((6 << 20) + 101, 'x'), "text/plain");
  return invocation_response::success(event, "application/json");
}

int main() {
  aws::lambda_runtime::run_handler(handle);
  return 0;
}
