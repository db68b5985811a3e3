#pragma once

// What a generated main() needs, and nothing else: it includes no other header, so that it costs nothing to
// compile.
//
//   namespace shop { google::cloud::functions::Function price(); }
//   int main(int argc, char** argv) { return faasc::rt::serve(argc, argv, shop::price); }

namespace google {
namespace cloud {
namespace functions {
inline namespace v1_3 {
class CloudEvent;
class Function;
class HttpRequest;
class HttpResponse;
}  // namespace v1_3
}  // namespace functions
}  // namespace cloud
}  // namespace google

namespace aws {
namespace lambda_runtime {
struct invocation_request;
class invocation_response;
}  // namespace lambda_runtime
}  // namespace aws

namespace faasc {
namespace rt {

/// Calls `make` once, then listens on $PORT and serves the function it returned until SIGTERM. Returns the
/// exit status: 0 after an orderly stop, 1 where the server could not start (the reason is a line on stderr).
int serve(int argc, char** argv, google::cloud::functions::Function (*make)());

/// The same for a handler itself, in each way it may take its argument.
int serve(int argc, char** argv,
          google::cloud::functions::HttpResponse (*handler)(google::cloud::functions::HttpRequest const&));
int serve(int argc, char** argv,
          google::cloud::functions::HttpResponse (*handler)(google::cloud::functions::HttpRequest));
int serve(int argc, char** argv,
          google::cloud::functions::HttpResponse (*handler)(google::cloud::functions::HttpRequest&&));
int serve(int argc, char** argv, void (*handler)(google::cloud::functions::CloudEvent const&));
int serve(int argc, char** argv, void (*handler)(google::cloud::functions::CloudEvent));
int serve(int argc, char** argv, void (*handler)(google::cloud::functions::CloudEvent&&));
int serve(
    int argc, char** argv,
    aws::lambda_runtime::invocation_response (*handler)(aws::lambda_runtime::invocation_request const&));
int serve(int argc, char** argv,
          aws::lambda_runtime::invocation_response (*handler)(aws::lambda_runtime::invocation_request));

}  // namespace rt
}  // namespace faasc
