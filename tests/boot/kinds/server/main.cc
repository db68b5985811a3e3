#include <google/cloud/functions/framework.h>

#include "answer.h"

int main(int argc, char** argv) {
  return google::cloud::functions::Run(argc, argv, answer_by_path);
}
