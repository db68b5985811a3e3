#include <string>
#include <vector>

#include "base/interrupt.h"
#include "compiler/driver/archive_program/archive_program.h"

int main(int argc, char** argv) {
  faasc::catch_interrupts();
  return faasc::archive_program({argv + (argc > 0 ? 1 : 0), argv + argc});
}
