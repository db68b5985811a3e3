#include "compiler/driver/cache_command.h"
#include "compiler/driver/commands.h"

namespace faasc {
namespace {

constexpr CommandEntry kImageCommands[] = {
    {"image ls", "Images", "list a directory of an image", "faasc image ls -l shop.img:/app",
     configure_image_ls},
    {"image tree", "Images", "draw all that is in an image", "faasc image tree shop.img",
     configure_image_tree},
    {"image cat", "Images", "print a file of an image", "faasc image cat shop.img:/etc/hosts",
     configure_image_cat},
    {"image cp", "Images", "copy files out of an image, or into a copy of it",
     "faasc image cp hosts shop.img:/etc/hosts -o new.img", configure_image_cp},
    {"image diff", "Images", "tell what two images do not have in common", "faasc image diff old.img new.img",
     configure_image_diff},
    {"image verify", "Images", "look for what is wrong with an image",
     "faasc image verify --digests shop.img", configure_image_verify},
    {"image size", "Images", "tell what takes the room in an image, and why it is there",
     "faasc image size --depth 2 shop.img", configure_image_size},
    {"image convert", "Images", "write an image in another format of disks",
     "faasc image convert --to qcow2 shop.img", configure_image_convert},
    {.name = "image import",
     .group = "Images",
     .help = "make an image of a root file system or a container image",
     .example = "faasc image import rootfs.tar -o shop.img",
     .configure = configure_image_import,
     .passes_arguments = true},
    {.name = "image export",
     .group = "Images",
     .help = "write an image's files as an archive or a container image",
     .example = "faasc image export shop.img --to tar",
     .configure = configure_image_export,
     .passes_arguments = true},
};

constexpr CommandEntry kVolumeCommands[] = {
    {"volume create", "Images", "make an empty volume", "faasc volume create data.img --size 64MiB",
     configure_volume_create},
};

// As compilers have them, so that what is written for a compiler's dependencies works.
constexpr CommandEntry kCacheCommands[] = {
    {"cache stats", "", "print how much builds have kept, and where", "faasc cache stats",
     configure_cache_stats},
    {"cache clean", "", "remove all that builds have kept", "faasc cache clean", configure_cache_clean},
    {"cache verify", "", "read all that builds have kept, and remove what is damaged", "faasc cache verify",
     configure_cache_verify},
};

constexpr OptionSpelling kBuildSpellings[] = {{"-MD", "--make-depfile"},
                                              {"-MF", "--depfile"},
                                              {"-MT", "--depfile-target"},
                                              {"-MQ", "--depfile-quoted-target"},
                                              {"-MP", "--depfile-phony"}};

constexpr CommandEntry kCommands[] = {
    {"init", "Functions", "begin a project from a template or another tool's file",
     "faasc init shop --template cpp-http", configure_init},
    {.name = "build",
     .group = "Functions",
     .help = "make a bootable image of a function",
     .example = "faasc build shop -o shop.img",
     .configure = configure_build,
     .spellings = kBuildSpellings},
    {"run", "Functions", "boot a function and keep it running", "faasc run shop -p 8080:8080", configure_run},
    {"dev", "Functions", "run a function, and build and start it again whenever its files change",
     "faasc dev shop --vmm process", configure_dev},
    {"invoke", "Functions", "boot a function, call it once, print the answer",
     "faasc invoke shop --data '{\"id\": 7}'", configure_invoke},
    {"test", "Functions", "boot a function and run the tests of its manifest",
     "faasc test shop --junit report.xml", configure_test},
    {"sbom", "Functions", "list what a function's image is made of, as a software bill of materials",
     "faasc sbom shop --as cyclonedx -o shop.cdx.json", configure_sbom},
    {"provenance", "Functions", "say what an image was made of, and sign that",
     "faasc provenance shop --sign ~/.ssh/id_ed25519", configure_provenance},
    {"verify", "Functions", "check an image against its provenance, and that against whom you trust",
     "faasc verify shop.img --allowed-signers signers", configure_verify},
    {"debug", "Functions", "stop a function at its beginning, and let gdb have it",
     "faasc debug shop --break shop.cc:7 --data '{\"id\": 7}'", configure_debug},
    {"spec", "Functions", "write the machine of a function in another VMM's words",
     "faasc spec shop --to libvirt -o shop.xml", configure_spec},
    {"check", "Functions", "read faas.yaml and tell what is wrong with it", "faasc check shop",
     configure_check},
    {"inspect", "Functions", "show what was decided about a function, and what is in its image",
     "faasc inspect shop --why /lib/x86_64-linux-gnu/libm.so.6", configure_inspect},
    {"lock", "Functions", "pin what a function is made of: kernel, interpreter, wheels, modules, libraries",
     "faasc lock shop && faasc build --locked shop", configure_lock},
    {"clean", "Functions", "remove what builds have written", "faasc clean shop", configure_clean},
    {.name = "cache",
     .group = "Functions",
     .help = "show, check and remove what builds have kept for later ones",
     .example = "faasc cache stats",
     .words = "stats clean verify",
     .subcommands = kCacheCommands},
    {"ps", "Machines in the background", "list the machines that 'faasc run --detach' started", "faasc ps",
     configure_ps},
    {"logs", "Machines in the background", "print what a machine has printed", "faasc logs -f shop",
     configure_logs},
    {"stop", "Machines in the background", "stop machines, and wait until they have ended", "faasc stop shop",
     configure_stop},
    {.name = "image",
     .group = "Images and kernels",
     .help = "look into images, compare, check, edit, convert, import and export them",
     .example = "faasc image ls -l shop.img:/",
     .words = "ls tree cat cp diff verify size convert import export",
     .subcommands = kImageCommands},
    {.name = "volume",
     .group = "Images and kernels",
     .help = "make disks for data that outlives the machines that use them",
     .example = "faasc volume create data.img --size 64MiB",
     .words = "create",
     .subcommands = kVolumeCommands},
    {.name = "kernel",
     .group = "Images and kernels",
     .help = "list, pull, build, add and remove the kernels that images boot",
     .example = "faasc kernel pull nanos",
     .configure = configure_kernel,
     .passes_arguments = true,
     .words = "list info verify add pull remove"},
    {"doctor", "About faasc", "look at what this host has for building and running functions", "faasc doctor",
     configure_doctor},
    {"explain", "About faasc", "say more about the code of a message", "faasc explain FAASC0120",
     configure_explain},
    {.name = "completion",
     .group = "About faasc",
     .help = "print a script that completes faasc's command line in a shell",
     .example = "source <(faasc completion bash)",
     .configure = configure_completion,
     .words = "bash zsh fish"},
    {"version", "About faasc", "print the version", "faasc version", configure_version},
};

}  // namespace

std::span<const CommandEntry> command_table() {
  return kCommands;
}

const CommandEntry* find_command(std::string_view name) {
  for (const CommandEntry& command : kCommands) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

const CommandEntry* find_subcommand(const CommandEntry& command, std::string_view name) {
  for (const CommandEntry& below : command.subcommands) {
    if (below.name.substr(command.name.size() + 1) == name) return &below;
  }
  return nullptr;
}

}  // namespace faasc
