#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#include <google/cloud/functions/cloud_event.h>

void consume(google::cloud::functions::CloudEvent event) {
  if (event.type() == "test.throw") throw std::invalid_argument("out of stock");
  if (event.type() == "test.sleep")
    std::this_thread::sleep_for(std::chrono::milliseconds(std::atoi(event.data()->c_str())));
  std::string const data = event.data().value_or("-");
  // Where the data is long, its length says enough.
  std::string const shown = data.size() > 200 ? std::to_string(data.size()) + " bytes" : data;
  std::printf("event %s|%s|%s|%s|%s|%s\n", event.id().c_str(), event.source().c_str(), event.type().c_str(),
              event.subject().value_or("-").c_str(), event.data_content_type().value_or("-").c_str(),
              shown.c_str());
}
