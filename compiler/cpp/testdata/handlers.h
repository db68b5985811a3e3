#pragma once

#include <google/cloud/functions/function.h>

bool answers();
google::cloud::functions::Function elsewhere();
int unrelated_in_header(int);
inline google::cloud::functions::Function in_header() {
  return google::cloud::functions::MakeFunction(
      [](google::cloud::functions::HttpRequest const&) { return google::cloud::functions::HttpResponse{}; });
}
