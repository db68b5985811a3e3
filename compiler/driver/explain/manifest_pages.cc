#include "compiler/driver/explain/pages.h"

namespace faasc {
namespace {

constexpr ExplainPage kPages[] = {
    {"FAASC0100", "the manifest is not YAML",
     "The text could not be read as YAML (or JSON, which is a part of YAML). Most often the indentation of a "
     "line does not fit the "
     "lines above it, a colon lacks the space after it, or a quote or bracket is never closed.",
     "resources:\n  memory:64MiB",
     "Go to the line that the message shows, and compare it with the lines above. Indent with spaces, never "
     "with tabs; write 'key: value' with a space; put text that contains ': ' or begins with one of @ ` % in "
     "quotes."},
    {"FAASC0101", "the version of the manifest's format is not supported",
     "The key apiVersion says by which rules the file is to be read. This faasc knows one version, faasc/v1.",
     "apiVersion: faasc/v2",
     "Write 'apiVersion: faasc/v1'. If the file really needs a later version, install a later faasc."},
    {"FAASC0102", "the function's name will not do",
     "The name becomes part of file names, host names and labels, so it is held to what all of these allow: "
     "1 to 63 lower-case letters, "
     "digits and '-', with a letter or digit first and last. Without the key, the name of the directory is "
     "taken, with other characters "
     "replaced by '-'.",
     "name: Hello World", "Write 'name: hello-world'."},
    {"FAASC0103", "the runtime is unknown or cannot be inferred",
     "The runtime is the language of the function: cpp, python or go, with a version after a colon if it "
     "matters. Without the key, faasc "
     "looks at the files of the source directory, and must find source of exactly one language.",
     "runtime: nodejs",
     "Write one of 'runtime: cpp', 'runtime: python' or 'runtime: go'. Where the project holds scripts in "
     "another "
     "language beside the function, set 'runtime', or leave the scripts out with 'exclude'."},
    {"FAASC0104", "this version of the language is not available",
     "The manifest asks for a version of the language that is not installed on this host. faasc does not "
     "quietly take another one: what "
     "the function was written for is for its author to say.",
     "runtime: python:3.9",
     "Install that version, or write one of those that the message lists. Without a version, faasc takes the "
     "newest."},
    {"FAASC0105", "a path leads out of the project",
     "Paths in the manifest are relative to its directory, and must stay below it. So a project can be "
     "moved, shared and built elsewhere, "
     "and a build never picks up files by accident.",
     "source: ../other", "Move what the path names into the project, or move the manifest up."},
    {"FAASC0106", "the source directory is missing",
     "The key 'source' must name a directory of the project. faasc also stops at a directory with more than "
     "100000 files, which is hardly "
     "ever what was meant.",
     "source: scr",
     "Correct the path; it is relative to the manifest. Name a directory, not a file: single files go under "
     "build.cpp.sources."},
    {"FAASC0107", "the variable is set by the runtime",
     "The runtime tells the function about its surroundings through environment variables: PORT, "
     "FUNCTION_TARGET, FUNCTION_SIGNATURE_TYPE, "
     "K_SERVICE, K_REVISION, K_CONFIGURATION, CLOUD_RUN_TIMEOUT_SECONDS, everything that begins with FAASC_, "
     "and for lambda handlers those "
     "that AWS Lambda reserves. A value from the manifest would be overwritten.",
     "env: {PORT: \"9000\"}",
     "Choose another name. The port is set with http.port, the handler with 'handler'."},
    {"FAASC0108", "the pattern cannot be used",
     "Patterns are those of a .gitignore: * and ? stop at a slash, ** does not, [a-z] is a set; {cc,cpp} "
     "lists alternatives. A pattern that "
     "is malformed is refused; one that matches no file is only a warning, as it may be meant for the "
     "future.",
     "exclude: [\"[a-\"]",
     "Close every '[' and '{', or write '\\[' for the character. A pattern cannot reach out of the project "
     "with '..'."},
    {"FAASC0109", "an option of the build has a value that will not do",
     "A key under 'build' holds something that the compiler, pip or go could not make sense of, such as an "
     "empty text or a macro without a "
     "name.",
     "build: {cpp: {defines: [-DNDEBUG]}}",
     "See the message for what is wrong with this one. Macros are written 'NAME' or 'NAME=value', "
     "without the -D."},
    {"FAASC0110", "this is no name for a variable",
     "A variable's name has letters, digits and '_', and no digit first; some programs cannot even see "
     "others.",
     "env: {api-url: x}", "Write 'API_URL'."},
    {"FAASC0111", "the environment is too large",
     "All variables together, each as NAME=value and a byte to end it, may take 4096 bytes. The limit is "
     "that of AWS Lambda, and is held "
     "everywhere so that a function does not work in one place only.",
     "env: {CERTIFICATE: \"-----BEGIN CERTIFICATE-----…\"}",
     "Put large values into a file, name it under 'files', and let the function read it."},
    {"FAASC0112", "a value cannot be taken from the host's environment",
     "The values of 'env' and 'build.args' may contain ${env:NAME}, which stands for a variable of the host "
     "at build time. It must be set, "
     "and its value must be UTF-8. The value is never shown in a message. In other keys ${env:NAME} has no "
     "meaning.",
     "name: ${env:USER}",
     "Export the variable before faasc is started, or write the value into the manifest."},
    {"FAASC0113", "unknown key",
     "faas.yaml knows a fixed set of keys, and a key it does not know is an error: a misspelt limit that is "
     "silently ignored would be found "
     "in production.",
     "resources: {memroy: 64MiB}",
     "Correct the name, move the key to the section it belongs in, or remove it."},
    {"FAASC0114", "a key is given twice",
     "YAML readers disagree about which of the two counts, so neither does.", "name: a\nname: b",
     "Keep one of the two."},
    {"FAASC0115", "a value has the wrong type",
     "Each key takes one kind of value: text, a number, true or false, a size such as 64MiB, a length of "
     "time such as 30s, a list, or a "
     "section with keys of its own. Words such as yes, on and 0x10 are text.",
     "http: {health: yes}",
     "The message says what is wanted. An empty value is a mistake too: remove the key to get the default."},
    {"FAASC0116", "a key is missing",
     "Some keys must be there: apiVersion in every manifest, from and to in every entry of 'files', path in "
     "every mount, name in every test.",
     "files: [{from: data.json}]", "Add the key that the message names."},
    {"FAASC0117", "a feature of YAML that faas.yaml does without",
     "Anchors (&), aliases (*), tags (!), merge keys (<<), keys that are not words, and several documents in "
     "a file are refused. They make "
     "a file mean something else than it seems to say, and nothing a manifest is for needs them.",
     "env: &shared {STAGE: ci}",
     "Write the value out where it is needed. Text that begins with one of & * ! goes in quotes."},
    {"FAASC0118", "the manifest cannot be read as text",
     "A manifest is UTF-8 text of at most 256KiB, without control characters, nested at most 16 levels deep.",
     "name: caf\\xe9   # saved as Latin-1",
     "Save the file as UTF-8. Move large data into files of their own and name them under 'files' or "
     "'body_file'."},
    {"FAASC0119", "the value is none of those that are allowed",
     "The key takes one of a few words; the message lists them.", "signature: webhook",
     "Write one of the words listed."},
    {"FAASC0120", "memory is out of range",
     "A machine gets between 32MiB and 10240MiB of memory. Below, no kernel boots with room for a function; "
     "above, the services that the "
     "image may have to run on do not go. A number without a unit means MiB, and memory is counted in whole "
     "MiB.",
     "resources: {memory: 64GiB}",
     "Write a size between 32MiB and 10240MiB; most C++ functions are content with 64MiB."},
    {"FAASC0121", "the number of processors is out of range", "A machine gets 1 to 16 virtual processors.",
     "resources: {vcpus: 0}", "Write a number from 1 to 16."},
    {"FAASC0122", "the size of the storage is out of range",
     "ephemeral_storage is the free space of the disk, for /tmp and other files that the function writes. It "
     "is lost when the machine "
     "stops. It may be 0 to 10240MiB, and takes no room in the image until it is used.",
     "resources: {ephemeral_storage: 1000GiB}",
     "Write a size up to 10240MiB, or mount a volume with 'mounts'."},
    {"FAASC0123", "the program of a binary is not named right",
     "With 'runtime: binary' the handler is the path of a finished Linux program: relative to the project, "
     "or "
     "absolute for one of this host, such as an interpreter. It listens on $PORT itself, so its signature is "
     "'server'.",
     "runtime: binary\nsignature: http", "Name the program in 'handler', and leave 'signature' out."},
    {"FAASC0124", "arguments for what takes none",
     "'args' is the command line of a finished program. A function has none: faasc makes its main program.",
     "runtime: cpp\nargs: [--port, '80']", "Remove 'args', or write 'runtime: binary'."},
    {"FAASC0130", "a limit on time is out of range",
     "timeout, the longest time for one call, may be 1s to 3600s; init_timeout, the longest time until the "
     "function can serve, 1s to 240s. "
     "A number without a unit means seconds.",
     "limits: {timeout: 2h}",
     "Write a time within the range. Work that takes longer does not belong into one request."},
    {"FAASC0131", "the grace period is out of range",
     "When a machine is stopped, calls in flight have grace_period to finish: at most 30s, because that is "
     "when the kernel stops hard.",
     "limits: {grace_period: 1m}", "Write at most 30s."},
    {"FAASC0132", "a limit on the size of messages is out of range",
     "request_size and response_size limit the bodies of requests and responses. They are held in memory, "
     "and may be 1KiB to 1024MiB.",
     "limits: {request_size: 2GiB}", "Write a smaller size, and pass large data by reference."},
    {"FAASC0133", "the concurrency is out of range",
     "One instance serves 1 to 1000 calls at a time. A lambda handler is only ever given one, because its "
     "runtime contract promises it.",
     "signature: lambda\nlimits: {concurrency: 80}",
     "Write a number from 1 to 1000; for lambda handlers remove the key and start more instances."},
    {"FAASC0140", "this is no port",
     "The function serves on a TCP port of the guest, 1 to 65535; 8080 unless told otherwise.",
     "http: {port: 80800}",
     "Write a number from 1 to 65535. Which port of the host leads to it is for 'faasc run --port' to say."},
    {"FAASC0141", "lambda_event without a lambda handler",
     "http.lambda_event: url-v2 wraps a request into the event that AWS Lambda's function URLs send. Other "
     "kinds of handlers are given the "
     "request itself.",
     "signature: http\nhttp: {lambda_event: url-v2}", "Remove the key, or write a lambda handler."},
    {"FAASC0150", "a file that the manifest names is missing",
     "What 'files' and 'body_file' name must be there, as a file or directory of the project.",
     "files: [{from: dta/x.json, to: /etc/x.json}]",
     "Correct the path; it is relative to the manifest. Files that a build makes must be made before faasc "
     "runs."},
    {"FAASC0151", "a path in the guest will not do",
     "'to' is where a file will be in the image: an absolute path without '.' or '..', given once, and not "
     "in /dev, /proc or /sys, which the "
     "kernel provides. 'mode' is up to 0777, in octal.",
     "files: [{from: a.json, to: etc/a.json}]",
     "Begin the path with '/', and give each file a path of its own."},
    {"FAASC0152", "a link leads out of the project",
     "A symbolic link that the manifest names must lead to a file of the project. Otherwise the image would "
     "depend on something that is not "
     "part of it, or hold something its author never meant to give away.",
     "files: [{from: key.pem, to: /etc/key.pem}]   # key.pem -> /home/ada/key.pem",
     "Put the file itself into the project."},
    {"FAASC0153", "a mount will not do",
     "A mount names either the tag of a directory that the host shares or the label of a volume, and an "
     "absolute path of its own in the guest.",
     "mounts: [{path: /data}]", "Add 'tag' or 'label', not both."},
    {"FAASC0160", "logging is set to something unknown",
     "logging.format is text or json; logging.level is debug, info, warn, error or fatal.",
     "logging: {level: verbose}", "Write one of these words."},
    {"FAASC0170", "the format of the image is unknown",
     "Images are written raw, qcow2 (QEMU, OpenStack, KubeVirt), vmdk (VMware, and what clouds import), vhd "
     "(Azure), vhdx (Hyper-V) or raw.zst (compressed, to be stored or sent).",
     "image: {format: vpc}", "Write one of these, or remove the key."},
    {"FAASC0171", "the size of the image is out of range or too small",
     "image.size is the size of the whole disk, 'auto' for as small as it gets. A size that does not hold "
     "the function is refused, and the "
     "message says by how much it is too small.",
     "image: {size: 1KiB}", "Write 'auto', or a larger size."},
    {"FAASC0172", "the kernel is named in a way that means nothing",
     "image.kernel is auto (the newest Nanos there is, else Linux), a family (nanos, linux), a family and "
     "version (nanos@0.1.55), a version, "
     "or the path of a kernel, which contains a '/'. nanos-aarch64 is Nanos for that processor, whatever the "
     "program.",
     "image: {kernel: freebsd}",
     "Write one of these. 'faasc kernel list' shows what is there, 'faasc kernel pull nanos' fetches one."},
    {"FAASC0173", "the klib is unknown",
     "klibs are libraries that Nanos loads into its kernel; each release comes with a fixed set.",
     "image: {klibs: [npt]}", "Write one of those that the message lists."},
    {"FAASC0174", "an entry of Nanos' manifest that faasc sets itself",
     "image.manifest adds entries to the tuple that tells Nanos what to run. Those that faasc makes out of "
     "other keys cannot be overridden: "
     "two places that say different things would help nobody.",
     "image: {manifest: {program: /app}}", "Use the key of faas.yaml that the message names."},
    {"FAASC0175", "the image is larger than it may be",
     "image.max_size is the most that the image file may take on the host, holes not counted. The build "
     "fails "
     "where it takes more, leaves the last image as it is, and says what takes the room.",
     "image: {max_size: 2MiB}",
     "Leave out what the message names and the function does not need, or allow more."},
    {"FAASC0176", "the network is not described right",
     "network.address is dhcp, or an IPv4 address with its prefix length; then a gateway of the same network "
     "may follow. tap or bridge is a network device of the host that runs the machine. dns are addresses of "
     "up to three name servers; hosts are names and addresses beside "
     "localhost.",
     "network: {address: 10.0.2.15, gateway: 10.0.3.1}", "Write for example 'address: 10.0.2.15/24'."},
    {"FAASC0177", "there is no such time zone",
     "timezone is a name of the time zone database, as in TZ. Its file comes from the machine that builds, "
     "out of /usr/share/zoneinfo.",
     "timezone: Berlin", "Write for example 'Europe/Berlin'; where no zone is known, install 'tzdata'."},
    {"FAASC0178", "the certificates will not do",
     "ca_certificates is a file of the project with certificates in PEM format, or host, which takes those "
     "that "
     "the machine that builds trusts. They will be at /etc/ssl/certs/ca-certificates.crt.",
     "ca_certificates: key.pem", "Name a file with '-----BEGIN CERTIFICATE-----' in it and no private key."},
    {"FAASC0179", "the console is unknown, or the one that faasc reads is off",
     "image.consoles lists where Nanos prints: serial, vga and net (UDP, with netconsole_ip and "
     "netconsole_port "
     "in image.manifest). What is not listed is off.",
     "image: {consoles: [+vga]}", "Write for example '[serial, net]'."},
    {"FAASC0180", "a limit of the provider is exceeded",
     "With compat: lambda or compat: gcf the function is held to the limits of AWS Lambda or Google Cloud "
     "functions, so that what works here "
     "works there. Where a provider's limits were raised lately, the older one counts.",
     "compat: lambda\nlimits: {timeout: 20m}",
     "Stay within the range that the message gives, or remove 'compat'."},
    {"FAASC0181", "core dumps cannot be written as asked",
     "image.coredumplimit lets Nanos write /coredumps/core when the function crashes. That takes a disk that "
     "can be written to, with room for it.",
     "image: {coredumplimit: 64MiB}", "Add resources.ephemeral_storage of at least the same size."},
    {"FAASC0182", "the key means nothing to this kernel",
     "image.klibs, consoles, coredumplimit and manifest are settings of Nanos. The image is built for Linux, "
     "which has other ways for the same, or needs none.",
     "image: {kernel: linux, klibs: [ntp]}", "Remove the key, or choose 'kernel: nanos'."},
    {"FAASC0183", "two keys make the same file or variable",
     "network.dns makes /etc/resolv.conf, network.hosts /etc/hosts, timezone a file of /usr/share/zoneinfo "
     "and "
     "the variable TZ, ca_certificates /etc/ssl/certs/ca-certificates.crt.",
     "timezone: Europe/Berlin\nenv: {TZ: UTC}", "Keep one of the two."},
    {"FAASC0184", "a workspace finds no function",
     "A pattern of 'functions' in faas.workspace.yaml, or the whole file, matches no directory that holds a "
     "faas.yaml. Hidden directories, build trees and node_modules are not looked into, and neither are the "
     "directories of functions.",
     "functions: [servces/*]", "Correct the pattern; it is relative to the workspace's file."},
    {"FAASC0190", "a test is not right",
     "A test sends one request and compares the answer. Its request may have one of body, body_file and "
     "cloudevent, its expectation one of "
     "body, body_json and body_regex; names are given once, and regular expressions are ECMAScript's.",
     "tests:\n  - {name: a, expect: {body_regex: \"(\"}}", "The message says what is wrong with this one."},
    {"FAASC0197", "nothing can be mounted like that",
     "A mount's path is a directory of the image, which is made where it is missing: not a file, nothing of "
     "the kernel's "
     "own (/dev, /proc, /sys), and without a ':'. A label has to fit into the file system: 31 bytes for "
     "Nanos, 16 for "
     "Linux.",
     "mounts: [{label: data, path: /dev/data}]", "Choose another path, or a shorter label."},
    {"FAASC0192", "the file is none that can be imported",
     "'faasc init --from' makes a faas.yaml of another tool's file. Which tool's it is, the keys in it say: "
     "AWS "
     "SAM, Knative, OpenFaaS, OPS or Unikraft.",
     "faasc init --from package.json",
     "Name the file that describes the function: template.yaml, func.yaml, stack.yaml, config.json or "
     "Kraftfile."},
    {"FAASC0193", "it cannot be told whose file it is",
     "The keys in the file belong to more than one tool. Knative and Fn both call theirs func.yaml; "
     "specVersion is Knative's key, schema_version Fn's.",
     "name: hello\nruntime: go", "Add or remove the key that tells them apart, as the hint says."},
    {"FAASC0194", "a file of this kind is never imported",
     "The file was recognised, but what it describes cannot become a function in a virtual machine of its "
     "own, or "
     "is not described by the file alone. The message says which.",
     "schema_version: 20180708\nname: hello",
     "See the hint; 'faasc init --template' begins a project from nothing."},
    {"FAASC0195", "it must be said which function is meant",
     "One faas.yaml describes one function. A SAM template or an OpenFaaS stack may have several, or none.",
     "faasc init --from template.yaml",
     "Name one of those that the message lists with --function, and run the command once for each, into a "
     "directory of its own."},
    {"FAASC0196", "a key was left out of the import",
     "faas.yaml describes a function and its machine. What another tool's file says about permissions, "
     "networks, "
     "registries or clusters has no place in it, and values that only that tool can compute are not guessed. "
     "It is a warning where the function may behave differently without the key, else a note.",
     "Policies: AWSLambdaBasicExecutionRole",
     "Read the reason, and write by hand into faas.yaml what the function needs."},
    {"FAASC0220", "there is no C++ source",
     "Without build.cpp.sources, faasc compiles every .cc, .cpp and .cxx file of the source directory, "
     "except for tests (*_test.cc, test_*.cc, "
     "tests/) and what 'exclude' leaves out.",
     "build: {cpp: {sources: [\"*.c\"]}}", "Name the files under build.cpp.sources, relative to 'source'."},
    {"FAASC0221", "the C++ standard is unknown or given twice",
     "The standard is one of 11, 14, 17, 20 and 23. It may be given as build.cpp.standard or with the "
     "runtime (cpp:20), and both must agree.",
     "runtime: cpp:20\nbuild: {cpp: {standard: 17}}", "Keep one of the two."},
    {"FAASC0222", "a flag that is not for the user to give",
     "faasc decides what is compiled to where and how it is linked: -o, -c, -shared, -static, -pie and -m32 "
     "would break that, and -std= has a "
     "key of its own.",
     "build: {cpp: {flags: [-o, hello]}}",
     "Remove the flag. Warnings, optimisation, -f… and -m… flags are welcome."},
    {"FAASC0224", "sources and CMake exclude each other",
     "With build.cpp.cmake the sources and flags are those of a CMake target.",
     "build: {cpp: {sources: [a.cc], cmake: {dir: .}}}", "Remove one of the two."},
};

}  // namespace

std::span<const ExplainPage> manifest_pages() {
  return kPages;
}

}  // namespace faasc
