#include "compiler/driver/explain/pages.h"

namespace faasc {
namespace {

constexpr ExplainPage kPages[] = {
    {"FAASC0601", "there is no kernel",
     "An image needs a kernel to boot, and neither faasc's store nor that of OPS holds one that fits.",
     "faasc build --kernel nanos@0.1.54   # which was never pulled",
     "Run 'faasc kernel pull nanos', or 'faasc kernel add' with a release that you downloaded."},
    {"FAASC0602", "the kernel is too old",
     "This version of Nanos cannot read the file system that faasc writes.",
     "faasc build --kernel nanos@0.1.40", "Run 'faasc kernel pull nanos' for the newest release."},
    {"FAASC0603", "the kernel is named in a way that means nothing",
     "A kernel is a family (nanos, linux), a family with a version (nanos@0.1.55), a version, or a path.",
     "faasc kernel info nano", "'faasc kernel list' shows what there is."},
    {"FAASC0604", "there is no place for kernels",
     "Kernels are kept in $FAASC_HOME/kernels, else in $XDG_DATA_HOME/faasc or ~/.local/share/faasc, and "
     "none of these is known or usable.",
     "FAASC_HOME=faasc faasc build   # not an absolute path",
     "Set FAASC_HOME to a directory that you may write to."},
    {"FAASC0605", "the record of a kernel cannot be read",
     "Each kernel of the store has a record of its files. This one is damaged, or lies in the wrong "
     "directory.",
     ": >~/.local/share/faasc/kernels/nanos/0.1.55/kernel.json; faasc build",
     "Remove the kernel, and pull or add it again."},
    {"FAASC0606", "a kernel is not what was added",
     "A file of the kernel has another SHA-256 than was recorded. It was damaged, or changed.",
     "cp other-kernel.img ~/.local/share/faasc/kernels/nanos/0.1.55/kernel.img; faasc build",
     "Remove the kernel, and pull or add it again."},
    {"FAASC0610", "this is no kernel that can boot",
     "The kernel's image is not an ELF file for this architecture that a machine could start.",
     "faasc kernel add .   # where 'kernel.img' is a photo",
     "See whether it is the right file; pull the kernel again."},
    {"FAASC0611", "this is no boot loader of Nanos", "boot.img is damaged or something else.",
     "faasc: error: 'release/boot.img' is not the boot loader of Nanos: it is an ELF file, as kernel.img is "
     "[FAASC0611]",
     "Pull the kernel again."},
    {"FAASC0612", "this is no UEFI loader", "bootx64.efi is damaged or something else.",
     "faasc: error: 'release/bootx64.efi' is not the UEFI loader of Nanos: it is not a PE file [FAASC0612]",
     "Pull the kernel again."},
    {"FAASC0613", "this is no klib", "A file of klibs/ is not an ELF file that Nanos can load.",
     "faasc: error: 'release/klibs/tls' is not a kernel library of Nanos: it is not an ELF file [FAASC0613]",
     "Pull the kernel again."},
    {"FAASC0614", "this is no release of Nanos",
     "A release has kernel.img and boot.img, and may have bootx64.efi and klibs/.",
     "faasc kernel add ~/Downloads", "Give the directory or archive that was released, not a part of it."},
    {"FAASC0620", "the kernel's version is not known",
     "Neither its files nor its name say which version it is.", "faasc kernel add ~/nanos/output",
     "Give it with --version."},
    {"FAASC0621", "the kernel is already there",
     "The store holds a kernel of this version with other content.",
     "faasc kernel add my-patched-nanos --version 0.1.55", "Give --force to replace it."},
    {"FAASC0622", "the kernel is not ours to remove", "It belongs to OPS, whose store faasc only reads.",
     "faasc kernel remove nanos@0.1.53   # which lies in ~/.ops",
     "Remove its directory yourself if OPS no longer needs it."},
    {"FAASC0623", "the command line of 'faasc kernel' is not right",
     "An argument is missing, unknown, or means nothing.", "faasc kernel pul",
     "'faasc kernel --help' lists what there is."},
    {"FAASC0630", "the network may not be reached",
     "--offline was given, or FAASC_OFFLINE is set, and what was asked for is not on this host.",
     "faasc --offline kernel pull nanos", "Leave --offline out, or bring the files here by other means."},
    {"FAASC0631", "this is no address to download from", "Addresses begin with https:// (or http://).",
     "faasc kernel pull nanos --url mirror.example.org", "Correct it."},
    {"FAASC0632", "the download failed", "The server could not be reached, or answered with an error.",
     "faasc: error: cannot download 'https://mirror.example.org/latest.txt': the connection broke off "
     "[FAASC0632]",
     "Try again; behind a proxy set https_proxy."},
    {"FAASC0633", "the download is damaged",
     "What came is not what was published: its SHA-256 is another, or it is cut short.",
     "faasc kernel pull nanos@0.1.55 --sha256 0000…", "Try again. If it stays so, do not use what you got."},
    {"FAASC0634", "this version was never published", "The server has no such release.",
     "faasc kernel pull nanos@0.1.999", "Run 'faasc kernel pull nanos' for the newest one."},
    {"FAASC0635", "there is no package manager to ask",
     "Linux kernels come from the distribution's packages, and neither apt-get nor another one that faasc "
     "knows is here.",
     "faasc: error: cannot download a Linux kernel: there is no apt-get on this host [FAASC0635]",
     "Download the package elsewhere, and give it to 'faasc kernel add'."},
    {"FAASC0636", "the package manager knows no kernel", "Its lists are empty or out of date.",
     "docker run debian   # whose lists of packages are empty\n# faasc kernel pull linux",
     "Run 'sudo apt-get update'."},
    {"FAASC0637", "the package manager failed", "Its own words stand in the message.",
     "faasc: error: `apt-get download --quiet linux-image-6.1.0-44-cloud-amd64` failed: … [FAASC0637]",
     "Try the command by hand."},
    {"FAASC0638", "there is no kernel of that family for the processor",
     "Nanos is there for x86_64 and aarch64 ('nanos', 'nanos-aarch64'), Linux for x86_64.",
     "image: {kernel: linux-aarch64}", "Choose one of these."},
    {"FAASC0639", "the files of a release are for several processors",
     "kernel.img, the boot loaders and the klibs of a release are for one: boot.img and bootx64.efi for "
     "x86_64, bootaa64.efi for aarch64.",
     "ls release\nboot.img  bootaa64.efi  kernel.img\nfaasc kernel add release",
     "Keep each release in a directory of its own, and add them one by one."},
    {"FAASC0640", "this is no kernel package", "There is no boot/vmlinuz-… in it, or more than one.",
     "faasc kernel add linux-headers-6.1.0-44-cloud-amd64.deb", "Give one linux-image package."},
    {"FAASC0641", "this Linux image cannot be used", "It is not a bzImage for x86_64 that could be unpacked.",
     "faasc kernel add linux-image-6.1.0-44-armmp.deb",
     "Use the distribution's linux-image package for amd64."},
    {"FAASC0642", "a module is missing",
     "The guest needs a driver that is neither built into this kernel nor among its modules.",
     "faasc kernel add linux-image-6.8.0-31-generic.deb   # without linux-modules-6.8.0-31-generic.deb",
     "Use the 'cloud' or 'generic' kernel; on Ubuntu give linux-modules-… too."},
    {"FAASC0643", "this is no kernel module",
     "A module of the package is damaged, or for another architecture.",
     "faasc: error: module 'virtio_blk' is no kernel module for x86_64 [FAASC0643]",
     "Download the package again."},
    {"FAASC0644", "there is no package with the sources of Linux",
     "Kernels are built from the distribution's own package, linux-source-…, and apt knows none of that "
     "name.",
     "faasc kernel build linux@5.10   # Debian 12 has 6.1",
     "'sudo apt-get update' brings apt's lists up to date; without a version the newest package is taken."},
    {"FAASC0645", "tools for building a kernel are missing",
     "Building a Linux kernel takes a compiler, make, and some smaller programs.",
     "faasc: error: building a kernel takes programs and headers that are not on this host: 'bison', 'flex' "
     "[FAASC0645]",
     "Install the packages that the hint names; they are all the root it takes."},
    {"FAASC0646", "there is no room to build a kernel in",
     "The sources of Linux are 1.5 GB once they are unpacked. This is looked at before anything is "
     "downloaded.",
     "FAASC_CACHE_DIR=/tmp faasc kernel build linux   # where /tmp is in memory",
     "Make room, or set FAASC_CACHE_DIR to a directory on a larger disk."},
    {"FAASC0647", "building the kernel failed",
     "make, or a program that it started, reported an error. The lines shown begin with the first one; the "
     "log has "
     "everything.",
     "faasc: error: building the kernel failed: make ended with status 2 [FAASC0647]",
     "Mend what the lines name (often a compiler too new for these sources: try another series, as in "
     "linux@6.12) and "
     "give the same command again; it goes on where it stopped."},
    {"FAASC0648", "these sources lack an option that functions need",
     "Options of Linux come and go. One without which functions do not run did not take effect in these "
     "sources.",
     "faasc: error: these sources of Linux do not take 'CONFIG_PVH=y', without which functions do not run "
     "[FAASC0648]",
     "Build from another series."},
    {"FAASC0649", "a kernel is being built already",
     "Two builds from the same sources would disturb each other.",
     "faasc kernel build linux & faasc kernel build linux",
     "Wait for the other one, or set FAASC_CACHE_DIR to another directory."},
    {"FAASC0650", "this is no package of Linux' sources",
     "What was downloaded is damaged or not what the distribution's signed lists name, or holds no sources "
     "of Linux.",
     "faasc: error: '…/linux-source-6.1.tar.xz' cannot be unpacked: `tar` failed [FAASC0650]", "Try again."},
    {"FAASC0651", "the choice of a default kernel is damaged",
     "The file 'default' in the kernel store names the kernel for builds that name none, and says nothing of "
     "the kind.",
     "echo plan9 >~/.local/share/faasc/kernels/default",
     "'faasc kernel default KERNEL' writes it anew, 'faasc kernel default --unset' removes it."},
    {"FAASC0652", "image.root says something unknown",
     "image.root is how Linux gets its root. 'ext4': from a disk that can be written to; 'erofs': from a "
     "smaller disk "
     "that is only read, and what is written stays in memory; 'initramfs': from an archive that is loaded "
     "into memory "
     "with the kernel, without any disk.",
     "image: {root: squashfs}", "Write one of these words."},
    {"FAASC0653", "network.address6 is no address that the guest can have",
     "network.address6 is an IPv6 address with its prefix length. On Nanos that is always 64. Addresses that "
     "routers announce "
     "come besides, and a router announces itself.",
     "network: {address6: 'fd00::2'}", "Write an address like 'fd00::2/64'."},
    {"FAASC0660", "a hard link names no file",
     "A second name can only be given to a file that is in the image; not to a directory or a symbolic link.",
     "faasc: error: guest path '/x' is to be another name of '/z', which is a directory [FAASC0660]",
     "Make it a symbolic link, or leave it out."},
    {"FAASC0680", "'faasc image import' or 'export' was not understood",
     "An argument is missing, unknown, or has a value that means nothing.",
     "faasc image export shop.img --to zip",
     "'faasc image import --help' and 'faasc image export --help' list what they take."},
    {"FAASC0661", "there is no ext4 file system",
     "What is to be read as ext2, ext3 or ext4 does not begin like one.",
     "faasc: error: not an ext4 file system: there is no superblock at byte 1024 [FAASC0661]",
     "See whether it is the right file, and complete."},
    {"FAASC0662", "the ext4 file system is damaged",
     "Its parts contradict each other, or it is cut off. Nothing of it is believed then.",
     "head -c 1M rootfs.ext4 >copy.ext4; faasc image ls copy.ext4",
     "Copy or build it again; 'e2fsck -f' may mend a copy of what cannot be made again."},
    {"FAASC0663", "the ext4 file system uses what faasc does not read",
     "Encrypted files, files inside of inodes and journals on other devices are left to the kernel.",
     "faasc image ls disk.ext4   # made by 'mkfs.ext4 -O inline_data'", "Mount it and work on the files."},
    {"FAASC0664", "this is no image to look into",
     "Neither at the beginning nor in a partition there is a file system of Nanos (TFS) or Linux (ext4).",
     "faasc image ls kernel.img", "See whether it is the right file, and complete."},
    {"FAASC0665", "the image has no such path",
     "A name on the way is missing, or is no directory. Symbolic links are followed within the image.",
     "faasc image ls shop.img:/etc/hsots", "'faasc image tree' draws all that is there."},
    {"FAASC0666", "the image has no such partition",
     "Every image has a root. Nanos' disks have a partition 'boot' with the kernel where they boot by "
     "themselves, "
     "and disks for UEFI one that is called 'esp'.",
     "faasc image ls --part boot volume.img", "Leave out --part, or name a partition that is there."},
    {"FAASC0667", "the path is of the wrong kind",
     "A file is needed where a directory is, or the other way round.", "faasc image cat shop.img:/etc",
     "'faasc image ls -l' tells what is what."},
    {"FAASC0668", "there is something already",
     "A directory is copied out of an image as a whole, to where nothing is: mixing it with what is there "
     "could "
     "overwrite files.",
     "faasc image cp shop.img:/ .", "Name a path where nothing is."},
    {"FAASC0670", "something is wrong with the image",
     "'faasc image verify' found it: partitions that overlap, bytes that two files claim, no program to run. "
     "The image can be read as far as the message does not say otherwise.",
     "faasc image verify shop.img\nshop.img: error: partition 2: ends at byte 35880448, but the disk has "
     "2867200 [FAASC0670]",
     "Copy or build the image again."},
    {"FAASC0671", "a copy of the image would lose something",
     "Copying files into an image writes its root file system anew. What something else than faasc wrote can "
     "have owners, attributes and a journal, and any image devices, that would not be in the copy. What is "
     "faasc's own in an initramfs, its init and modules, is not replaced.",
     "faasc image cp hosts debian.ext4:/etc/hosts -o new.ext4   # where files belong to several users",
     "Build an image with these files, or mount this one."},
    {"FAASC0672", "this cannot be copied into an image", "Only files, directories and symbolic links can.",
     "mkfifo queue; faasc image cp queue shop.img:/run/queue -o new.img", "Leave it out."},
    {"FAASC0673", "an EROFS cannot hold this",
     "A link has too long a target, a label too many letters, or a file of the host is none or changed while "
     "it was "
     "read.",
     "faasc: error: an EROFS cannot hold the symbolic link '/link', whose target has 4096 bytes; … "
     "[FAASC0673]",
     "Leave it out, or use 'root: ext4'."},
    {"FAASC0674", "the EROFS is damaged", "The file system does not add up, or ends too soon.",
     "head -c 1500 hello.img >copy.img; faasc image ls copy.img   # of an image with 'root: erofs'",
     "Copy it again, or build the image again."},
    {"FAASC0675", "the EROFS uses what faasc does not read",
     "faasc writes EROFS without compression, and reads it. Compressed files, files in pieces and several "
     "disks are "
     "read by Linux only.",
     "faasc image ls disk.erofs   # made by 'mkfs.erofs -zlz4'", "Mount it and work on the files."},
    {"FAASC0676", "image.size is too small for the EROFS",
     "The size is that of the whole disk, with what it boots from.",
     "faasc: error: a disk of 8KiB is too small by 492KiB: it needs 500KiB [FAASC0676]",
     "Give it as much as the message says, or leave the size open."},
    {"FAASC0677", "the initramfs is damaged",
     "An initramfs is one archive (cpio, newc) after the other. Here something else begins, or an entry is "
     "cut off. "
     "Compressed ones are not read.",
     "head -c 300 hello.img >copy.img; faasc image ls copy.img   # of an image with 'root: initramfs'",
     "Copy it again, or build the image again."},
    {"FAASC0678", "image.root cannot do this",
     "With 'initramfs' there is no disk: nothing that could boot by itself, have a size or a format, or be "
     "converted. "
     "All files are in memory, twice while they are unpacked; and what is written to an EROFS or an "
     "initramfs is, too.",
     "image: {root: initramfs, boot: bios}",
     "Remove the other key, give the machine more memory, or use 'root: ext4'."},
    {"FAASC0679", "the kernel cannot have this root",
     "A kernel of a distribution has EROFS as a module, which faasc stores with the kernel since it knows "
     "'root: erofs'; kernels that were stored before lack it.",
     "image: {root: erofs}", "Get the kernel again, with the command of the hint."},
    {"FAASC0765", "the image does not say what it runs",
     "The root of a Nanos image names the program, its arguments and its environment; on Linux a file for "
     "faasc's "
     "init does. Without, a process cannot be started from it either.",
     "faasc run --vmm process debian.img   # which has an init of its own",
     "Run it as a virtual machine, or build an image with faasc."},
    {"FAASC0690", "another VMM cannot run this machine",
     "'faasc spec' writes the machine in another program's words, and that program lacks what this machine "
     "needs: a "
     "format of disks, a way to boot, a number of processors.",
     "faasc spec shop --to firecracker    # image: {format: qcow2}", "Build the image as the hint says."},
    {"FAASC0691", "another VMM is not told of something",
     "The file that 'faasc spec' wrote runs the function, but part of what faasc itself would do has no "
     "place in it. "
     "The message names that part.",
     "faasc spec shop --to firecracker", "See to it by other means, or do without."},
    {"FAASC0692", "the image says nothing of this mount",
     "'faasc run' can mount volumes and directories that the image knows nothing of: it tells the guest when "
     "it "
     "starts. Where another program starts the machine, the guest mounts what 'mounts' in faas.yaml said "
     "when its "
     "image was built.",
     "faasc spec shop --to libvirt --volume data.img:/data   # and no 'mounts' in faas.yaml",
     "Write 'mounts: [{label: data, path: /data}]' into faas.yaml, and build again."},
    {"FAASC0854", "a kernel did not start a program",
     "'faasc kernel verify --boot' starts a small program with the kernel in every way that its files are "
     "for: loaded by the VMM, by a BIOS and by UEFI. The machine ended, or time went by, before the program "
     "ran. With Nanos that is mostly a 'boot.img' or 'bootx64.efi' of another release: such a file does not "
     "tell which one it belongs to, and loads only kernels whose file system it can read.",
     "cp old/boot.img release/ && faasc kernel add release --version 0.1.55 && faasc kernel verify --boot "
     "nanos@0.1.55",
     "Take all files from one release, and add it again with '--force'."},
    {"FAASC0855", "a boot.img belongs to another release than its kernel.img",
     "Nanos' BIOS loader reads the kernel from a file system, whose format had another version before Nanos "
     "0.1.47. The code of this boot.img compares with that older version alone, so that a disk with it would "
     "not boot. What is not as old as that cannot be told apart so; a start with 'faasc kernel verify "
     "--boot' "
     "does.",
     "cp ~/.ops/0.1.46/boot.img release/ && faasc kernel add release --version 0.1.55",
     "Take all files from one release."},
    {"FAASC0741", "Nanos' file system cannot take an edit",
     "What a guest is to find for one run only is written as one more record into the log of its root file "
     "system, in "
     "an overlay of the image. This record is larger than a part of the log, or the log is full in a way "
     "that leaves no "
     "room for a link to a new part.",
     "faasc: error: the log ends where it is full, without room for a link [FAASC0741]",
     "Build the image again, or give it less."},
    {"FAASC0742", "a guest cannot be told that much",
     "The init of Linux images takes a limited number of environment variables and mounts.",
     "faasc: error: there are 40 mounts; at most 32 are possible [FAASC0742]", "Give fewer."},
};

}  // namespace

std::span<const ExplainPage> machine_pages() {
  return kPages;
}

}  // namespace faasc
