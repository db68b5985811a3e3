#include "compiler/driver/explain/pages.h"

namespace faasc {
namespace {

constexpr ExplainPage kPages[] = {
    {"FAASC0801", "there is no manifest",
     "faasc works on a project: a directory with a faas.yaml. It is the current directory, the one that was "
     "named, or the file given with -f.",
     "faasc build src/",
     "Name the directory that holds the faas.yaml, or start a project with 'faasc init'."},
    {"FAASC0802", "the build was refused",
     "There were errors in the manifest or the source; they stand above this message.",
     "faasc build   # with a source that does not compile",
     "Correct them and build again: steps that ended well are not repeated."},
    {"FAASC0803", "a key of the manifest that this faasc cannot honour",
     "The manifest asks for something that is part of the format but not of this version of faasc. It is "
     "refused rather than ignored.",
     "runtime: cpp\nsignature: asgi", "Remove the key, or use a later faasc."},
    {"FAASC0810", "unknown command", "The first word after 'faasc' that is not an option names the command.",
     "faasc complie", "'faasc --help' lists the commands."},
    {"FAASC0811", "the command line is not right",
     "An option or argument is unknown, lacks its value, or has a value that means nothing.",
     "faasc check --colour", "'faasc help COMMAND' lists what a command takes."},
    {"FAASC0812", "a part of faasc is missing",
     "faasc consists of several programs and libraries. It finds them relative to itself: libexec/faasc, "
     "lib/faasc and share/faasc beside the bin "
     "directory it was started from, with symbolic links followed.",
     "cp build/bin/faasc ~/bin/ && ~/bin/faasc build",
     "Install faasc again, or build all of it. The program cannot be copied elsewhere by itself; make a "
     "symbolic link instead."},
    {"FAASC0813", "standard output cannot be written to",
     "The result could not be delivered: the disk is full, or the program that reads it has gone.",
     "faasc image cat hello.img /data > /full-disk/data", "Make room, or look at what became of the reader."},
    {"FAASC0814", "a bug in faasc",
     "Something happened that must never happen. Nothing of the input is to blame.",
     "faasc: error: this is a bug in faasc: …",
     "Please report it, with the command line, the manifest and the output of 'faasc version'."},
    {"FAASC0815", "nothing is known about this code",
     "'faasc explain' was asked about a code that no message has.", "faasc explain 9999",
     "The code stands in brackets at the end of a message. 'faasc explain' lists all of them."},
    {"FAASC0816", "unknown template",
     "Templates are the projects that 'faasc init' begins with; they come with faasc.",
     "faasc init --template cpp-htp", "'faasc init --list' shows them."},
    {"FAASC0817", "a file would be overwritten",
     "'faasc init' writes into an existing directory, but never over a file that is there.",
     "faasc init .   # where there is a faas.yaml already",
     "Choose another directory, or move the files away."},
    {"FAASC0818", "an image without its VM spec",
     "An image is run as the .vm.json file of the same name beside it says: how much memory, which kernel, "
     "which port.",
     "faasc run copied.img", "Keep the two files together, or run the project's directory."},
    {"FAASC0819", "the function answered with an error",
     "The request got through, and the function's answer has a status of 400 or more. The body is on "
     "standard output.",
     "faasc invoke --path /no-such-page",
     "Look at what the function printed, which stands below the message."},
    {"FAASC0767", "gdb is not installed", "'faasc debug' prepares the guest, and gdb shows what is in it.",
     "faasc debug shop --break shop.cc:7",
     "On Debian and Ubuntu, 'sudo apt install gdb'. 'faasc debug --print' works without, for other debuggers "
     "that read gdb's commands."},
    {"FAASC0768", "this guest cannot be debugged here",
     "The debugger, the registers that it shows and what is looked up in the guest's memory are those of "
     "x86_64.",
     "faasc debug build/server.img   # for aarch64", "Debug the same function built for x86_64."},
    {"FAASC0769", "this guest leaves no core dump",
     "'--core' has Nanos' kernel write down the memory of a function that crashes. Linux' kernel and a "
     "process "
     "of this host are not made to.",
     "faasc run build/hello.img --core hello.core",
     "Leave '--core' out; or build the function for Nanos, with 'kernel: {family: nanos}'."},
    {"FAASC0770", "no core dump of this program",
     "'faasc debug --core' was given a file that is no core dump, or one that another program has left. The "
     "symbols of a program that was built again are not those of the one that crashed.",
     "faasc debug build/hello.img --core yesterday.core",
     "Give the image that crashed, or let it crash again with 'faasc run --core'."},
    {"FAASC0840", "something is lacking on this host",
     "'faasc doctor' found a part that is not there or does not work as it should. Functions can be built "
     "and run, but not all of them, or slower than they could.",
     "faasc doctor\nlacking  Linux kernel  none: programs that Nanos cannot run have nowhere to go\n         "
     "              fix: faasc kernel pull linux",
     "Run the command that the message gives, if you need the part."},
    {"FAASC0841", "this host cannot build or run functions",
     "'faasc doctor' found that a part is missing without which nothing works.",
     "faasc doctor\nbroken   QEMU          is not installed: images can be built, but not run\n              "
     "         fix: sudo apt-get install qemu-system-x86",
     "Run the command that the message gives."},
    {"FAASC0842", "no such file in the image",
     "'faasc inspect --why' was asked about a file or module that is not in the image.",
     "faasc inspect --why libssl", "'faasc inspect --files' lists what is there."},
    {"FAASC0843", "a test of the manifest failed",
     "The machine answered a request of 'tests:', and the answer was not as 'expect' has it. The exit status "
     "is "
     "4.",
     "expect: {status: 200}", "Correct the function, or what the test expects; 'faasc test' shows both."},
    {"FAASC0844", "there is no OpenAPI document",
     "'faasc inspect --openapi' prints what a typed C++ function takes and returns. Functions of other kinds "
     "do not say so in their types.",
     "faasc inspect --openapi   # where the handler is a gcf::HttpResponse hello(gcf::HttpRequest)",
     "Write a typed function: Receipt price(Order const&)."},
    {"FAASC0845", "the answer is not the expected one",
     "The function answered well, and the regular expression of 'faasc invoke --expect' is not found in the "
     "body.",
     "faasc invoke --data Ada --expect '^Hello, Grace'",
     "Correct the function or the expression; the answer is on standard output."},
    {"FAASC0846", "some functions were not built",
     "Of several functions that 'faasc build' was given, at least one has errors, which stand above. Those "
     "that "
     "were being built at the time were finished, and no further one was begun.",
     "faasc build services/shop services/mail   # where services/mail/mail.cc does not compile",
     "Correct the functions that the message names. With --keep-going all others are built first."},
    {"FAASC0850", "the cache of builds cannot be used",
     "What builds make is kept for later ones. Where the directory cannot be made or written, or is full, "
     "the "
     "build goes on without, and says so once. What is there already is used as long as it can be read.",
     "FAASC_CACHE_DIR=/mnt/full faasc build",
     "Name another directory with FAASC_CACHE_DIR, make room, or let the cache take less with "
     "FAASC_CACHE_SIZE=1GiB. 'faasc cache stats' shows where it is and what it takes."},
    {"FAASC0851", "the remote cache failed",
     "The cache that FAASC_REMOTE_CACHE names did not answer, not in time, or with something that cannot be "
     "right. It was not asked again in this run; what it would have had was made here.",
     "FAASC_REMOTE_CACHE=http://cache:8080 faasc build   # where nothing listens",
     "Correct the address, or see to the server. Where it asks who you are, "
     "FAASC_REMOTE_CACHE_HEADER_FILE names a file with the line 'Authorization: Bearer …'; where you may "
     "only read, use --remote-cache-read-only."},
    {"FAASC0852", "a setting of the cache makes no sense",
     "FAASC_CACHE_SIZE is no size, FAASC_CACHE_KEEP is not 'all', the remote cache's address no URL, or no "
     "variable says where a cache could be.",
     "FAASC_CACHE_SIZE=lots faasc build",
     "FAASC_CACHE_SIZE=2GiB, FAASC_REMOTE_CACHE=https://cache.example.com."},
    {"FAASC0853", "the cache of builds was damaged",
     "'faasc cache verify' found a file whose content is not the one that its name stands for. It was "
     "removed. "
     "Builds look themselves whenever they take something, so a damaged file has never been part of an "
     "image.",
     "faasc cache verify   # after a disk has lost power",
     "Nothing is to be done; builds make it again. If it happens more than once, check the disk and the "
     "memory."},
    {"FAASC0870", "what is built differs from faas.lock",
     "The build is locked, by --locked or 'build.locked', and something that it would take from outside of "
     "the "
     "project is not what faas.lock names: a kernel, an interpreter, a wheel, a module, a library of this "
     "host. "
     "Nothing was written.",
     "faasc lock; sudo apt upgrade; faasc build --locked",
     "Bring back what is locked, or look at the differences and run 'faasc lock' again."},
    {"FAASC0871", "there is no faas.lock",
     "A locked build takes nothing that faas.lock does not name, and there is no such file beside faas.yaml.",
     "faasc build --locked   # before 'faasc lock'", "Run 'faasc lock', and keep the file with the sources."},
    {"FAASC0872", "faas.lock cannot be read",
     "The file is JSON with the schema 'faasc.lock/1'. It was edited, a merge went wrong, or it is of "
     "another "
     "version.",
     "<<<<<<< ours\n{\"kind\":\"kernel\",\"name\":\"nanos\",\"version\":\"0.1.55\"}",
     "Run 'faasc lock' again."},
    {"FAASC0875", "the image is not the one of its provenance",
     "The SHA-256 of the image, or of the VM spec beside it, is not among those that the provenance was "
     "written "
     "for.",
     "faasc verify shop.img   # after 'faasc image cp hosts shop.img:/etc/hosts -o shop.img'",
     "Do not use it unless you know why it changed. An image that was built again has a new provenance."},
    {"FAASC0876", "the provenance is none",
     "The file is no in-toto statement, version 1, with a predicate of SLSA's provenance, version 1.",
     "faasc verify shop.img --provenance shop.spdx.json", "Name the file that 'faasc provenance' wrote."},
    {"FAASC0877", "the signature does not fit the provenance",
     "The signature is sound, and is one of other bytes: the provenance or the signature was altered after "
     "it "
     "was made.",
     "sed -i s/0.1.55/0.1.54/ shop.img.provenance.json; faasc verify shop.img --allowed-signers signers",
     "Do not use the image. Get image, provenance and signature from where they were made."},
    {"FAASC0878", "there is no provenance or no signature",
     "Without being told otherwise, faasc looks for IMAGE.provenance.json, and for its signature with .sig "
     "or "
     ".minisig after that.",
     "faasc verify shop.img --allowed-signers signers",
     "'faasc provenance --sign KEY' writes both where the image is built; keep the files together."},
    {"FAASC0879", "the signature is none",
     "The file is there, and neither ssh-keygen nor minisign can read it.",
     "faasc verify shop.img --signature README.md --allowed-signers signers",
     "Take the file that was written with the provenance."},
    {"FAASC0880", "the signer is not among the allowed ones",
     "The signature fits, and the key that made it is not one that you named: not in the list of "
     "--allowed-signers, not that of --identity, or not --public-key.",
     "faasc verify shop.img --allowed-signers signers --identity release@example.com",
     "Add the signer if you trust it; its line in the list may also name other namespaces than 'faasc'."},
    {"FAASC0881", "files cannot be watched",
     "'faasc dev' asks the kernel to tell it of changes, and the kernel refused: this host's limit is "
     "reached, "
     "or a directory may not be read.",
     "faasc dev   # with fs.inotify.max_user_watches=8192 and an editor that watches 8000 directories",
     "Raise the limit with sysctl, or keep what the function does not need out of its directory."},
    {"FAASC0882", "the provenance was not signed",
     "ssh-keygen or minisign could not use the key; what it said stands below the message. faasc asks for no "
     "passphrase.",
     "faasc provenance --sign ~/.ssh/known_hosts",
     "Name a private key without a passphrase, or the public half of one that ssh-agent holds."},
    {"FAASC0883", "nobody can tell what the image was made of",
     "Provenance is what the build wrote down, as long as all that it read is still as it was. There is no "
     "such "
     "record, as for an image that was built elsewhere, or something has changed since.",
     "faasc build; touch shop.cc; faasc provenance build/shop.img",
     "'faasc provenance' of the project's directory builds it first where that is needed."},
};

}  // namespace

std::span<const ExplainPage> driver_pages() {
  return kPages;
}

}  // namespace faasc
