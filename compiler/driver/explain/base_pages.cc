#include "compiler/driver/explain/pages.h"

namespace faasc {
namespace {

constexpr ExplainPage kPages[] = {
    {"FAASC0901", "a file cannot be opened, read or written",
     "The operating system refused; the message ends with its reason.",
     "faasc: error: cannot open 'faas.yaml': Permission denied",
     "Check that the path is right and that you may read or write it."},
    {"FAASC0902", "the disk is full",
     "A file could not be written to its end: the file system, a quota or a limit on file sizes is "
     "exhausted. Nothing half-written was left behind.",
     "faasc: error: cannot write 'hello.img': No space left on device",
     "Make room on the file system that the message names. An image needs about as much as the files in it, "
     "twice while it is written."},
    {"FAASC0903", "a file is shorter than it should be",
     "A file ended before all of it was read. It was cut short, or is being written by another program.",
     "faasc run hello.img   # while hello.img is still being copied",
     "Make the file again, and do not change files while they are being read."},
    {"FAASC0904", "a file is too large",
     "The file is larger than anything that is sensible in its place; the message says how large it may be.",
     "faasc check -f hello.img", "See whether it is the right file."},
    {"FAASC0905", "a program cannot be started",
     "faasc needs another program, and it is not installed, not in PATH, or not executable.",
     "faasc run shop   # on a host without QEMU", "Install what the message names."},
    {"FAASC0906", "a program took too long",
     "A program that faasc started did not end within its time, and was stopped.",
     "faasc: error: 'qemu-img' did not end within 60s", "Try it by hand, with -v to see its command line."},
    {"FAASC0907", "interrupted",
     "A signal, such as that of Ctrl-C, asked faasc to stop. Unfinished files were removed.",
     "faasc build   # and Ctrl-C", "Start it again; what was finished is not done twice."},
};

}  // namespace

std::span<const ExplainPage> base_pages() {
  return kPages;
}

}  // namespace faasc
