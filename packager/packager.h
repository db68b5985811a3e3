#pragma once

/// faasc's image writer as a library: `find_package(faasc)`, then link `faasc::packager`.
///
/// A Program (a tree of files and what to run in it) and a Kernel become a disk image: write_nanos_disk() or
/// write_linux_disk(). Both write whole files or none, never read the clock, and give the same bytes for the
/// same input. Failure is a value, Result<T>; nothing throws. docs/packager.md shows a whole program.
///
///   rootfs_of_directory   a directory of this host → the tree
///   elf_closure           the libraries that a program's loader will look for
///   KernelStore           the kernels that `faasc kernel pull` fetched
///   write_nanos_disk      the tree, a kernel → a disk that boots by itself and directly
///   write_linux_disk      the same for Linux: root disk and initramfs
///   VmSpec, qemu_command  the machine that runs it
///   open_nanos_disk       what is in a disk

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/result.h"
#include "packager/disk/image.h"
#include "packager/disk/linux_disk.h"
#include "packager/disk/nanos_disk.h"
#include "packager/disk/nanos_disk_reader.h"
#include "packager/kernels/kernel.h"
#include "packager/kernels/kernel_store.h"
#include "packager/rootfs/elf_closure.h"
#include "packager/rootfs/host_directory.h"
#include "packager/rootfs/program.h"
#include "packager/rootfs/rootfs.h"
#include "packager/spec/qemu_command.h"
#include "packager/spec/vm_spec.h"
