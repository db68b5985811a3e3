// Writes a disk that boots and runs PROGRAM, from a directory that is its root.
#include <iostream>

#include <faasc/packager/packager.h>

int main(int argc, char** argv) {
  if (argc != 4) return std::cerr << "usage: bootable_disk DIRECTORY PROGRAM OUT\n", 2;
  auto write = [&]() -> faasc::Result<faasc::Image> {
    faasc::Program program{.executable = argv[2], .argv = {argv[2]}};
    FAASC_TRY(program.rootfs, faasc::rootfs_of_directory(argv[1]));
    FAASC_TRY(faasc::KernelStore store, faasc::KernelStore::open());
    FAASC_TRY(faasc::Kernel kernel, store.find(faasc::KernelFamily::Nanos));
    return faasc::write_nanos_disk({.program = program, .kernel = kernel}, argv[3]);
  };
  auto image = write();
  if (!image) return std::cerr << to_text(image.error(), faasc::Color::Off), 1;
  std::cout << image->path << " has " << image->size_bytes << " bytes\n";
}
