#include <cstdlib>
#include <utility>

#include "faasc/rt/serve.h"
#include "src/lambda_function.h"
#include "src/run.h"

namespace faasc::rt {
namespace {

int serve_handler(int argc, char const* const argv[], LambdaHandler handler) {
  return run(
      argc, argv,
      [](void* context) { return make_lambda_function(std::move(*static_cast<LambdaHandler*>(context))); },
      &handler);
}

}  // namespace

int serve(
    int argc, char** argv,
    aws::lambda_runtime::invocation_response (*handler)(aws::lambda_runtime::invocation_request const&)) {
  return serve_handler(argc, argv, handler);
}

int serve(int argc, char** argv,
          aws::lambda_runtime::invocation_response (*handler)(aws::lambda_runtime::invocation_request)) {
  return serve_handler(argc, argv, handler);
}

}  // namespace faasc::rt

namespace aws::lambda_runtime {

void run_handler(std::function<invocation_response(invocation_request const&)> const& handler) {
  char const* const no_arguments[] = {"function", nullptr};
  // The caller's main() would go on to return 0.
  if (int const status = faasc::rt::serve_handler(1, no_arguments, handler); status != 0) std::exit(status);
}

}  // namespace aws::lambda_runtime
