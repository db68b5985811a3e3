// What `faasc test` says of functions that misbehave: the exit status that docs/testing.md promises, and a
// message that names the cause. The messages are in tests/data/misbehaving, as a whole.

#include <atomic>
#include <map>
#include <regex>
#include <span>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;

/// One function, what it comes to, and a part of the message that must be there whatever the golden file
/// says.
struct Misbehaviour {
  const char* name;  ///< of the function; of a program the argument, too
  int status;
  const char* cause;
  std::string tests = "  - {name: answers, expect: {status: 200, body: \"ok\\n\"}}\n";
  std::map<std::string, std::string>
      files{};        ///< of functions in a language; else it is tests/system/misbehave.c
  bool alike = true;  ///< the message is the same every time
};

const std::string kThree =
    "  - {name: first, expect: {status: 200, body: \"ok\\n\"}}\n"
    "  - {name: second, expect: {status: 200, body: \"ok\\n\"}}\n"
    "  - {name: third, expect: {status: 200, body: \"ok\\n\"}}\n";

std::string expecting(const std::string& what) {
  return "  - {name: answers, expect: {" + what + "}}\n";
}

std::map<std::string, std::string> cpp_function(const std::string& before, const std::string& statement) {
  return {{"faas.yaml", "runtime: cpp:17\nhandler: f\n"},
          {"f.cc",
           "#include <google/cloud/functions/function.h>\n#include <stdexcept>\n#include <thread>\nnamespace "
           "gcf = "
           "::google::cloud::functions;\n" +
               before + "gcf::HttpResponse f(gcf::HttpRequest) {\n  " + statement +
               "\n  return gcf::HttpResponse{}.set_payload(\"ok\\n\");\n}\n"}};
}

const std::map<std::string, std::string> kPythonImport = {
    {"faas.yaml", "runtime: python\nhandler: main.f\nsignature: http\n"},
    {"main.py",
     "PRICES = {'tea': 3}\nCHEAPEST = PRICES['coffee']\n\n\ndef f(request):\n    return 'ok\\n'\n"}};
const std::map<std::string, std::string> kGoInit = {
    {"faas.yaml", "runtime: go\nhandler: F\n"},
    {"go.mod", "module example.com/f\n\ngo 1.19\n"},
    {"f.go",
     "package f\n\nimport \"net/http\"\n\nvar prices map[string]int\n\nfunc init() { prices[\"tea\"] = 3 "
     "}\n\n"
     "func F(w http.ResponseWriter, r *http.Request) { w.Write([]byte(\"ok\\n\")) }\n"}};

const Misbehaviour kOnNanos[] = {
    // It does what it is to do.
    {"none", 0, "pass  answers"},
    {"flood", 0, "pass  answers"},
    // It ends before it serves.
    {"exit-0", 5, "the guest exited with status 0 [FAASC0715]"},
    {"exit-1", 5, "the guest exited with status 1 [FAASC0710]"},
    {"exit-3", 5, "the guest exited with status 3 [FAASC0710]"},
    {"exit-7", 5, "the guest exited with status 7 [FAASC0710]"},
    {"exit-126", 5, "the guest exited with status 126 [FAASC0710]"},
    {"exit-139", 5, "(Nanos tells the lowest 7 bits of a status, so 139 as 11)"},
    {"segv", 5, "ended by signal 11 (SIGSEGV): it followed a null pointer [FAASC0711]"},
    {"abort", 5, "ended by signal 6 (SIGABRT) [FAASC0711]"},
    {"divide", 5, "ended by signal 8 (SIGFPE) [FAASC0711]"},
    {"illegal", 5, "ended by signal 4 (SIGILL) [FAASC0711]"},
    {"kill-self", 5, "ended by signal 9 (SIGKILL) [FAASC0711]"},
    {"term-self", 5, "ended by signal 15 (SIGTERM) [FAASC0711]"},
    {"stack", 5, "its stack overflowed [FAASC0711]"},
    {"memory", 5, "out of memory [FAASC0711]"},
    {"escapes", 5, "^[[2J"},
    {"binary-console", 5, "\\xfe\\xff"},
    {"no-newline", 5, "no line ends here; "},
    {"claim-exit-0", 5, "the guest exited with status 3 [FAASC0710]"},
    {"claim-signal", 5, "the guest exited with status 3 [FAASC0710]"},
    // It never serves.
    {"loop", 5, "did not get ready within N ms; it computed all the time [FAASC0713]"},
    {"deadlock", 5, "did not get ready within N ms; it was idle [FAASC0713]"},
    {"never-listen", 5, "did not get ready within N ms; it was idle [FAASC0713]"},
    {"late", 5, "did not get ready within N ms; it was idle [FAASC0713]"},
    {"wrong-port", 5, "the function has to listen on port 8080"},
    {"claim-to-listen", 5, "it says that it listens, but its port 8080 accepts no connection"},
    {"flood-and-never-listen", 5, "did not get ready within N ms"},
    // It answers what it should not.
    {"wrong-body", 4, "found     'no^J'"},
    {"wrong-status", 4, "found     500"},
    {"short-length", 4, "found     'o'"},
    {"lacks-a-header", 4, "no such header", expecting("headers: {x-a: b}")},
    {"says-nothing", 4, "nothing printed", expecting("log_regex: served")},
    {"slow", 4, "at most N ms", expecting("max_ms: 50")},
    {"is-no-json", 4, "not JSON: ok^J", expecting("body_json: {a: 1}")},
    // It does not answer.
    {"close", 5, "the connection was closed without an answer [FAASC0720]"},
    {"no-http", 5, "the answer is not HTTP: it begins with 'hello^J' [FAASC0722]"},
    {"half", 5, "the answer is cut short: 1 of 3 bytes of its body came [FAASC0722]"},
    {"half-head", 5, "the answer is cut short: 27 bytes of its head came [FAASC0722]"},
    {"long-length", 5, "the answer is cut short: 3 of 300 bytes of its body came [FAASC0722]"},
    {"crash-on-request", 5, "ended by signal 11 (SIGSEGV): it followed a null pointer [FAASC0711]"},
    {"divide-on-request", 5, "ended by signal 8 (SIGFPE) [FAASC0711]"},
    {"abort-on-request", 5, "ended by signal 6 (SIGABRT) [FAASC0711]"},
    {"quit-on-request", 5, "the guest exited with status 4 [FAASC0710]"},
    {"hang", 7, "no answer within N ms; meanwhile it was idle [FAASC0721]"},
    {"hang-after-2", 7, "no answer within N ms; meanwhile it was idle [FAASC0721]", kThree},
    {"spin", 7, "no answer within N ms; meanwhile it computed all the time [FAASC0721]"},
    {"slow-body", 7, "no complete answer within N ms: 1 of 3 bytes of its body came"},
    // It ends badly.
    {"crash-after-answer",
     5,
     "ended by signal 11 (SIGSEGV): it followed a null pointer [FAASC0711]",
     expecting("status: 200"),
     {},
     false},
    {"quit-after-answer", 5, "the guest exited with status 0 [FAASC0715]", kThree, {}, false},
    {"exit-3-on-term", 5, "the guest exited with status 3 [FAASC0710]"},
    {"crash-on-term", 5, "ended by signal 11 (SIGSEGV): it followed a null pointer [FAASC0711]"},
    {"ignore-term", 7, "did not stop when asked to, and was ended by force [FAASC0716]"},
    // Functions in languages.
    {"cpp-static-constructor", 5, "out of stock", expecting("status: 200"),
     cpp_function("struct Stock {\n  Stock() { throw std::runtime_error(\"out of stock\"); }\n} stock;\n",
                  "")},
    {"cpp-thread", 5, "out of stock", expecting("status: 200"),
     cpp_function("", "std::thread([] { throw std::runtime_error(\"out of stock\"); }).join();"), false},
    {"cpp-exception", 4, "found     500", expecting("status: 200"),
     cpp_function("", "throw std::runtime_error(\"out of stock\");")},
    {"python-import", 5, "KeyError: 'coffee'", expecting("status: 200"), kPythonImport, false},
    {"go-init", 5, "panic: assignment to entry in nil map", expecting("status: 200"), kGoInit, false},
};

const Misbehaviour kOnLinux[] = {
    {"none", 0, "pass  answers"},
    {"exit-0", 5, "the guest exited with status 0 [FAASC0715]"},
    {"exit-139", 5, "the guest exited with status 139 [FAASC0710]"},
    {"segv", 5, "ended by signal 11 (SIGSEGV): it followed a null pointer [FAASC0711]"},
    {"stack", 5, "its stack overflowed [FAASC0711]"},
    {"memory", 5, "out of memory [FAASC0711]"},
    {"claim-exit-0", 5, "the guest exited with status 3 [FAASC0710]"},
    {"hang", 7, "no answer within N ms; meanwhile it was idle [FAASC0721]"},
    {"exit-3-on-term", 5, "the guest exited with status 3 [FAASC0710]"},
};

/// Without what is another number every time, and without what Nanos says of its network.
std::string normalised(std::string text) {
  const std::pair<std::regex, const char*> rules[] = {
      {std::regex(R"(found     '\[ *\d+\.\d+\] en1: [^\n]*)"), "found     nothing printed"},
      {std::regex(R"(\b\d+(\.\d+)? ms)"), "N ms"},
      {std::regex(R"(0x[0-9a-f]+)"), "0xN"},
      {std::regex(R"(rip: [0-9a-f]{16})"), "rip: N"},
      {std::regex(R"(127\.0\.0\.1:\d+)"), "127.0.0.1:N"},
      {std::regex(R"( +\| \[ *\d+\.\d+\] en1: [^\n]*\n)"), ""},
      {std::regex(R"(\[ *\d+\.\d+\])"), "[N]"},
      {std::regex(R"(misbehave\[\d+\][^\n]*)"), "misbehave[N]: …"},
      {std::regex(R"(Killed process [^\n]*)"), "Killed process …"},
      {std::regex(R"(goroutine \d+)"), "goroutine N"},
      {std::regex(R"(\+0xN)"), "+0xN"},
      {std::regex(R"(\d+\.\d+ ms)"), "N ms"},
  };
  for (const auto& [pattern, replacement] : rules) text = std::regex_replace(text, pattern, replacement);
  // A flood is shown by one of its lines.
  std::string out, last;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    at = end + 1;
    // The last one may be cut short.
    bool flood =
        line.starts_with("    | 0") && (line.size() < 20 || line.starts_with("    | 01234567890123"));
    if (flood && last == "flood") continue;
    // What has no end is shown in pieces, as it came.
    bool endless = line.starts_with("    | ") && line.find("line ends here;") != std::string::npos;
    if (endless && last == "endless") continue;
    out += (flood ? "    | a flood" : endless ? "    | no line ends here; …" : line) + "\n";
    last = flood ? "flood" : endless ? "endless" : line;
  }
  return out;
}

std::string golden_text(const fs::path& file) {
  auto text = read_file(file);
  return text ? *text : "there is no '" + file.string() + "'; FAASC_UPDATE_GOLDEN=1 writes it";
}

/// What docs/testing.md says: the exit status of each code.
std::map<std::string, int> documented_statuses() {
  std::map<std::string, int> statuses;
  std::string text = read_file(fs::path(FAASC_SOURCE_DIR) / "docs/testing.md").value();
  std::regex row(R"(\| (FAASC\d{4}) \| (\d) \|)");
  for (std::sregex_iterator match(text.begin(), text.end(), row), end; match != end; ++match)
    statuses[(*match)[1]] = std::stoi((*match)[2]);
  return statuses;
}

class Misbehaving : public testing::Test {
 protected:
  static void SetUpTestSuite() { project_ = std::make_unique<ProjectRun>(); }
  static void TearDownTestSuite() { project_.reset(); }

  static void compile() {
    fs::path source = fs::path(FAASC_SOURCE_DIR) / "tests/system/misbehave.c";
    Finished compiled =
        project_->shell(FAASC_C_COMPILER " -O1 -static -no-pie -fno-stack-protector -Wno-all -o misbehave '" +
                        source.string() + "' -lpthread");
    ASSERT_EQ(compiled.status.code, 0) << compiled.err;
  }

  enum class Vmm : std::uint8_t { Machine, Process };
  struct Outcome {
    int status = -1;
    std::string text;
  };

  // Builds the function's image, allows it little time, and tests it.
  static Outcome outcome_of(const Misbehaviour& one, KernelFamily family, Vmm vmm) {
    std::string directory = std::string(one.name) + "/";
    std::map<std::string, std::string> files = one.files;
    if (files.empty()) {
      files["faas.yaml"] = "runtime: binary\nhandler: misbehave\nargs: [" + std::string(one.name) + "]\n";
      fs::create_directories(project_->at(directory));
      std::error_code error;
      fs::create_hard_link(project_->at("misbehave"), project_->at(directory + "misbehave"), error);
    }
    bool nanos = family == KernelFamily::Nanos;
    files["faas.yaml"] =
        "apiVersion: faasc/v1\nname: " + std::string(one.name) + "\n" + files["faas.yaml"] +
        (one.files.empty() ? "resources: {memory: " + std::string(nanos ? "64" : "128") + "MiB}\n" : "") +
        "limits: {grace_period: 200ms}\ntests:\n" + one.tests;
    for (const auto& [file, text] : files) project_->write(directory + file, text);
    std::string kernel(name_of(family));
    Finished built = project_->faasc({"build", "-q", "--kernel", kernel, one.name});
    if (built.status.code != 0) return {built.status.code, built.out + built.err};
    std::string spec = directory + "build/" + one.name + ".vm.json";
    auto set = [](std::string& text, const std::string& name, int milliseconds) {
      std::size_t at = text.find("\"" + name + "\": ");
      ASSERT_NE(at, std::string::npos) << name;
      at += name.size() + 4;
      text.replace(at, text.find_first_not_of("0123456789", at) - at, std::to_string(milliseconds));
    };
    std::string text = read_file(project_->at(spec)).value();
    // Ten times as long where the guest is emulated. A guest that serves is given all the time.
    if (std::string_view(one.cause).find("get ready") != std::string_view::npos ||
        std::string_view(one.cause).find("listen") != std::string_view::npos)
      set(text, "init_timeout_ms", 300);
    if (one.status == 7) set(text, "request_timeout_ms", 150);
    project_->write(spec, text);
    Finished tested = vmm == Vmm::Machine ? project_->faasc({"test", "-q", spec})
                                          : project_->faasc({"test", "-q", "--vmm", "process", spec});
    return {tested.status.code, normalised(tested.out)};
  }

  static void run_table(std::span<const Misbehaviour> table, KernelFamily family, Vmm vmm = Vmm::Machine) {
    compile();
    if (HasFatalFailure()) return;
    std::vector<Outcome> outcomes(table.size());
    std::atomic<std::size_t> next = 0;
    auto work = [&] {
      for (std::size_t i = next++; i < table.size(); i = next++)
        outcomes[i] = outcome_of(table[i], family, vmm);
    };
    // Many of them wait more than they compute.
    std::vector<std::thread> threads;
    for (int i = 0; i < 3; ++i) threads.emplace_back(work);
    for (std::thread& thread : threads) thread.join();
    fs::path directory = fs::path(FAASC_SOURCE_DIR) / "tests/data/misbehaving" / name_of(family);
    std::map<std::string, int> documented = documented_statuses();
    for (std::size_t i = 0; i < table.size(); ++i) {
      const Misbehaviour& one = table[i];
      SCOPED_TRACE(one.name);
      EXPECT_EQ(outcomes[i].status, one.status) << outcomes[i].text;
      // A process has no kernel of its own that tells more of its end.
      if (vmm == Vmm::Machine) {
        EXPECT_THAT(outcomes[i].text, HasSubstr(one.cause));
      }
      std::smatch code;
      if (one.status > 4 && std::regex_search(outcomes[i].text, code, std::regex(R"(\[(FAASC\d{4})\])"))) {
        EXPECT_EQ(documented[code[1]], one.status) << "docs/testing.md, of " << code[1];
      }
      if (!one.alike || vmm == Vmm::Process) continue;
      fs::path golden = directory / (std::string(one.name) + ".txt");
      if (std::getenv("FAASC_UPDATE_GOLDEN") != nullptr)
        EXPECT_TRUE(write_file(golden, outcomes[i].text));
      else
        EXPECT_EQ(outcomes[i].text, golden_text(golden));
    }
  }

  static inline std::unique_ptr<ProjectRun> project_;
};

TEST_F(Misbehaving, OnNanos) {
  FAASC_NEEDS(KernelFamily::Nanos);
  if (!find_program("go") && !fs::exists("/usr/local/go/bin/go"))
    GTEST_SKIP() << "there is no Go on this host";
  run_table(kOnNanos, KernelFamily::Nanos);
}

TEST_F(Misbehaving, AsProcesses) {
  FAASC_NEEDS(KernelFamily::Nanos);
  if (!find_program("bwrap")) GTEST_SKIP() << "bubblewrap is not installed";
  if (!find_program("go") && !fs::exists("/usr/local/go/bin/go"))
    GTEST_SKIP() << "there is no Go on this host";
  run_table(kOnNanos, KernelFamily::Nanos, Vmm::Process);
}

TEST_F(Misbehaving, OnLinux) {
  FAASC_NEEDS(KernelFamily::Linux);
  run_table(kOnLinux, KernelFamily::Linux);
}

}  // namespace
}  // namespace faasc
