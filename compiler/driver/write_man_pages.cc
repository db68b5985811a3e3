// Writes the manual into a directory, for installation. usage: faasc-man DIRECTORY

#include <cstdio>
#include <filesystem>

#include "base/file.h"
#include "compiler/driver/man_page.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: faasc-man DIRECTORY\n", stderr);
    return 2;
  }
  std::filesystem::path directory = argv[1];
  auto made = faasc::make_directories(directory);
  for (const faasc::ManPage& page : faasc::man_pages()) {
    if (made) made = faasc::write_file(directory / page.file_name, page.text);
  }
  if (made) return 0;
  std::fprintf(stderr, "faasc-man: %s\n", made.error().what.c_str());
  return 1;
}
