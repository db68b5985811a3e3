#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/diagnostics.h"

namespace faasc {

/// A value and where the user wrote it. A default has no place.
template <typename T>
struct Located {
  T value{};
  SourcePlace place;

  bool written() const { return place.line > 0; }
  const T& operator*() const { return value; }
  const T* operator->() const { return &value; }
};

enum class Language : std::uint8_t {
  Cpp,
  Python,
  Go,
  Binary,  ///< none: a finished program
};
std::string_view name_of(Language language);  ///< "cpp", "python", "go", "binary"

struct Runtime {
  Language language = Language::Cpp;
  std::string version;  ///< "17", "3.11", "1.22"; empty: whatever there is
};

enum class Signature : std::uint8_t { Auto, Http, CloudEvent, Lambda, Typed, Event, Asgi, OpenFaas, Server };
std::string_view name_of(Signature signature);  ///< as in the manifest: "cloudevent"

enum class LambdaEvent : std::uint8_t { Raw, UrlV2 };
enum class LogFormat : std::uint8_t { Text, Json };
enum class LogLevel : std::uint8_t { Debug, Info, Warn, Error, Fatal };
/// What the disk boots from, besides a VMM that loads the kernel.
enum class ImageBoot : std::uint8_t { Auto, Direct, Bios, Uefi };
/// How the root file system of a Linux image is carried.
enum class ImageRoot : std::uint8_t { Ext4, Erofs, Initramfs };
enum class Compat : std::uint8_t { None, Lambda, Gcf };
enum class Lint : std::uint8_t { Warn, Strict, Off };
enum class GoModules : std::uint8_t { Auto, ReadOnly, Vendor };

/// A name and a value in the order of the file: environment variables, build arguments, headers, labels.
struct NamedText {
  Located<std::string> name;
  Located<std::string> value;
  bool secret = false;  ///< came from `${env:…}`: never to be shown
};

struct FreeMember;

/// A value without a fixed shape: text, a list or a map. Numbers and booleans stay as they were written.
struct FreeValue {
  enum class Kind : std::uint8_t { Text, List, Map } kind = Kind::Text;
  std::string text;
  std::vector<FreeValue> items;
  std::vector<FreeMember> members;  ///< in the order of the file
  SourcePlace place;
};

struct FreeMember {
  Located<std::string> name;
  FreeValue value;
};

/// A CMake target to take sources and flags from. Not nested in Manifest: a default member initialiser of a
/// nested class cannot be used before the enclosing class is complete.
struct CMakeTarget {
  Located<std::string> directory{"."};
  Located<std::string> target{"functions_framework_cpp_function"};
};

/// The event that a test sends.
struct TestEvent {
  Located<std::string> mode{"binary"};  ///< "binary", "structured"
  Located<std::string> id{"1"}, source{"/faasc/test"}, type{"faasc.test"}, specversion{"1.0"};
  Located<std::string> subject, time, datacontenttype, dataschema;  ///< empty: absent
  std::vector<NamedText> extensions;
  std::optional<Located<std::string>> data;  ///< JSON text
};

/// What the user wrote in `faas.yaml`, checked, with defaults. Paths are relative to `directory` and are not
/// looked at; sizes are bytes. Whatever needs a look at files is empty until resolve_manifest
/// (manifests/project.h) fills it in.
struct Manifest {
  std::filesystem::path path;       ///< as the user would type it
  std::filesystem::path directory;  ///< the project: where the file is; "." rather than empty
  std::string text;                 ///< the whole file

  Located<std::string> name;  ///< empty until resolved: the name of the directory
  Located<std::string> version{"0.0.0"};
  Located<std::string> description;
  std::vector<NamedText> labels;

  std::optional<Located<Runtime>> runtime;  ///< absent until resolved: inferred from the files
  Located<std::string> handler;             ///< empty: the sole candidate; of a binary: its path
  Located<Signature> signature;
  std::vector<Located<std::string>> arguments;  ///< of a binary, after its own name
  Located<std::string> source{"."};
  std::vector<Located<std::string>> include;  ///< gitignore patterns; empty: everything
  std::vector<Located<std::string>> exclude;  ///< on top of those that always apply (manifests/project.h)

  struct CppBuild {
    std::vector<Located<std::string>> sources;  ///< globs; empty: every C++ source that is not a test
    Located<std::string> standard{"17"};        ///< "11" … "23"
    std::vector<Located<std::string>> includes, defines, flags, link;
    Located<std::string> launcher{"none"};  ///< "none", "ccache", "sccache", "distcc", "icecc"
    std::optional<Located<CMakeTarget>> cmake;
  };
  struct PythonBuild {
    Located<std::string> requirements;  ///< empty: requirements.txt where there is one, then pyproject.toml
    Located<std::string> wheels;        ///< a directory, may lie outside of the project; empty: none
    Located<std::string> index;         ///< a URL; empty: the default of pip
    Located<std::string> prune{"stdlib"};       ///< "none", "stdlib", "all"
    std::vector<Located<std::string>> include;  ///< modules to stage although no import of them is seen
    Located<bool> bytecode{true};
  };
  struct GoBuild {
    Located<std::string> package{"."};
    std::vector<Located<std::string>> tags, ldflags;
    Located<bool> cgo{false};
    Located<std::string> goamd64{"v1"};
    Located<GoModules> modules;  ///< Auto: vendored where there is a vendor/ directory
  };
  struct Build {
    CppBuild cpp;
    PythonBuild python;
    GoBuild go;
    std::vector<NamedText> args;
    Located<bool> locked{false};
    Located<bool> reproducible{true};
  };
  Build build;

  std::vector<NamedText> environment;

  struct Resources {
    Located<std::uint64_t> memory{std::uint64_t{256} << 20};  ///< whole MiB
    Located<int> vcpus{1};
    Located<std::uint64_t> ephemeral_storage{std::uint64_t{512} << 20};
  };
  Resources resources;

  struct Limits {
    Located<std::chrono::milliseconds> timeout{std::chrono::seconds(30)};
    Located<std::chrono::milliseconds> init_timeout{std::chrono::seconds(10)};
    Located<std::chrono::milliseconds> grace_period{std::chrono::seconds(10)};
    Located<std::uint64_t> request_size{std::uint64_t{6} << 20};
    Located<std::uint64_t> response_size{std::uint64_t{6} << 20};
    std::optional<Located<int>> concurrency;  ///< absent: by kind, see default_concurrency
  };
  Limits limits;

  struct Http {
    Located<int> port{8080};
    Located<bool> health{true};
    Located<LambdaEvent> lambda_event;
    Located<bool> openapi{false};
  };
  Http http;

  struct Network {
    Located<std::string> address{
        "dhcp"};                    ///< or an IPv4 address, which may have its prefix length: "10.0.2.15/24"
    Located<std::string> netmask;   ///< "255.255.255.0"; empty where the address has a prefix length
    Located<std::string> gateway;   ///< empty: the first address of the network
    Located<std::string> address6;  ///< IPv6 with its prefix length, "fd00::2/64"; empty: from routers only
    Located<std::string> tap, bridge;       ///< of the host that runs the machine; one of them at most
    std::vector<Located<std::string>> dns;  ///< addresses of name servers
    std::vector<NamedText> hosts;           ///< names and their addresses, beside localhost
  };
  Network network;

  Located<std::string> timezone;         ///< "Europe/Berlin"; empty: UTC
  Located<std::string> ca_certificates;  ///< "host" or a PEM file of the project; empty: none

  struct DataFile {
    Located<std::string> from, to;     ///< `from` may be a directory
    std::optional<Located<int>> mode;  ///< permission bits; absent: the file's own
  };
  std::vector<DataFile> files;

  struct Mount {
    Located<std::string> tag, label;  ///< exactly one is set: a 9p share's tag, or a volume's label
    Located<std::string> path;        ///< absolute, in the guest
    Located<bool> readonly{false};
  };
  std::vector<Mount> mounts;

  struct Logging {
    Located<LogFormat> format;
    Located<LogLevel> level{LogLevel::Info};
  };
  Logging logging;

  struct ImageOptions {
    Located<std::string> format{"raw"};              ///< as packager/disk/formats/disk_format.h names them
    std::optional<Located<std::uint64_t>> size;      ///< of the disk; absent: as small as it gets
    std::optional<Located<std::uint64_t>> max_size;  ///< of the image file, holes not counted
    Located<std::string> kernel{"auto"};  ///< "auto", "nanos", "linux@6.1", "0.1.55", or a path with a slash
    Located<ImageBoot> boot{ImageBoot::Auto};
    Located<ImageRoot> root{ImageRoot::Ext4};
    std::vector<Located<std::string>> klibs;
    Located<std::vector<Located<std::string>>> consoles;  ///< "serial", "vga", "net"
    std::optional<Located<std::uint64_t>> coredumplimit;  ///< absent: no core dumps
    std::vector<FreeMember> tuples;                       ///< `image.manifest`: on top of Nanos' root tuple
  };
  ImageOptions image;

  Located<Compat> compat;
  Located<Lint> lint;

  struct TestRequest {
    std::optional<Located<std::string>> method;  ///< absent: POST with a body or event, else GET
    Located<std::string> path{"/"};
    std::vector<NamedText> headers;
    // At most one of these.
    std::optional<Located<std::string>> body;
    std::optional<Located<std::string>> body_file;
    std::optional<Located<TestEvent>> cloudevent;
  };
  struct TestExpectation {
    std::optional<Located<int>> status;
    std::vector<NamedText> headers;
    std::optional<Located<std::string>> body, body_json, body_regex, log_regex;  ///< body_json: JSON text
    std::optional<Located<std::chrono::milliseconds>> max_duration;
  };
  struct Test {
    Located<std::string> name;
    TestRequest request;
    TestExpectation expect;
  };
  std::vector<Test> tests;  ///< empty: the implicit one, ready within init_timeout

  /// A finding about this file at `place`, with the line it is on.
  Diagnostic finding(Severity severity, std::string_view code, std::string message, const SourcePlace& place,
                     std::string hint = "") const;
};

/// Where `ca_certificates` are in the guest: where Go, curl and others look for them of themselves.
inline constexpr const char* kCertificatesPath = "/etc/ssl/certs/ca-certificates.crt";

/// How many calls one instance takes at a time where the manifest does not say: 1 for lambda, else 80.
int default_concurrency(std::string_view kind);

}  // namespace faasc
