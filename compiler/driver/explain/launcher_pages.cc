#include "compiler/driver/explain/pages.h"

namespace faasc {
namespace {

constexpr ExplainPage kPages[] = {
    {"FAASC0701", "QEMU is not installed", "Machines are run by QEMU, and it is not in PATH.",
     "faasc: error: QEMU is not installed: there is no 'qemu-system-x86_64' in PATH [FAASC0701]",
     "Install it (Debian, Ubuntu: apt install qemu-system-x86; for images of aarch64 qemu-system-arm)."},
    {"FAASC0702", "KVM cannot be used",
     "Hardware virtualisation was asked for, and /dev/kvm is missing, not yours to open, or does not work.",
     "faasc run --accel kvm",
     "Join the group that owns /dev/kvm, enable virtualisation in the firmware, or use '--accel tcg', which "
     "needs nothing but is slower."},
    {"FAASC0703", "the port cannot be had",
     "Another program listens on this port of the host, or it is below 1024 and you are not root.",
     "faasc run --port 80", "Choose another port, or 0 for any that is free."},
    {"FAASC0704", "QEMU refused",
     "QEMU did not accept the machine, or gave up; its own words stand in the message.",
     "faasc: error: QEMU would not run the machine: cannot set up guest memory 'pc.ram' [FAASC0704]",
     "See the message; an old QEMU may lack a device."},
    {"FAASC0705", "QEMU stopped answering", "QEMU runs, but no longer answers faasc's questions.",
     "faasc: error: QEMU does not answer: it has closed the connection [FAASC0705]",
     "Start again. If it happens again, please report it."},
    {"FAASC0706", "the machine's kernel is missing",
     "The .vm.json names a kernel that is no longer where it was, and the disk cannot boot without.",
     "faasc kernel remove nanos@0.1.54\nfaasc run hello.img   # which was built with it, and with 'image: "
     "{boot: direct}'",
     "Pull the kernel again, or build again."},
    {"FAASC0707", "this machine cannot boot this image",
     "Some kinds of machines can only start a kernel directly, others only a disk.",
     "faasc run --machine microvm hello.img   # on a host without the image's kernel",
     "Leave the choice of the machine to faasc."},
    {"FAASC0710", "the guest exited with an error",
     "The program ended with a status other than 0. The last lines of its output stand in the message.",
     "int main() { return 3; }   // or std::exit(3)", "Read what it wrote; 'faasc run' shows all of it."},
    {"FAASC0711", "a signal ended the guest's program",
     "The program crashed: it used memory that is not its own, aborted, or the like.",
     "Receipt price(Order const& order) { return {order.items[99].cents}; }   // of three\n\nfaasc: error: "
     "the guest was ended by signal 11 (SIGSEGV) [FAASC0711]",
     "Read what it wrote; a C++ function can be tried on the host with a sanitizer."},
    {"FAASC0712", "the guest crashed",
     "The machine was reset or its kernel stopped. Too little memory is the most frequent reason.",
     "resources: {memory: 32MiB}   # for a function that needs 200 MiB\n\nfaasc: error: the guest reset "
     "itself, which is what a triple fault looks like [FAASC0712]",
     "Raise resources.memory. If that does not help, please report it with the output."},
    {"FAASC0713", "the guest did not get ready in time",
     "Nothing answered within limits.init_timeout. The last lines of its output stand in the message.",
     "limits: {init_timeout: 2s}   # for a function that loads its model for ten",
     "Make initialisation faster or raise limits.init_timeout. Without KVM everything takes much longer."},
    {"FAASC0714", "QEMU was killed",
     "A signal from outside ended QEMU; on a host that runs out of memory, that is the kernel's. It is no "
     "fault "
     "of the function's: the exit status is 6.",
     "faasc: error: the guest was lost: QEMU was ended by signal 9 (SIGKILL) [FAASC0714]",
     "Make room, and start again."},
    {"FAASC0715", "the guest ended too early",
     "The program ended well, but a function should serve until it is told to stop.",
     "// signature: server\nint main() {\n  std::thread(serve).detach();\n}",
     "See whether main() returns; with signature: server it must keep listening."},
    {"FAASC0716", "the guest did not stop in time",
     "It was told to stop, did not within limits.grace_period, and was ended.",
     "std::signal(SIGTERM, SIG_IGN);", "End long work when SIGTERM arrives, or raise limits.grace_period."},
    {"FAASC0720", "no connection to the guest",
     "Nothing accepts connections on the port that leads to the function.",
     "http: {port: 8080}\n\n// signature: server\nlisten_on(9090);",
     "See whether the guest still runs, and whether it serves on http.port."},
    {"FAASC0721", "the request took too long", "No complete answer came within limits.timeout.",
     "limits: {timeout: 1s}\n\nReceipt price(Order const&) { std::this_thread::sleep_for(5s); … }",
     "Make the function faster, or raise limits.timeout."},
    {"FAASC0722", "this is no HTTP response",
     "What the guest sent is not HTTP, ends too soon, or is larger than allowed.",
     "// signature: server\nwrite(client, \"hello\\n\", 6);   // without \"HTTP/1.1 200 OK\\r\\n…\"",
     "With signature: server, see what your program sends."},
    {"FAASC0723", "this is no regular expression",
     "An expectation of a test holds a regular expression that cannot be read.", "body_regex: '('",
     "Correct it; the syntax is that of ECMAScript."},
    {"FAASC0724", "the VMM is not installed",
     "'--vmm' names Firecracker or Cloud Hypervisor, and their program is not in PATH.",
     "faasc run --vmm firecracker --net tap=tap0",
     "Put 'firecracker' or 'cloud-hypervisor' of the project's releases into PATH, or leave '--vmm' out: "
     "QEMU runs the "
     "same image."},
    {"FAASC0725", "the VMM needs KVM",
     "Firecracker and Cloud Hypervisor emulate no processor: without KVM there is nothing to run the guest, "
     "and a KVM "
     "that is emulated itself takes minutes where QEMU's emulation takes a second.",
     "faasc run --vmm firecracker    (on a host whose KVM runs 4 million instructions per second)",
     "Run it on a host with hardware virtualisation, or leave '--vmm' out. '--accel kvm' insists on a KVM "
     "that crawls."},
    {"FAASC0726", "the VMM cannot do that",
     "Some of what 'faasc run' can ask for only QEMU has: other machines than the VMM's own, firmware, "
     "emulation, ports "
     "of the host that lead to the guest, a debugger's stub.",
     "faasc run --vmm firecracker -p 8080:8080",
     "Connect the guest to a tap device (--net tap=NAME), leave the option out, or leave '--vmm' out."},
    {"FAASC0727", "the VMM refuses the machine",
     "The VMM was told of the machine through its API, and answered that it will not have it so. The message "
     "has its "
     "words.",
     "faasc run --vmm firecracker --memory 1MiB --net tap=tap0",
     "Its words say what it misses; '-v' shows all that it was told. A tap device must not be in use by "
     "another "
     "machine."},
    {"FAASC0728", "the VMM does not answer",
     "The VMM ended before its API could be asked, or did not answer in time.",
     "faasc: error: Firecracker ended before it listened [FAASC0728]",
     "'-v' shows its command line; try that by hand. Another version of it may know other options."},
    {"FAASC0730", "this machine is for another processor",
     "microvm and q35 are machines for x86_64, virt is the one for aarch64; the image decides.",
     "faasc run --machine q35 build/server.img", "Leave '--machine' out."},
    {"FAASC0738", "the tests do not pass to begin with",
     "'faasc test --find-memory' looks for the smallest memory with which all tests pass. It begins with "
     "what the "
     "manifest, or '--memory', says, and with that some test fails already.",
     "faasc test --find-memory --memory 16MiB",
     "See with 'faasc test' what fails, and mend that, or begin with more."},
    {"FAASC0739", "a variable that the host was to give is not set",
     "'--env NAME' without a value gives the guest the value that the variable has on this host, and here it "
     "has "
     "none. A guest that misses a variable would fail later, and less clearly.",
     "faasc run --env API_KEY   # in a shell that does not export it",
     "Set and export the variable, or give the value: --env NAME=VALUE."},
    {"FAASC0740", "the image cannot be told anything for one run",
     "Environment variables, mounts and addresses that are given to 'faasc run' go to a Linux guest on a "
     "small disk "
     "beside its image. The init in this image was built by a faasc that did not know such disks, and would "
     "pass "
     "over it.",
     "faasc run --env A=1 old.img   # built by an earlier faasc, for Linux", "Build the image again."},
    {"FAASC0743", "no such machine runs in the background",
     "'faasc stop' and 'faasc logs' take the name or the id of a machine that 'faasc run --detach' started, "
     "as 'faasc ps' "
     "lists them.",
     "faasc stop shpo   # for 'shop'", "Take a name from 'faasc ps'."},
    {"FAASC0744", "several machines have this name",
     "Machines are called like their functions, unless --name says otherwise, and a function may run more "
     "than once.",
     "faasc run -d -p 0:8080 shop; faasc run -d -p 0:8080 shop; faasc stop shop",
     "Name one by its id, or stop all with --all."},
    {"FAASC0745", "the list of machines is in a directory that is not only yours",
     "What is known of machines in the background lies below $XDG_RUNTIME_DIR, or in a directory of /tmp. "
     "Others could "
     "write to the one that is there, and so decide what 'faasc stop' ends.",
     "faasc: error: '/tmp/faasc-1000' is not a directory that only this user can write to [FAASC0745]",
     "Remove the directory, or set XDG_RUNTIME_DIR to one of your own."},
    {"FAASC0746", "the process that kept a machine was killed",
     "A machine in the background is kept by a process of faasc's. Somebody, perhaps the kernel for lack of "
     "memory, has "
     "killed it, and the machine has ended with it.",
     "faasc run -d shop; pkill -9 -f 'faasc run'; faasc stop shop",
     "Start it again. 'dmesg' says whether memory was short."},
    {"FAASC0747", "a volume or a shared directory is not named as it should be",
     "--volume takes a file and a path in the guest, FILE:/PATH, and --share a directory, DIR:/PATH; ':ro' "
     "at the end "
     "lets the guest only read. Where faas.yaml mounts the volume's label itself, FILE alone will do. "
     "Nothing can be "
     "mounted over the root or below /dev, /proc and /sys.",
     "faasc run shop --volume data.img   # and no 'mounts' in faas.yaml", "Write --volume data.img:/data."},
    {"FAASC0748", "another machine has the volume",
     "Two kernels that write to one file system destroy it, so that a volume is locked for the one machine "
     "that may "
     "write to it. Any number of machines may read one that nobody writes to.",
     "faasc run -d shop --volume data.img:/data; faasc invoke shop --volume data.img:/data",
     "Stop the other machine, or give the volume to both with ':ro'."},
    {"FAASC0749", "this is no volume, or not one for this guest",
     "A volume is a raw disk with one file system and no partitions: TFS for Nanos, ext4 with a label for "
     "Linux. What "
     "'faasc build' writes is an image, and no volume.",
     "faasc run shop --volume shop.img:/data", "Make one with 'faasc volume create'."},
    {"FAASC0750", "a mount of the function's was given nothing",
     "'mounts' in faas.yaml says that the function mounts a volume or a shared directory, and the machine "
     "has none of "
     "that name. A guest without it would write into its own image, and lose what it wrote.",
     "faas.yaml: mounts: [{label: data, path: /data}]\n\nfaasc run shop",
     "Give it one: --volume FILE with that label, or --share DIR:PATH."},
    {"FAASC0751", "two mounts are in each other's way",
     "A path of the guest takes one mount, a volume is mounted once, and guests tell volumes by their "
     "labels. Where "
     "faas.yaml says at which path a volume belongs, it is not mounted at another one.",
     "faasc run shop --volume a.img:/data --volume b.img:/data",
     "Give each mount a path and each volume a label of its own."},
    {"FAASC0752", "there is no directory for the mount",
     "What is mounted needs a directory of the image. On Nanos a missing one is made for the run; the root "
     "of a Linux "
     "image has no room for one, unless the function has ephemeral_storage. Where a part of the path is a "
     "file, nothing "
     "can be mounted.",
     "faasc run --kernel linux shop --volume data.ext4:/data",
     "Choose a path that can be, below /run or /tmp for example, or write it under 'mounts' in faas.yaml."},
    {"FAASC0753", "a directory cannot be shared with this guest",
     "Nanos gets directories by 9p from QEMU itself, on a PC (q35). Linux gets them by virtio-fs from "
     "virtiofsd, which has "
     "to be installed and, as QEMU's own, be started by root; its kernel needs the module virtiofs.",
     "faasc run --kernel linux shop --share .:/src   # as an ordinary user",
     "Use a volume, run it as root, or build the function for Nanos."},
    {"FAASC0754", "the network is not described as it should be",
     "--net is user, tap=NAME or bridge=NAME; --ip an address with its prefix length, once for IPv4 and once "
     "for IPv6; "
     "--gateway and --dns are addresses of IPv4. Ports are forwarded (-p) into QEMU's own network only.",
     "faasc run shop --net bridge=br0 --ip 10.0.0.2", "Write --ip 10.0.0.2/24."},
    {"FAASC0755", "the network of this host cannot be used",
     "--net tap=NAME takes a tap device that is there and that this user may open. --net bridge=NAME makes "
     "one on the "
     "bridge, which takes root, or qemu-bridge-helper and a line in /etc/qemu/bridge.conf.",
     "faasc run shop --net tap=tap7   # and no such device",
     "Name a device that is there, or make one: 'sudo ip tuntap add tap7 mode tap user $USER && sudo ip link "
     "set "
     "tap7 up'."},
    {"FAASC0756", "this guest cannot have such a network",
     "What the kernels can do differs: Nanos takes name servers from its image only, and IPv6 networks of 64 "
     "bits only; "
     "Linux guests do not tell which address they got by DHCP. QEMU's own network leads no requests to a "
     "guest by IPv6.",
     "faasc run --kernel linux shop --net bridge=br0   # without --ip",
     "The message says what to write instead."},
    {"FAASC0758", "a volume is not written over",
     "'faasc volume create' makes an empty file system. A file of that name may hold data that nobody else "
     "has.",
     "faasc volume create data.img --size 64MiB   # twice", "Remove the file first, or choose another name."},
    {"FAASC0759", "the volume cannot be opened", "It is not there, or this user may not write to it.",
     "faasc run shop --volume dta.img:/data",
     "Correct the name, make it with 'faasc volume create', or put ':ro' behind it."},
    {"FAASC0760", "bubblewrap is not installed",
     "With '--vmm process' the program runs in a sandbox that bubblewrap makes.", "faasc test --vmm process",
     "Install it: on Debian and Ubuntu, 'sudo apt install bubblewrap'."},
    {"FAASC0761", "there is no sandbox for the process",
     "bubblewrap gives the program a file system, a network and processes of its own, which takes user "
     "namespaces. "
     "Some hosts and most containers forbid them.",
     "sysctl user.max_user_namespaces=0; faasc test --vmm process",
     "Allow them as the message says, or run the function as a virtual machine."},
    {"FAASC0762", "the program could not be started as a process",
     "The sandbox is there, and the program does not run in it.",
     "faasc: error: the sandbox could not enter the working directory '/app': No such file or directory "
     "[FAASC0762]",
     "See with 'faasc image verify' whether the image is in order; it most likely does not boot either."},
    {"FAASC0763", "this needs a machine",
     "A process has neither a machine type nor an accelerator nor a boot loader, its memory is a limit and "
     "not "
     "all that there is, and nothing but the root is mounted.",
     "faasc run --vmm process --machine q35", "Leave one of the two out."},
    {"FAASC0764", "a system call that Nanos does not serve",
     "With '--vmm process' the program runs on this host's Linux, which serves more than Nanos does. So that "
     "it "
     "behaves as it will in the image, such calls fail as they would there, and each is named once. Many "
     "programs live without what they have tried.",
     "std::system(\"gzip report.txt\");",
     "Do what the hint says; where the program does not mind, do nothing. '--kernel linux' serves all of "
     "them."},
    {"FAASC0766", "the guest did not get as far as a debugger needs it",
     "'faasc debug' lets a machine run until its program is about to begin, to find out where everything "
     "lies "
     "in "
     "its memory, and hands it to gdb there. This one ended before, or took too long.",
     "faasc: error: the guest has ended before its program began [FAASC0766]",
     "See with 'faasc run -v' what it says."},
    {"FAASC0780", "one of several functions could not be built",
     "'faasc test' was given several functions. This one has errors of its own, which were reported before; "
     "the tests of the others ran.",
     "faasc test orders prices   # orders/faas.yaml does not build",
     "Mend what was reported, or leave the function out of this call."},
    {"FAASC0781", "no test has that in its name",
     "'--filter' takes the tests whose names contain a text, and none does. Nothing would have been tested, "
     "and "
     "that would have looked like success.",
     "faasc test --filter chekout", "Correct the text; the message names the tests that there are."},
};

}  // namespace

std::span<const ExplainPage> launcher_pages() {
  return kPages;
}

}  // namespace faasc
