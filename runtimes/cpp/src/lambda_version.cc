#include "aws/lambda-runtime/version.h"

namespace aws::lambda_runtime {

unsigned get_version_major() {
  return 0;
}
unsigned get_version_minor() {
  return 0;
}
unsigned get_version_patch() {
  return 0;
}
char const* get_version() {
  return "0.0.0+faasc";
}

}  // namespace aws::lambda_runtime
