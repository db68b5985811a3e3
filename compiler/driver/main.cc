#include "compiler/driver/driver.h"

int main(int argc, char** argv) {
  return faasc::run_faasc(argc, argv);
}
