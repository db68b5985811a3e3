#include "manifests/keys.h"

#include <limits>
#include <type_traits>
#include <utility>

#include "manifests/codes.h"
#include "manifests/text_checks.h"

namespace faasc {
namespace {

// Putting a checked value into a member: the member's type says how.

template <typename T>
void assign(Located<T>& to, const CheckedValue& from) {
  to.place = from.place;
  if constexpr (std::is_same_v<T, std::string>) {
    to.value = from.text;
  } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
    to.value = std::chrono::milliseconds(from.number);
  } else {
    to.value = static_cast<T>(from.number);
  }
}

void assign(Located<Runtime>& to, const CheckedValue& from) {
  std::size_t colon = from.text.find(':');
  std::string_view language = std::string_view(from.text).substr(0, colon);
  to.place = from.place;
  to.value.language = language == "cpp"      ? Language::Cpp
                      : language == "go"     ? Language::Go
                      : language == "binary" ? Language::Binary
                                             : Language::Python;
  if (colon != std::string::npos) to.value.version = from.text.substr(colon + 1);
}

template <typename T>
void assign(std::optional<T>& to, const CheckedValue& from) {
  assign(to.emplace(), from);
}

void assign(std::vector<Located<std::string>>& to, const CheckedValue& from) {
  to = from.list;
}
void assign(Located<std::vector<Located<std::string>>>& to, const CheckedValue& from) {
  to.place = from.place;
  to.value = from.list;
}
void assign(std::vector<NamedText>& to, const CheckedValue& from) {
  to = from.map;
}
void assign(std::vector<FreeMember>& to, const CheckedValue& from) {
  to = from.free;
}

template <typename Owner, typename T>
Owner owner_of(T Owner::*);

template <auto kMember>
void store(void* owner, const CheckedValue& value) {
  assign(static_cast<decltype(owner_of(kMember))*>(owner)->*kMember, value);
}

template <typename T>
void* open_member(T& member, const SourcePlace&) {
  return &member;
}
template <typename T>
void* open_member(std::optional<Located<T>>& member, const SourcePlace& place) {
  member.emplace().place = place;
  return &member->value;
}
template <typename T>
void* open_member(std::vector<T>& member, const SourcePlace&) {
  return &member.emplace_back();
}

template <auto kMember>
void* open(void* owner, const SourcePlace& place) {
  return open_member(static_cast<decltype(owner_of(kMember))*>(owner)->*kMember, place);
}

using M = Manifest;
constexpr std::int64_t kKiB = 1024, kMiB = kKiB * 1024, kSecond = 1000;
constexpr std::string_view kPathPattern = "^[^/~]";
constexpr std::string_view kGuestPathPattern = "^/.+";
constexpr std::string_view kIpv4Pattern = "^[0-9]+(\\.[0-9]+){3}$";
constexpr std::string_view kTokenPattern = "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$";
constexpr std::string_view kVariablePattern = "^[A-Za-z_][A-Za-z0-9_]*$";

constexpr std::string_view kSignatures[] = {"auto",  "http", "cloudevent", "lambda", "typed",
                                            "event", "asgi", "openfaas",   "server"};
constexpr std::string_view kStandards[] = {"11", "14", "17", "20", "23"};
constexpr std::string_view kGoAmd64[] = {"v1", "v2", "v3", "v4"};
constexpr std::string_view kGoModules[] = {"auto", "readonly", "vendor"};
constexpr std::string_view kLambdaEvents[] = {"raw", "url-v2"};
constexpr std::string_view kLogFormats[] = {"text", "json"};
constexpr std::string_view kLogLevels[] = {"debug", "info", "warn", "error", "fatal"};
constexpr std::string_view kImageFormats[] = {"raw", "qcow2", "vmdk", "vhd", "vhdx", "raw.zst"};
constexpr std::string_view kLints[] = {"warn", "strict", "off"};
constexpr std::string_view kImageBoots[] = {"auto", "direct", "bios", "uefi"};
constexpr std::string_view kCompats[] = {"none", "lambda", "gcf"};
constexpr std::string_view kEventModes[] = {"binary", "structured"};

constexpr Key kCMakeKeys[] = {
    {.name = "dir",
     .help = "Directory of the CMakeLists.txt, relative to source",
     .fallback = ".",
     .store = store<&CMakeTarget::directory>,
     .code = kPathEscapes,
     .pattern = kPathPattern,
     .check = check_project_path},
    {.name = "target",
     .help = "The library or object target that holds the handler",
     .fallback = "functions_framework_cpp_function",
     .store = store<&CMakeTarget::target>,
     .code = kBadBuildOption,
     .check = check_not_empty},
};

constexpr Key kCppKeys[] = {
    {.name = "sources",
     .form = Form::TextList,
     .help = "Globs of the files to compile",
     .fallback = "every *.cc, *.cpp and *.cxx that is not a test",
     .store = store<&M::CppBuild::sources>,
     .code = kBadGlob,
     .check = check_glob},
    {.name = "standard",
     .form = Form::Choice,
     .help = "The C++ standard",
     .fallback = "17",
     .store = store<&M::CppBuild::standard>,
     .code = kCppStandard,
     .choices = kStandards},
    {.name = "includes",
     .form = Form::TextList,
     .help = "Directories searched for headers",
     .store = store<&M::CppBuild::includes>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "defines",
     .form = Form::TextList,
     .help = "Macros, NAME or NAME=value",
     .store = store<&M::CppBuild::defines>,
     .code = kBadBuildOption,
     .pattern = "^[A-Za-z_][A-Za-z0-9_]*(=.*)?$",
     .check = check_cpp_define},
    {.name = "flags",
     .form = Form::TextList,
     .help = "Further flags for the compiler",
     .store = store<&M::CppBuild::flags>,
     .code = kDeniedCppFlag,
     .pattern = "^-",
     .check = check_cpp_flag},
    {.name = "link",
     .form = Form::TextList,
     .help = "Libraries to link: -lz, or a path to an archive",
     .store = store<&M::CppBuild::link>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "cmake",
     .form = Form::Section,
     .help = "Take sources and flags from a CMake project instead",
     .open = open<&M::CppBuild::cmake>,
     .members = kCMakeKeys},
};

constexpr std::string_view kPythonPrune[] = {"none", "stdlib", "all"};

constexpr Key kPythonKeys[] = {
    {.name = "requirements",
     .help = "File of the requirements",
     .fallback = "requirements.txt where there is one, then pyproject.toml",
     .store = store<&M::PythonBuild::requirements>,
     .code = kPathEscapes,
     .pattern = kPathPattern,
     .check = check_project_path},
    {.name = "wheels",
     .help = "Directory of wheels to install from",
     .store = store<&M::PythonBuild::wheels>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "index",
     .help = "URL of the package index",
     .store = store<&M::PythonBuild::index>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "prune",
     .form = Form::Choice,
     .help = "What to leave out where no import reaches it: nothing, of the standard library, of "
             "requirements, too",
     .fallback = "stdlib",
     .store = store<&M::PythonBuild::prune>,
     .code = kBadBuildOption,
     .choices = kPythonPrune},
    {.name = "include",
     .form = Form::TextList,
     .help = "Modules that are staged although no import of them is seen",
     .store = store<&M::PythonBuild::include>,
     .code = kBadBuildOption,
     .pattern = "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$",
     .check = check_module_name},
    {.name = "bytecode",
     .form = Form::Boolean,
     .help = "Compile modules ahead of time",
     .fallback = "true",
     .store = store<&M::PythonBuild::bytecode>},
};

constexpr Key kGoKeys[] = {
    {.name = "package",
     .help = "Import path or directory of the package",
     .fallback = ".",
     .store = store<&M::GoBuild::package>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "tags",
     .form = Form::TextList,
     .help = "Build tags",
     .store = store<&M::GoBuild::tags>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "ldflags",
     .form = Form::TextList,
     .help = "Flags for the linker",
     .store = store<&M::GoBuild::ldflags>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "cgo",
     .form = Form::Boolean,
     .help = "Allow packages that need a C compiler",
     .fallback = "false",
     .store = store<&M::GoBuild::cgo>},
    {.name = "goamd64",
     .form = Form::Choice,
     .help = "The x86-64 processors that the program runs on: v1 is all, v3 has AVX2",
     .fallback = "v1",
     .store = store<&M::GoBuild::goamd64>,
     .code = kBadBuildOption,
     .choices = kGoAmd64},
    {.name = "mod",
     .form = Form::Choice,
     .help = "Where modules come from",
     .fallback = "vendor where there is a vendor directory",
     .store = store<&M::GoBuild::modules>,
     .code = kBadBuildOption,
     .choices = kGoModules},
};

constexpr Key kBuildKeys[] = {
    {.name = "cpp",
     .form = Form::Section,
     .help = "How C++ is built",
     .open = open<&M::Build::cpp>,
     .members = kCppKeys},
    {.name = "python",
     .form = Form::Section,
     .help = "How Python is built",
     .open = open<&M::Build::python>,
     .members = kPythonKeys},
    {.name = "go",
     .form = Form::Section,
     .help = "How Go is built",
     .open = open<&M::Build::go>,
     .members = kGoKeys},
    {.name = "args",
     .form = Form::TextMap,
     .help = "Variables for the build; may use ${env:NAME}",
     .store = store<&M::Build::args>,
     .code = kBadBuildOption,
     .pattern = kVariablePattern,
     .check_name = check_variable_name,
     .name_code = kBadBuildOption},
    {.name = "locked",
     .form = Form::Boolean,
     .help = "Refuse dependencies that are not pinned",
     .fallback = "false",
     .store = store<&M::Build::locked>},
    {.name = "reproducible",
     .form = Form::Boolean,
     .help = "Same input, same bytes",
     .fallback = "true",
     .store = store<&M::Build::reproducible>},
};

constexpr Key kResourceKeys[] = {
    {.name = "memory",
     .form = Form::Quantity,
     .help = "Memory of the machine",
     // Enough for any language, and not less for small functions: whenever less than 64 MiB are free, Nanos
     // empties its page cache at every turn (mem_service() of its kernel), and reads again what it has thrown
     // away. Below about 136 MiB it starts that way, and takes twice the instructions to the first response.
     .fallback = "256MiB",
     .store = store<&M::Resources::memory>,
     .code = kMemoryRange,
     .least = 32 * kMiB,
     .most = 10240 * kMiB},
    {.name = "vcpus",
     .form = Form::Integer,
     .help = "Virtual processors",
     .fallback = "1",
     .store = store<&M::Resources::vcpus>,
     .code = kCpuRange,
     .least = 1,
     .most = 16},
    {.name = "ephemeral_storage",
     .form = Form::Quantity,
     .help = "Free space of the disk, for /tmp",
     .fallback = "512MiB",
     .store = store<&M::Resources::ephemeral_storage>,
     .code = kStorageRange,
     .least = 0,
     .most = 10240 * kMiB},
};

constexpr Key kLimitKeys[] = {
    {.name = "timeout",
     .form = Form::Duration,
     .help = "Longest time for one call",
     .fallback = "30s",
     .store = store<&M::Limits::timeout>,
     .code = kTimeRange,
     .least = 1 * kSecond,
     .most = 3600 * kSecond},
    {.name = "init_timeout",
     .form = Form::Duration,
     .help = "Longest time until the function can serve",
     .fallback = "10s",
     .store = store<&M::Limits::init_timeout>,
     .code = kTimeRange,
     .least = 1 * kSecond,
     .most = 240 * kSecond},
    {.name = "grace_period",
     .form = Form::Duration,
     .help = "Time to finish calls when stopping",
     .fallback = "10s",
     .store = store<&M::Limits::grace_period>,
     .code = kGraceRange,
     .least = 0,
     .most = 30 * kSecond},
    {.name = "request_size",
     .form = Form::Quantity,
     .help = "Largest body of a request",
     .fallback = "6MiB",
     .store = store<&M::Limits::request_size>,
     .code = kMessageSizeRange,
     .least = 1 * kKiB,
     .most = 1024 * kMiB},
    {.name = "response_size",
     .form = Form::Quantity,
     .help = "Largest body of a response",
     .fallback = "6MiB",
     .store = store<&M::Limits::response_size>,
     .code = kMessageSizeRange,
     .least = 1 * kKiB,
     .most = 1024 * kMiB},
    {.name = "concurrency",
     .form = Form::Integer,
     .help = "Calls served at a time",
     .fallback = "80; 1 for lambda",
     .store = store<&M::Limits::concurrency>,
     .code = kConcurrencyRange,
     .least = 1,
     .most = 1000},
};

constexpr Key kHttpKeys[] = {
    {.name = "port",
     .form = Form::Integer,
     .help = "Port that the function serves",
     .fallback = "8080",
     .store = store<&M::Http::port>,
     .code = kBadPort,
     .least = 1,
     .most = 65535},
    {.name = "health",
     .form = Form::Boolean,
     .help = "Answer /health/readiness and /health/liveness",
     .fallback = "true",
     .store = store<&M::Http::health>},
    {.name = "lambda_event",
     .form = Form::Choice,
     .help = "What a lambda handler is given: the body, or a Function URL event",
     .fallback = "raw",
     .store = store<&M::Http::lambda_event>,
     .choices = kLambdaEvents},
    {.name = "openapi",
     .form = Form::Boolean,
     .help = "Show the OpenAPI document of a typed function at /openapi.json",
     .fallback = "false",
     .store = store<&M::Http::openapi>},
};

constexpr Key kFileKeys[] = {
    {.name = "from",
     .help = "File or directory of the project",
     .required = true,
     .store = store<&M::DataFile::from>,
     .code = kPathEscapes,
     .pattern = kPathPattern,
     .check = check_project_path},
    {.name = "to",
     .help = "Absolute path in the guest",
     .required = true,
     .store = store<&M::DataFile::to>,
     .code = kBadFileTarget,
     .pattern = kGuestPathPattern,
     .check = check_guest_path},
    {.name = "mode",
     .form = Form::FileMode,
     .help = "Permission bits in octal",
     .fallback = "those of the file",
     .store = store<&M::DataFile::mode>,
     .code = kBadFileTarget},
};

constexpr Key kMountKeys[] = {
    {.name = "tag",
     .help = "Tag of a directory shared by the host",
     .store = store<&M::Mount::tag>,
     .code = kBadMount,
     .check = check_not_empty},
    {.name = "label",
     .help = "Label of a volume",
     .store = store<&M::Mount::label>,
     .code = kBadMount,
     .check = check_not_empty},
    {.name = "path",
     .help = "Where it is mounted in the guest",
     .required = true,
     .store = store<&M::Mount::path>,
     .code = kBadMount,
     .pattern = kGuestPathPattern,
     .check = check_guest_path},
    {.name = "readonly",
     .form = Form::Boolean,
     .help = "Refuse writing",
     .fallback = "false",
     .store = store<&M::Mount::readonly>},
};

constexpr Key kNetworkKeys[] = {
    {.name = "address",
     .help = "IPv4 address of the guest with its prefix length, or dhcp",
     .fallback = "dhcp",
     .store = store<&M::Network::address>,
     .code = kBadNetwork,
     .pattern = "^(dhcp|[0-9]+(\\.[0-9]+){3}(/[0-9]+)?)$",
     .check = check_guest_address},
    {.name = "netmask",
     .help = "Mask of the network where the address has no prefix length",
     .store = store<&M::Network::netmask>,
     .code = kBadNetwork,
     .pattern = kIpv4Pattern,
     .check = check_netmask},
    {.name = "gateway",
     .help = "Router of the network",
     .fallback = "the first address of the network",
     .store = store<&M::Network::gateway>,
     .code = kBadNetwork,
     .pattern = kIpv4Pattern,
     .check = check_ipv4_address},
    {.name = "dns",
     .form = Form::TextList,
     .help = "Addresses of name servers, for /etc/resolv.conf",
     .store = store<&M::Network::dns>,
     .code = kBadNetwork,
     .check = check_ip_address},
    {.name = "hosts",
     .form = Form::TextMap,
     .help = "Names of hosts and their addresses, for /etc/hosts",
     .store = store<&M::Network::hosts>,
     .code = kBadNetwork,
     .pattern = "^[A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?$",
     .check = check_ip_address,
     .check_name = check_host_name,
     .name_code = kBadNetwork},
};

constexpr Key kLoggingKeys[] = {
    {.name = "format",
     .form = Form::Choice,
     .help = "Shape of the runtime's own log lines",
     .fallback = "text",
     .store = store<&M::Logging::format>,
     .code = kBadLogging,
     .choices = kLogFormats},
    {.name = "level",
     .form = Form::Choice,
     .help = "Least severe line that is written",
     .fallback = "info",
     .store = store<&M::Logging::level>,
     .code = kBadLogging,
     .choices = kLogLevels},
};

constexpr Key kImageKeys[] = {
    {.name = "format",
     .form = Form::Choice,
     .help = "Format of the disk image",
     .fallback = "raw",
     .store = store<&M::ImageOptions::format>,
     .code = kImageFormat,
     .choices = kImageFormats},
    {.name = "size",
     .form = Form::Quantity,
     .help = "Size of the disk",
     .fallback = "auto",
     .store = store<&M::ImageOptions::size>,
     .code = kImageSize,
     .least = 1 * kMiB,
     .most = std::int64_t{1} << 44,
     .word = "auto"},
    {.name = "max_size",
     .form = Form::Quantity,
     .help = "Most that the image may take, holes not counted; a larger one fails the build",
     .store = store<&M::ImageOptions::max_size>,
     .code = kImageTooLarge,
     .least = 1,
     .most = std::int64_t{1} << 44},
    {.name = "kernel",
     .help = "Kernel: auto, nanos, nanos@VERSION, nanos-aarch64, linux, VERSION, or a path",
     .fallback = "auto",
     .store = store<&M::ImageOptions::kernel>,
     .code = kBadKernelChoice,
     .check = check_kernel_choice},
    {.name = "boot",
     .form = Form::Choice,
     .help = "What the disk boots from by itself: auto, direct (nothing: the VMM loads the kernel), bios, "
             "uefi (and bios)",
     .fallback = "auto",
     .store = store<&M::ImageOptions::boot>,
     .code = kImageBoot,
     .choices = kImageBoots},
    {.name = "klibs",
     .form = Form::TextList,
     .help = "Libraries that Nanos loads into the kernel",
     .store = store<&M::ImageOptions::klibs>,
     .code = kUnknownKlib,
     .choices = kKnownKlibs,
     .check = check_klib},
    {.name = "consoles",
     .form = Form::TextList,
     .help = "Where Nanos writes what it and the function print: serial, vga, net",
     .fallback = "[serial, vga]",
     .store = store<&M::ImageOptions::consoles>,
     .code = kBadConsole,
     .pattern = "^(serial|vga|net)$",
     .check = check_console},
    {.name = "coredumplimit",
     .form = Form::Quantity,
     .help = "Most that Nanos writes to /coredumps/core when the function crashes",
     .fallback = "no core dumps",
     .store = store<&M::ImageOptions::coredumplimit>,
     .code = kBadCoreDump,
     .least = 64 * kKiB,
     .most = 64 * kKiB * kMiB},
    {.name = "manifest",
     .form = Form::FreeMap,
     .help = "Entries on top of Nanos' own manifest",
     .store = store<&M::ImageOptions::tuples>,
     .code = kOwnedTuple,
     .check_name = check_tuple_name,
     .name_code = kOwnedTuple},
};

constexpr Key kCloudEventKeys[] = {
    {.name = "mode",
     .form = Form::Choice,
     .help = "Attributes in headers, or all in one JSON body",
     .fallback = "binary",
     .store = store<&TestEvent::mode>,
     .code = kBadTest,
     .choices = kEventModes},
    {.name = "id",
     .help = "Attribute id",
     .fallback = "1",
     .store = store<&TestEvent::id>,
     .code = kBadTest,
     .check = check_not_empty},
    {.name = "source",
     .help = "Attribute source",
     .fallback = "/faasc/test",
     .store = store<&TestEvent::source>,
     .code = kBadTest,
     .check = check_not_empty},
    {.name = "type",
     .help = "Attribute type",
     .fallback = "faasc.test",
     .store = store<&TestEvent::type>,
     .code = kBadTest,
     .check = check_not_empty},
    {.name = "specversion",
     .help = "Attribute specversion",
     .fallback = "1.0",
     .store = store<&TestEvent::specversion>,
     .code = kBadTest,
     .check = check_not_empty},
    {.name = "subject",
     .help = "Attribute subject",
     .store = store<&TestEvent::subject>,
     .code = kBadTest,
     .check = check_not_empty},
    {.name = "time",
     .help = "Attribute time, RFC 3339",
     .store = store<&TestEvent::time>,
     .code = kBadTest,
     .check = check_not_empty},
    {.name = "datacontenttype",
     .help = "Media type of the data",
     .fallback = "application/json where there is data",
     .store = store<&TestEvent::datacontenttype>,
     .code = kBadTest,
     .check = check_not_empty},
    {.name = "dataschema",
     .help = "Attribute dataschema",
     .store = store<&TestEvent::dataschema>,
     .code = kBadTest,
     .check = check_not_empty},
    {.name = "extensions",
     .form = Form::TextMap,
     .help = "Further attributes",
     .store = store<&TestEvent::extensions>,
     .code = kBadTest,
     .pattern = "^[a-z0-9]+$",
     .check = check_header_value,
     .check_name = check_event_attribute,
     .name_code = kBadTest},
    {.name = "data",
     .form = Form::Json,
     .help = "The event's data",
     .store = store<&TestEvent::data>,
     .code = kBadTest},
};

constexpr Key kRequestKeys[] = {
    {.name = "method",
     .help = "HTTP method",
     .fallback = "POST with a body or event, else GET",
     .store = store<&M::TestRequest::method>,
     .code = kBadTest,
     .pattern = kTokenPattern,
     .check = check_http_token},
    {.name = "path",
     .help = "Path and query",
     .fallback = "/",
     .store = store<&M::TestRequest::path>,
     .code = kBadTest,
     .pattern = "^/",
     .check = check_request_path},
    {.name = "headers",
     .form = Form::TextMap,
     .help = "Headers of the request",
     .store = store<&M::TestRequest::headers>,
     .code = kBadTest,
     .pattern = kTokenPattern,
     .check = check_header_value,
     .check_name = check_http_token,
     .name_code = kBadTest},
    {.name = "body", .help = "Body as text", .store = store<&M::TestRequest::body>},
    {.name = "body_file",
     .help = "File with the body",
     .store = store<&M::TestRequest::body_file>,
     .code = kPathEscapes,
     .pattern = kPathPattern,
     .check = check_project_path},
    {.name = "cloudevent",
     .form = Form::Section,
     .help = "Send a CloudEvent",
     .open = open<&M::TestRequest::cloudevent>,
     .members = kCloudEventKeys},
};

constexpr Key kExpectKeys[] = {
    {.name = "status",
     .form = Form::Integer,
     .help = "HTTP status",
     .store = store<&M::TestExpectation::status>,
     .code = kBadTest,
     .least = 100,
     .most = 599},
    {.name = "headers",
     .form = Form::TextMap,
     .help = "Headers the answer must have",
     .store = store<&M::TestExpectation::headers>,
     .code = kBadTest,
     .pattern = kTokenPattern,
     .check = check_header_value,
     .check_name = check_http_token,
     .name_code = kBadTest},
    {.name = "body", .help = "The whole body", .store = store<&M::TestExpectation::body>},
    {.name = "body_json",
     .form = Form::Json,
     .help = "JSON that the body must hold at least",
     .store = store<&M::TestExpectation::body_json>,
     .code = kBadTest},
    {.name = "body_regex",
     .help = "Regular expression to be found in the body",
     .store = store<&M::TestExpectation::body_regex>,
     .code = kBadTest,
     .check = check_regex},
    {.name = "log_regex",
     .help = "Regular expression to be found in a line of the log",
     .store = store<&M::TestExpectation::log_regex>,
     .code = kBadTest,
     .check = check_regex},
    {.name = "max_ms",
     .form = Form::Integer,
     .help = "Longest time in milliseconds",
     .store = store<&M::TestExpectation::max_duration>,
     .code = kBadTest,
     .least = 1,
     .most = 3'600'000},
};

constexpr Key kTestKeys[] = {
    {.name = "name",
     .help = "Name of the test",
     .required = true,
     .store = store<&M::Test::name>,
     .code = kBadTest,
     .check = check_not_empty},
    {.name = "request",
     .form = Form::Section,
     .help = "What is sent",
     .open = open<&M::Test::request>,
     .members = kRequestKeys},
    {.name = "expect",
     .form = Form::Section,
     .help = "What must come back",
     .open = open<&M::Test::expect>,
     .members = kExpectKeys},
};

constexpr Key kManifestKeys[] = {
    {.name = "apiVersion",
     .help = "Version of this format",
     .required = true,
     .code = kApiVersion,
     .pattern = "^faasc/v1$",
     .check = check_api_version},
    {.name = "name",
     .help = "Name of the function",
     .fallback = "name of the directory",
     .store = store<&M::name>,
     .code = kBadFunctionName,
     .pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
     .check = check_function_name},
    {.name = "version",
     .help = "Version of the function",
     .fallback = "0.0.0",
     .store = store<&M::version>,
     .code = kWrongType,
     .check = check_not_empty},
    {.name = "description", .help = "What the function does", .store = store<&M::description>},
    {.name = "labels",
     .form = Form::TextMap,
     .help = "Labels for whoever deploys the image",
     .store = store<&M::labels>},
    {.name = "runtime",
     .help = "Language, with a version if it matters",
     .fallback = "inferred from the files",
     .store = store<&M::runtime>,
     .code = kUnknownRuntime,
     .pattern = "^(cpp(:(11|14|17|20|23))?|python(:3(\\.[0-9]+)+)?|go(:1(\\.[0-9]+)+)?|binary)$",
     .check = check_runtime},
    {.name = "handler",
     .help = "The function to serve; of a binary the path of the program",
     .fallback = "the only candidate",
     .store = store<&M::handler>,
     .code = kWrongType,
     .check = check_not_empty},
    {.name = "signature",
     .form = Form::Choice,
     .help = "How the function is called",
     .fallback = "auto",
     .store = store<&M::signature>,
     .choices = kSignatures},
    {.name = "args",
     .form = Form::TextList,
     .help = "Arguments of a binary, after its name",
     .store = store<&M::arguments>,
     .code = kArgumentsOfCode},
    {.name = "source",
     .help = "Directory of the source",
     .fallback = ".",
     .store = store<&M::source>,
     .code = kPathEscapes,
     .pattern = kPathPattern,
     .check = check_project_path},
    {.name = "include",
     .form = Form::TextList,
     .help = "Patterns of the files that belong to the function",
     .fallback = "everything",
     .store = store<&M::include>,
     .code = kBadGlob,
     .check = check_glob},
    {.name = "exclude",
     .form = Form::TextList,
     .help = "Patterns of files to leave out",
     .store = store<&M::exclude>,
     .code = kBadGlob,
     .check = check_glob},
    {.name = "build",
     .form = Form::Section,
     .help = "How the function is built",
     .open = open<&M::build>,
     .members = kBuildKeys},
    {.name = "env",
     .form = Form::TextMap,
     .help = "Environment variables; may use ${env:NAME}",
     .store = store<&M::environment>,
     .pattern = kVariablePattern,
     .check_name = check_variable_name,
     .name_code = kBadVariableName},
    {.name = "resources",
     .form = Form::Section,
     .help = "The machine",
     .open = open<&M::resources>,
     .members = kResourceKeys},
    {.name = "limits",
     .form = Form::Section,
     .help = "Limits that the runtime enforces",
     .open = open<&M::limits>,
     .members = kLimitKeys},
    {.name = "http",
     .form = Form::Section,
     .help = "How the function is reached",
     .open = open<&M::http>,
     .members = kHttpKeys},
    {.name = "network",
     .form = Form::Section,
     .help = "The guest's address, name servers and hosts",
     .open = open<&M::network>,
     .members = kNetworkKeys},
    {.name = "timezone",
     .help = "Time zone of the function, as in Europe/Berlin",
     .fallback = "UTC",
     .store = store<&M::timezone>,
     .code = kBadTimezone,
     .pattern = "^[A-Za-z]([-+_/A-Za-z0-9]*[A-Za-z0-9])?$",
     .check = check_timezone},
    {.name = "ca_certificates",
     .help = "Certificates to trust: host, for those of the machine that builds, or a PEM file",
     .fallback = "none",
     .store = store<&M::ca_certificates>,
     .code = kBadCertificates,
     .pattern = kPathPattern,
     .check = check_ca_certificates},
    {.name = "files",
     .form = Form::SectionList,
     .help = "Further files for the image",
     .open = open<&M::files>,
     .members = kFileKeys},
    {.name = "mounts",
     .form = Form::SectionList,
     .help = "Volumes and shared directories",
     .open = open<&M::mounts>,
     .members = kMountKeys},
    {.name = "logging",
     .form = Form::Section,
     .help = "The runtime's own log lines",
     .open = open<&M::logging>,
     .members = kLoggingKeys},
    {.name = "image",
     .form = Form::Section,
     .help = "The disk image",
     .open = open<&M::image>,
     .members = kImageKeys},
    {.name = "compat",
     .form = Form::Choice,
     .help = "Hold the function to the limits of a provider",
     .fallback = "none",
     .store = store<&M::compat>,
     .choices = kCompats},
    {.name = "lint",
     .form = Form::Choice,
     .help = "What calls that a unikernel cannot serve are: warnings, errors, or nothing",
     .fallback = "warn",
     .store = store<&M::lint>,
     .choices = kLints},
    {.name = "tests",
     .form = Form::SectionList,
     .help = "Requests and what must come back",
     .open = open<&M::tests>,
     .members = kTestKeys},
};

void collect_paths(std::span<const Key> keys, const std::string& prefix, std::string_view name,
                   std::vector<std::string>& out) {
  for (const Key& key : keys) {
    std::string path = prefix + std::string(key.name);
    if (key.name == name) out.push_back(path);
    collect_paths(key.members, path + ".", name, out);
  }
}

}  // namespace

std::span<const Key> manifest_keys() {
  return kManifestKeys;
}

std::vector<std::string> paths_of_key(std::string_view name) {
  std::vector<std::string> paths;
  collect_paths(kManifestKeys, "", name, paths);
  return paths;
}

}  // namespace faasc
