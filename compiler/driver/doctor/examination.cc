#include "compiler/driver/doctor/examination.h"

#include <algorithm>
#include <cstdio>

namespace faasc {
namespace {

using State = Symptom::State;

// A build of faasc's own size, and a kernel that is being extracted, fit into this.
constexpr std::uint64_t kLittleSpace = std::uint64_t{1} << 30;

std::string install(std::string_view package) {
  return "sudo apt-get install " + std::string(package);
}

// "Python 3.11.7" → "3.11.7"; the last word that begins with a digit.
std::string version_in(const std::string& line) {
  std::size_t end = line.size();
  while (end > 0) {
    std::size_t begin = line.find_last_of(" o", end - 1);
    begin = begin == std::string::npos ? 0 : begin + 1;
    if (begin < end && line[begin] >= '0' && line[begin] <= '9')
      return line.substr(begin, std::min(line.find_first_of(" ,(", begin), line.size()) - begin);
    if (begin == 0) break;
    end = begin - 1;
  }
  return line;
}

class Examination {
 public:
  explicit Examination(const Host& host) : host_(host) {}

  std::vector<Symptom> run() {
    cpp();
    tool("Python", {"python3"}, {"--version"}, "python3", "Python functions cannot be built");
    tool("Go", {"go", "/usr/local/go/bin/go"}, {"version"}, "golang-go", "Go functions cannot be built");
    kernels();
    qemu();
    bubblewrap();
    kvm();
    uefi();
    space();
    return std::move(symptoms_);
  }

 private:
  void add(State state, std::string part, std::string found, std::string fix = "") {
    symptoms_.push_back({state, std::move(part), std::move(found), std::move(fix)});
  }

  void cpp() {
    for (const char* part :
         {"libexec/faasc/faasc-cxx", "lib/faasc/cpp/libfaasrt.a", "share/faasc/cpp/include"}) {
      if (host_.has_part(part)) continue;
      return add(State::Lacking, "C++",
                 "'" + std::string(part) + "' is not there: C++ functions cannot be built",
                 "install faasc again, with its C++ part");
    }
    // Headers and start files come from the host; Clang itself is inside faasc-cxx.
    for (const char* file : {"/usr/lib/x86_64-linux-gnu/crt1.o", "/usr/lib64/crt1.o"}) {
      if (host_.is_file(file)) return add(State::Fine, "C++", "Clang 19, in faasc");
    }
    add(State::Lacking, "C++", "the C library's development files are missing", install("g++"));
  }

  void tool(const std::string& part, std::initializer_list<const char*> names,
            const std::vector<std::string>& arguments, const char* package, const char* consequence) {
    for (const char* name : names) {
      auto path = host_.program(name);
      if (!path) continue;
      std::vector<std::string> argv{path->string()};
      argv.insert(argv.end(), arguments.begin(), arguments.end());
      auto line = host_.first_line_of(argv);
      if (line) return add(State::Fine, part, version_in(*line) + " at " + path->string());
      return add(State::Lacking, part, path->string() + " does not run", install(package));
    }
    add(State::Lacking, part, std::string("is not installed: ") + consequence, install(package));
  }

  void kernels() {
    std::string nanos, linux;
    for (const std::string& name : host_.kernels()) {
      std::string& list = name.starts_with("linux") ? linux : nanos;
      list.append(list.empty() ? "" : ", ").append(name);
    }
    bool none = nanos.empty() && linux.empty();
    if (!nanos.empty())
      add(State::Fine, "Nanos kernel", nanos);
    else
      add(none ? State::Broken : State::Lacking, "Nanos kernel",
          none ? "none, and no other: nothing can be built" : "none: functions are built for Linux",
          "faasc kernel pull nanos");
    const std::string build = "faasc kernel build linux";
    if (linux.empty())
      add(State::Lacking, "Linux kernel", "none: programs that Nanos cannot run have nowhere to go", build);
    else if (linux.find("-faasc-") == std::string::npos)
      add(State::Lacking, "Linux kernel",
          linux +
              " only, which starts many times slower than a kernel that has what functions need and nothing "
              "else",
          build);
    else
      add(State::Fine, "Linux kernel", linux);
  }

  void qemu() {
    qemu("QEMU", "qemu-system-x86_64", "qemu-system-x86", State::Broken);
    // Only whoever has a kernel for another processor wants to run what it boots.
    std::vector<std::string> kernels = host_.kernels();
    auto for_aarch64 = [](const std::string& name) { return name.starts_with("nanos-aarch64@"); };
    if (std::any_of(kernels.begin(), kernels.end(), for_aarch64))
      qemu("QEMU aarch64", "qemu-system-aarch64", "qemu-system-arm", State::Lacking);
  }

  void qemu(const char* topic, const char* program, const std::string& package, State without) {
    auto path = host_.program(program);
    if (!path)
      return add(without, topic, "is not installed: images can be built, but not run", install(package));
    auto line = host_.first_line_of({path->string(), "--version"});
    if (!line)
      return add(without, topic, path->string() + " does not run", install("--reinstall " + package));
    std::size_t version = line->find("version ");
    std::string number = version == std::string::npos ? *line : line->substr(version + 8);
    add(State::Fine, topic, number.substr(0, number.find(' ')) + " at " + path->string());
  }

  void bubblewrap() {
    auto path = host_.program("bwrap");
    if (path) return add(State::Fine, "bubblewrap", path->string());
    add(State::Lacking, "bubblewrap", "is not installed: there is no '--vmm process'", install("bubblewrap"));
  }

  void kvm() {
    KvmVerdict verdict = host_.kvm();
    if (verdict.usable) return add(State::Fine, "KVM", verdict.why);
    add(State::Lacking, "KVM", verdict.why + "; machines are emulated, which is slower",
        verdict.hint.empty() ? "run on a host with hardware virtualisation" : verdict.hint);
  }

  void uefi() {
    std::filesystem::path firmware = host_.uefi_firmware();
    if (!firmware.empty()) return add(State::Fine, "UEFI", firmware.string());
    add(State::Lacking, "UEFI", "no firmware for QEMU: images cannot be booted by UEFI here",
        install(uefi_firmware_package("x86_64")));
  }

  void space() {
    auto bytes = host_.free_bytes(host_.store());
    if (!bytes) return;
    char text[64];
    std::snprintf(text, sizeof text, "%.1f GiB free for ", static_cast<double>(*bytes) / (1u << 30));
    add(*bytes < kLittleSpace ? State::Lacking : State::Fine, "Disk", text + host_.store().string(),
        *bytes < kLittleSpace ? "make room, or set FAASC_HOME to a directory on another disk" : "");
  }

  const Host& host_;
  std::vector<Symptom> symptoms_;
};

}  // namespace

std::string_view name_of(Symptom::State state) {
  switch (state) {
    case State::Fine:
      return "ok";
    case State::Lacking:
      return "lacking";
    case State::Broken:
      break;
  }
  return "broken";
}

std::vector<Symptom> examine(const Host& host) {
  return Examination(host).run();
}

}  // namespace faasc
