#include <string>
#include <vector>

#include "base/interrupt.h"
#include "compiler/driver/kernel_program/kernel_commands.h"

int main(int argc, char** argv) {
  faasc::catch_interrupts();
  return faasc::kernel_program({argv + (argc > 0 ? 1 : 0), argv + argc});
}
