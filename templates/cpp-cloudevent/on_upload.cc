#include <iostream>

#include <google/cloud/functions/function.h>

namespace gcf = ::google::cloud::functions;

void log_upload(gcf::CloudEvent const& event) {
  if (event.type() != "google.cloud.storage.object.v1.finalized") return;
  std::cout << "new object: " << event.subject().value_or("(without a name)") << "\n";
}

// The handler that faas.yaml names. It is called once, before the first event: what takes long belongs here.
gcf::Function on_upload() {
  return gcf::MakeFunction(log_upload);
}
