#include "faasc/rt/serve.h"
#include "src/run.h"

namespace faasc::rt {

int serve(int argc, char** argv, google::cloud::functions::Function (*make)()) {
  return run(
      argc, argv,
      [](void* context) { return (*static_cast<google::cloud::functions::Function (**)()>(context))(); },
      &make);
}

}  // namespace faasc::rt
