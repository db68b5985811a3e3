#include "compiler/driver/explain/pages.h"

namespace faasc {
namespace {

constexpr ExplainPage kPages[] = {
    {"FAASC0200", "a C++ source does not compile",
     "Clang found errors in the source; its own messages stand above this one.",
     "Receipt price(Order const& order) { return oder.total; }",
     "Correct what Clang complains about. Headers are looked for in build.cpp.includes, macros come from "
     "build.cpp.defines."},
    {"FAASC0201", "the C++ handler was not found",
     "No source of the function defines a function with the name that 'handler' gives, and, where it gives "
     "none, none has the shape of a handler.",
     "handler: shop::prize",
     "Correct the name; write it with its namespaces, but without inline ones. The message lists what comes "
     "near."},
    {"FAASC0202", "more than one function could be the handler",
     "Without 'handler', the only function with the shape of a handler is taken. Here there are several, and "
     "faasc does not guess.",
     "gcf::HttpResponse price(gcf::HttpRequest request) { … }\ngcf::HttpResponse stock(gcf::HttpRequest "
     "request) { … }",
     "Write 'handler: NAME' into the manifest."},
    {"FAASC0203", "the handler cannot be seen from outside of its file",
     "The handler is static or in an unnamed namespace, so the main function that faasc makes cannot call "
     "it.",
     "static HttpResponse price(HttpRequest);",
     "Remove 'static', or move the function out of the unnamed namespace."},
    {"FAASC0204", "the handler is a template",
     "A template is no function until it is given arguments, and a manifest has no way to give any.",
     "template <class T> HttpResponse price(T);",
     "Write a function that calls the template, and name that one."},
    {"FAASC0205", "the handler is not of the kind that 'signature' says",
     "The types of the handler say what kind it is, and the manifest says something else.",
     "signature: cloudevent", "Remove 'signature', or change the handler."},
    {"FAASC0206", "the handler is overloaded",
     "Several functions have the handler's name, and more than one has the shape of a handler.",
     "gcf::HttpResponse price(gcf::HttpRequest request) { … }\nvoid price(gcf::CloudEvent event) { … }",
     "Give one of them another name, and write that into the manifest."},
    {"FAASC0207", "the factory takes parameters",
     "A function that returns google::cloud::functions::Function is called once, before the first request, "
     "with nothing to pass to it.",
     "gcf::Function price(int limit);",
     "Add a function without parameters that calls it, and name that one as the handler."},
    {"FAASC0208", "the handler is defined twice",
     "Two sources define the handler; the program could not be linked.",
     "// price.cc and old_price.cc\ngcf::HttpResponse price(gcf::HttpRequest request) { … }",
     "Leave one of the files out: write '!file.cc' into build.cpp.sources."},
    {"FAASC0209", "a main function is in the way",
     "For most kinds of handlers faasc makes the main function. A source that has one of its own would clash "
     "with it.",
     "handler: price\n\n// try_it.cc\nint main() { return price_of_a_sample(); }",
     "Leave the file out with '!file.cc' in build.cpp.sources, or set 'signature: server' to run your own "
     "main function."},
    {"FAASC0210", "the handler's kind is known at run time only",
     "The handler is made by a function that faasc cannot look into, so whether it serves requests or events "
     "shows when it runs. This is a note, not an error.",
     "gcf::Function price() { return registry().at(\"price\"); }",
     "Set 'signature: http' or 'signature: cloudevent' to say it now."},
    {"FAASC0211", "the handler is declared but not defined",
     "A declaration was found, in a header perhaps, but no source of the function has its body.",
     "// price.h, and no price.cc beside it\ngcf::HttpResponse price(gcf::HttpRequest request);",
     "Add the file that defines it to build.cpp.sources."},
    {"FAASC0212", "the handler is a member function",
     "A member function needs an object, and faasc knows of none.", "handler: Shop::price",
     "Add a function outside of the class that calls it, and name that one."},
    {"FAASC0214", "there is no main function",
     "With signature: server the function is a whole program that listens on $PORT itself, so a source must "
     "define main().",
     "signature: server", "Add the source with main(), or remove 'signature'."},
    {"FAASC0215", "there are two main functions", "Two sources define main().",
     "// main.cc and try_it.cc\nint main() { … }",
     "Leave one of the two out with '!file.cc' in build.cpp.sources."},
    {"FAASC0216", "main() serves another function",
     "A main() that calls run_handler is the whole program of a Lambda function, and the function that it "
     "hands "
     "over is not the one that 'handler' names.",
     "handler: orders", "Name the function that main() hands over, or remove 'handler'."},
    {"FAASC0223", "there is no such CMake target",
     "The CMake project of build.cpp.cmake was configured, and none of its targets has the name that "
     "'target' "
     "says; without it, the name is functions_framework_cpp_function.",
     "build: {cpp: {cmake: {target: prices}}}",
     "Name a target that add_executable() or add_library() of the project makes; the message lists them."},
    {"FAASC0225", "a C++ source cannot be used",
     "A file that build.cpp.sources names is missing, is no C++, or lies outside of the project; or a CMake "
     "target has a source in another language.",
     "build: {cpp: {sources: [helo.cc]}}", "Correct the name; patterns are relative to the project."},
    {"FAASC0226", "the launcher of the C++ compiler is not installed",
     "'build.cpp.launcher' names a program that runs clang++: ccache and sccache keep objects of their own, "
     "distcc and icecc compile on other hosts. It is looked for in PATH.",
     "build: {cpp: {launcher: icecc}}   # where icecc is not installed",
     "Install it, or leave 'launcher' out; faasc keeps objects itself."},
    {"FAASC0227", "the launcher of the C++ compiler failed",
     "The source was parsed here without an error, and the program that was to make the object from it ended "
     "with another status than 0. The notes are the last lines that it printed.",
     "build: {cpp: {launcher: distcc}}   # with DISTCC_FALLBACK=0, and no host in DISTCC_HOSTS answers",
     "Try it by hand: distcc clang++-19 -c file.cc. Without 'launcher', faasc compiles by itself."},
    {"FAASC0230", "the C++ compiler of faasc is missing",
     "C++ is compiled by faasc-cxx, a program of faasc's own in libexec/faasc, and it is not there.",
     "faasc: error: cannot start the C++ compiler '/opt/faasc/libexec/faasc/faasc-cxx' [FAASC0230]",
     "Install faasc with its C++ part, or build the target faasc-cxx."},
    {"FAASC0231", "the C++ runtime of faasc is missing",
     "Every C++ function is linked with faasc's runtime, lib/faasc/cpp/libfaasrt.a, and includes headers of "
     "share/faasc/cpp/include.",
     "faasc: error: the C++ runtime is not complete: there is no '/opt/faasc/lib/faasc/cpp/libfaasrt.a' "
     "[FAASC0231]",
     "Install faasc again, or build all of it."},
    {"FAASC0240", "a symbol is used but nowhere defined",
     "The program calls a function, or uses a variable, that no source and no library has.",
     "double rate_of(std::string const& currency);   // defined in rates.cc, which build.cpp.sources leaves "
     "out\nReceipt price(Order const& order) { return {order.total * rate_of(\"EUR\")}; }",
     "Add the source that defines it to build.cpp.sources, or the library to build.cpp.link."},
    {"FAASC0241", "a symbol is defined twice",
     "Two sources, or a source and a library, define the same function or variable.",
     "// limits.h, which two sources include\nint most = 100;",
     "Make one of them 'inline' or 'static', or leave one of the files out."},
    {"FAASC0242", "a library is missing",
     "build.cpp.link names a library that is not on this host, or only as a shared one. Functions are linked "
     "statically.",
     "build: {cpp: {link: [-lfoo]}}",
     "Install the library's development package; it must hold the static archive (lib….a)."},
    {"FAASC0243", "linking failed",
     "The linker refused for a reason of its own, which stands in the message.",
     "faasc: error: old.a(legacy.o) is incompatible with elf64-x86-64 [FAASC0243]",
     "See the message; -v shows the command line."},
    {"FAASC0250", "a type has no JSON",
     "A typed function's parameter and result are read from and written as JSON. For this type there is no "
     "such form, or none that everybody would expect.",
     "struct Order { std::tuple<int, int> size; };",
     "Use the type that the message names; convert in the function where another one is needed."},
    {"FAASC0251", "a raw pointer in a typed function",
     "A pointer says neither whether there is a value, nor how many, nor whose they are.",
     "struct Order { Item* items; };", "Use std::optional, std::vector or std::string."},
    {"FAASC0252", "a reference in a typed function",
     "A reference as a member, or a parameter that the function could change, has no value of its own to be "
     "read into.",
     "Receipt price(Order& order);", "Take the parameter by value or by 'const &'; make members values."},
    {"FAASC0253", "a union in a typed function", "A union does not know which of its members it holds.",
     "struct Order { union { int cents; double euros; }; };", "Use std::variant."},
    {"FAASC0254", "a private member in a typed function",
     "The binding between JSON and a class reads and sets its members, which it cannot where they are "
     "private or protected, come from such a base class, or are of a type that is.",
     "class Order { int count; };",
     "Make them public, or take a struct with the same members and convert in the function."},
    {"FAASC0255", "a function in a typed function's types", "JSON has no functions.",
     "struct Order { void (*done)(); };", "Leave it out of what the function takes and returns."},
    {"FAASC0256", "a parameter's class cannot be made",
     "An object is made first and then given its members, so its class needs a constructor without "
     "arguments.",
     "struct Order { explicit Order(int id); };", "Add a default constructor, or remove the constructors."},
    {"FAASC0257", "a borrowed text in a parameter",
     "std::string_view refers to a text that somebody else keeps. In a result that is fine.",
     "struct Order { std::string_view name; };", "Use std::string."},
    {"FAASC0258", "a typed function takes one parameter",
     "The body of a request is one JSON value, which becomes the one parameter.",
     "Receipt price(Order order, int limit);", "Put the parameters into a struct."},
    {"FAASC0259", "a character in a typed function", "char may be meant as a letter or as a number.",
     "struct Order { char grade; };", "Use std::string for text, std::int8_t or std::uint8_t for a number."},
    {"FAASC0260", "a member that cannot be bound",
     "The binding refers to each member by its name and address. Bit-fields, const members of a parameter, "
     "members that hide others, and types without a name, or inside a function, do not allow that.",
     "struct Order { unsigned open : 1; };", "Change the member as the message says."},
    {"FAASC0261", "a map's keys are not strings", "The keys of a JSON object are strings.",
     "std::map<int, Item> items;", "Use std::string keys, or a std::vector of a struct with key and value."},
    {"FAASC0262", "an enumeration without names",
     "Enumerations are written as the names of their values, and this one has none.",
     "enum class Level : int {};", "Give its values names, or use an integer."},
    {"FAASC0263", "a class is not defined where the function is",
     "The members of the class are not known in the source that defines the function.",
     "struct Order; Receipt price(Order const& order);", "Include the header that defines it."},
    {"FAASC0265", "there is no OpenAPI document to show",
     "http.openapi makes the image show what a typed function takes and returns. Functions of other kinds "
     "say nothing about that.",
     "http: {openapi: true}", "Remove it, or write a typed function."},
    {"FAASC0270", "the function does what a unikernel cannot",
     "A unikernel is one process without users: it starts no other, runs no program, shares no memory, "
     "mounts nothing. The call compiles, but fails when it is reached.",
     "std::system(\"convert in.png out.jpg\");",
     "Do it in the function itself, as the hint says; choose the Linux family (image: {kernel: linux}), "
     "which has all of this; or set 'lint: off' where the call is never reached. 'lint: strict' makes it an "
     "error."},
    {"FAASC0271", "a library does what a unikernel cannot",
     "An object of a library that is linked in refers to a function of the C library that starts a process, "
     "runs a program, or needs another thing that a unikernel has not.",
     "build: {cpp: {link: [-lmagick]}}   # which calls popen()",
     "Find out whether the function ever gets there; see FAASC0270 for what to do."},
    {"FAASC0272", "CMake is not installed",
     "build.cpp.cmake takes sources and flags from a CMake project, which only CMake itself can read.",
     "faasc: error: 'build.cpp.cmake' needs CMake, and there is no 'cmake' in PATH [FAASC0272]",
     "Install CMake 3.19 or newer, or name the files in build.cpp.sources."},
    {"FAASC0273", "no function can be made of this CMake target",
     "A function is one static program: the sources of an executable, a static library or an object library "
     "make one. A shared library, one without sources and a custom target do not.",
     "add_library(prices SHARED prices.cc)", "Name a target of another type, or change its type."},
    {"FAASC0274", "CMake cannot configure the project",
     "The lines below the message are CMake's own. The project is configured as CMAKE_BUILD_TYPE=Release, "
     "with BUILD_SHARED_LIBS=OFF and BUILD_TESTING=OFF, in a directory of faasc's.",
     "find_package(Qt6 REQUIRED)   # which is not installed",
     "Mend what CMake says; packages that find_package() does not find have to be installed."},
    {"FAASC0275", "a library is there only as a shared one",
     "A function is linked into one static program, which no shared library can be part of. The archive "
     "(lib….a) is looked for beside the shared library (lib….so).",
     "target_link_libraries(prices /opt/lib/libtax.so)",
     "Install the package that has the archive, build the library with BUILD_SHARED_LIBS=OFF, or make it "
     "STATIC where it is your own."},
    {"FAASC0276", "CMake cannot build what the target needs",
     "Libraries of the project that the target links with, and sources that are generated, are built by "
     "'cmake --build'. The lines below the message are what it printed last.",
     "// tax.cc, of a library that the target links with\nint vat(int cents) { return cnets / 5; }",
     "Mend what the lines say."},
    {"FAASC0277", "CMake's answer is not understood",
     "faasc asks CMake's File API for the targets of the project, which CMake 3.19 and newer answer.",
     "faasc: error: cannot understand what CMake says in '…/.cmake/api/v1/reply/' [FAASC0277]",
     "Install a newer CMake."},
    {"FAASC0278", "there is no CMake project",
     "build.cpp.cmake.dir is where the topmost CMakeLists.txt is, relative to faas.yaml.",
     "build: {cpp: {cmake: {dir: srcs}}}", "Correct the directory."},
    {"FAASC0279", "a CMake project downloads",
     "CMake's FetchContent and ExternalProject, and commands of the project's own, fetch what the project is "
     "made from. With --offline nothing of what CMake starts reaches the network.",
     "FetchContent_Declare(tax URL https://example.org/tax.tar.gz)   # and faasc --offline build",
     "Build once without --offline: what was downloaded is kept and taken as it is. Or put a copy into the "
     "project, and name it with SOURCE_DIR."},
    {"FAASC0290", "the C++ compiler crashed", "Clang ran into a bug of its own while it compiled a source.",
     "faasc: error: the C++ compiler crashed on 'price.cc' (signal 11) [FAASC0290]",
     "Try to simplify the code at the place that the message shows, and report it."},
    {"FAASC0291", "two parts of faasc do not understand each other",
     "faasc and faasc-cxx are of different versions.",
     "faasc: error: cannot understand the answer between faasc and faasc-cxx [FAASC0291]",
     "Install faasc again, all of it from one place."},
    {"FAASC0400", "a Go function does not compile",
     "The go command found errors; its own messages stand above this one.",
     "func Hello(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, nmae) }",
     "Correct what Go complains about; 'go build ./...' in the module says the same."},
    {"FAASC0401", "the Go handler was not found",
     "No package below 'source' registers or defines a handler with the name that 'handler' gives, and, "
     "where "
     "it gives none, there is nothing that has the shape of one.",
     "handler: Helo",
     "Correct the name. A handler is registered with functions.HTTP, functions.CloudEvent or "
     "functions.Typed, "
     "or is an exported function of such a shape, or is given to lambda.Start."},
    {"FAASC0402", "more than one Go function could be the handler",
     "Several functions are registered, or several have the shape of a handler, and faasc does not guess.",
     "functions.HTTP(\"Price\", price)\nfunctions.HTTP(\"Stock\", stock)",
     "Write 'handler: NAME' into the manifest, or 'build: {go: {package: DIR}}' where packages have handlers "
     "of one name."},
    {"FAASC0403", "the Go handler is not exported",
     "A name that begins with a lower-case letter cannot be used outside of its package, and the main "
     "function "
     "that faasc makes is outside.",
     "func hello(w http.ResponseWriter, r *http.Request)",
     "Give it an upper-case name, or register it in an init() with functions.HTTP."},
    {"FAASC0404", "the Go handler has a type that is not served",
     "The function that 'handler' names takes or returns something else than a handler does. The message "
     "says "
     "what was found and what is accepted.",
     "func Hello(r *http.Request) string",
     "Change its signature, or add a function with one of the accepted ones that calls it."},
    {"FAASC0405", "the Go handler is not of the kind that 'signature' says",
     "The types of the handler, or the call that registers it, say what kind it is, and the manifest says "
     "something else.",
     "signature: cloudevent", "Remove 'signature', or change the handler."},
    {"FAASC0406", "there is no main function to run",
     "With 'signature: server' the program is the user's own, and no package main was found.",
     "signature: server", "Add 'package main' with 'func main()', or remove 'signature'."},
    {"FAASC0410", "there is no Go on this host",
     "Go functions are compiled with the Go that is installed. It is looked for in PATH, /usr/local/go, "
     "/usr/lib/go-* and ~/sdk; none is downloaded.",
     "faasc: error: there is no Go on this host: looked in PATH, /usr/local/go, /usr/lib/go-* and ~/sdk "
     "[FAASC0410]",
     "Install the package golang-go, or unpack a release from go.dev into /usr/local/go."},
    {"FAASC0411", "the version of Go that was asked for is not here",
     "'runtime: go:1.22' wants Go 1.22 with any patch level. The message lists what there is.",
     "runtime: go:1.22", "Write 'runtime: go' to take the Go there is, or install that version."},
    {"FAASC0412", "the program that looks for Go handlers does not work",
     "faasc parses Go with a small program that it compiles once with the Go of this host. Either that Go "
     "cannot compile it, or the packages cannot be read.",
     "faasc: error: Go 1.18.1 at '/usr/lib/go-1.18' cannot compile the program that looks for handlers "
     "[FAASC0412]",
     "Look at the lines shown; 'go build std' tells whether Go itself works. Go 1.19 or newer is needed."},
    {"FAASC0413", "faasc does not understand what Go says",
     "The answer of the go command, or of the program that looks for handlers, is not of the form that faasc "
     "knows.",
     "faasc: error: the Go detector's answer cannot be read [FAASC0413]",
     "Install faasc again if parts of it are of different versions; else report it with the version of Go."},
    {"FAASC0420", "there is no such Go package",
     "build.go.package names a directory below 'source', or an import path of the module, that has no Go "
     "files.",
     "build: {go: {package: ./cmd/server}}", "Correct it; the message lists the packages there are."},
    {"FAASC0421", "the Go function needs cgo",
     "A package imports \"C\" and so needs a C compiler and C libraries, which go into the image only when "
     "they "
     "are asked for.",
     "import \"C\"", "Set 'build: {go: {cgo: true}}', or use a package in pure Go."},
    {"FAASC0422", "go.sum does not vouch for a module",
     "Every module must be the one whose digest go.sum records. The entry is missing, or the digest differs. "
     "faasc never changes go.sum.",
     "hello.go:5:2: error: missing go.sum entry for module providing package github.com/a/b [FAASC0422]",
     "Run 'go mod tidy' in the module, look at what changed, and keep go.sum with the source."},
    {"FAASC0423", "go.mod asks for a newer Go",
     "The module needs a language version that the installed Go does not have. No other one is downloaded.",
     "go 1.99", "Install a newer Go, or lower the version in go.mod if the code does not need it."},
    {"FAASC0424", "there is no Go module",
     "Go code is compiled as a module, and neither 'source' nor a directory above has a go.mod.",
     "ls\nfaas.yaml  hello.go   # and no go.mod",
     "Run 'go mod init NAME' in the directory of the source, or name the module's directory with 'source'."},
    {"FAASC0425", "a Go module cannot be had",
     "A module that the function needs is neither in Go's cache nor in vendor/, and could not be downloaded: "
     "--offline forbids it, the proxy cannot be reached, or there is no such version.",
     "// go.mod\nrequire github.com/a/b v9.9.9   // a version that was never published",
     "Build once with the network, or run 'go mod vendor'; check GOPROXY and the version in go.mod."},
    {"FAASC0426", "go.mod is not right",
     "go.mod does not parse, or does not list a module that the source imports. faasc never changes go.mod.",
     "// go.mod does not require it\nimport \"github.com/a/b\"",
     "Run 'go get' for what is missing, or 'go mod tidy', in the module."},
    {"FAASC0427", "vendor/ does not fit go.mod",
     "The directory vendor/ holds other modules or versions than go.mod lists.",
     "go get github.com/a/b@v1.2.0   # without 'go mod vendor' after it",
     "Run 'go mod vendor', or set 'build: {go: {mod: readonly}}' to do without vendor/."},
    {"FAASC0430", "a Go function does what a unikernel cannot",
     "Nanos runs one process: starting another, replacing it or loading code into it fails when it is tried.",
     "exec.Command(\"ls\").Run()",
     "Do it in Go, or call a service; or build for Linux with 'image: {kernel: linux}'."},
    {"FAASC0510", "the program is not there",
     "The handler of a 'runtime: binary' is looked for in the project, or on this host where it begins with "
     "'/'.",
     "runtime: binary\nhandler: target/release/shop",
     "Build the program before the image, and name it relative to the directory of the manifest."},
    {"FAASC0511", "the handler is not a program",
     "A machine runs one ELF program for 64-bit Linux: not a script, a library, an object file or a program "
     "for "
     "another system. It is looked at, never run.",
     "runtime: binary\nhandler: server.js",
     "For a script name its interpreter as the handler and the script in 'args': handler: /usr/bin/node, "
     "args: "
     "[/app/server.js], files: [{from: server.js, to: /app/server.js}]."},
    {"FAASC0512", "no kernel for the program's architecture",
     "The program is for another processor than the kernel that was asked for. Where the name of a kernel "
     "says "
     "nothing of a processor ('nanos', 'nanos@0.1.55'), the one for the program's is taken.",
     "image: {kernel: nanos-aarch64}",
     "Leave the processor out of the kernel's name, or build the program for it."},
    {"FAASC0515", "there is no Linux for the program's architecture",
     "Images of the Linux family are for x86_64. For aarch64 there is Nanos.", "faasc build --kernel linux",
     "Choose 'kernel: nanos', or build the program for x86_64."},
    {"FAASC0516", "the language is not compiled for the kernel's architecture",
     "faasc compiles C++ and stages Python for x86_64. Go functions are compiled for the kernel's processor, "
     "and "
     "finished programs bring theirs along.",
     "runtime: cpp\nimage: {kernel: nanos-aarch64}",
     "Choose 'kernel: nanos' or 'kernel: linux'; or build the program with a cross compiler and name it with "
     "'runtime: binary'."},
    {"FAASC0517", "the machine has no BIOS",
     "A machine for aarch64 is started by a VMM that loads the kernel, or by UEFI.",
     "image: {kernel: nanos-aarch64, boot: bios}", "Write 'boot: uefi', or 'boot: direct'."},
};

}  // namespace

std::span<const ExplainPage> compiler_pages() {
  return kPages;
}

}  // namespace faasc
