// Compares what an edit of a C++ function costs: faasc from the edit to the bootable image, and Clang with a
// precompiled header of the same #include lines, followed by lld, on the same source, runtime and main().
// Both take turns, so that a busy machine is busy for both. Prints the medians and their ratio, for an HTTP
// function and for a typed one, whose JSON binding faasc generates, while Clang has it behind the source
// already.
//
// usage: cpp_edit [--runs N] FAASC

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/timed_commands.h"

namespace {

using namespace faasc;
namespace fs = std::filesystem;
using bench::median;
using bench::milliseconds_of;
using bench::put;
using bench::stop;

constexpr const char* kIncludes =
    "#include <google/cloud/functions/function.h>\n\n"
    "#include <algorithm>\n#include <map>\n#include <sstream>\n#include <string>\n#include <vector>\n\n";

constexpr const char* kBody =
    "namespace gcf = ::google::cloud::functions;\n\n"
    "gcf::Function hello() {\n"
    "  return gcf::MakeFunction([](gcf::HttpRequest const& request) {\n"
    "    std::map<std::string, int> words;\n"
    "    std::istringstream text(request.payload());\n"
    "    for (std::string word; text >> word;) ++words[word];\n"
    "    std::vector<std::pair<int, std::string>> sorted;\n"
    "    for (auto const& [word, count] : words) sorted.emplace_back(count, word);\n"
    "    std::sort(sorted.rbegin(), sorted.rend());\n"
    "    std::ostringstream out;\n"
    "    out << kGreeting;\n"
    "    for (auto const& [count, word] : sorted) out << ' ' << word << '=' << count;\n"
    "    return gcf::HttpResponse{}.set_payload(out.str());\n"
    "  });\n"
    "}\n";

constexpr const char* kTypedIncludes =
    "#include <algorithm>\n#include <map>\n#include <optional>\n#include <sstream>\n#include <string>\n"
    "#include <vector>\n\n";

constexpr const char* kTypedBody =
    "namespace shop {\n"
    "struct Item { std::string name; double price; unsigned count = 1; };\n"
    "struct Order { std::vector<Item> items; std::optional<std::string> coupon; };\n"
    "struct Receipt { double total; std::map<std::string, unsigned> counts; std::string text; };\n"
    "Receipt price(Order const& order) {\n"
    "  Receipt receipt{0, {}, kGreeting};\n"
    "  for (Item const& item : order.items) {\n"
    "    receipt.total += item.price * item.count;\n"
    "    receipt.counts[item.name] += item.count;\n"
    "  }\n"
    "  if (order.coupon) receipt.total *= 0.9;\n"
    "  std::ostringstream out;\n"
    "  for (auto const& [name, count] : receipt.counts) out << ' ' << name << '=' << count;\n"
    "  receipt.text += out.str();\n"
    "  return receipt;\n"
    "}\n"
    "}  // namespace shop\n";

// What faasc generates for it.
constexpr const char* kTypedBinding =
    "namespace faasc::rt {\n"
    "template <> struct Fields<::shop::Order> {\n"
    "  static constexpr std::size_t kCount = 2;\n"
    "  template <class F> static bool each([[maybe_unused]] F&& use) {\n"
    "    return use(\"items\", &::shop::Order::items, true) && use(\"coupon\", &::shop::Order::coupon, "
    "false);\n"
    "  }\n};\n"
    "template <> struct Fields<::shop::Item> {\n"
    "  static constexpr std::size_t kCount = 3;\n"
    "  template <class F> static bool each([[maybe_unused]] F&& use) {\n"
    "    return use(\"name\", &::shop::Item::name, true) && use(\"price\", &::shop::Item::price, true) &&\n"
    "           use(\"count\", &::shop::Item::count, false);\n"
    "  }\n};\n"
    "template <> struct Fields<::shop::Receipt> {\n"
    "  static constexpr std::size_t kCount = 3;\n"
    "  template <class F> static bool each([[maybe_unused]] F&& use) {\n"
    "    return use(\"total\", &::shop::Receipt::total, true) && use(\"counts\", &::shop::Receipt::counts, "
    "true) &&\n"
    "           use(\"text\", &::shop::Receipt::text, true);\n"
    "  }\n};\n"
    "}  // namespace faasc::rt\n"
    "int main(int argc, char** argv) {\n"
    "  return faasc::rt::serve_typed(argc, argv, faasc::rt::typed_call<&::shop::price>(&::shop::price), "
    "true, "
    "nullptr);\n}\n";

std::string first_of(std::initializer_list<const char*> names) {
  ::setenv("FAASC_NO_CACHE", "1", 1);  // edits that an earlier run has built
  for (const char* name : names)
    if (auto path = find_program(name)) return path->string();
  std::fprintf(stderr, "cpp_edit: there is no %s\n", *names.begin());
  std::exit(1);
}

struct Tools {
  fs::path faasc, prefix;
  std::string clang, linker;
};

struct Kind {
  const char* name;
  const char* handler;
  const char* includes;
  const char* body;
  bool typed;
};

void compare(const Kind& kind, const Tools& tools, int runs) {
  auto place = TemporaryDirectory::create(fs::temp_directory_path(), "cpp_edit");
  if (!place) stop(place.error());
  fs::path ours = place->path() / "ours", plain = place->path() / "plain";
  fs::path work = ours / "build/.faasc/hello/cpp";
  put(ours / "faas.yaml",
      std::string("apiVersion: faasc/v1\nname: hello\nruntime: cpp\nhandler: ") + kind.handler + "\n");
  put(plain / "prefix.h", std::string(kind.typed ? "#include <faasc/rt/typed.h>\n" : "") + kind.includes);
  std::vector<std::string> compile = {tools.clang,
                                      "-std=c++17",
                                      "-O2",
                                      "-g1",
                                      "-fno-pie",
                                      "-ffunction-sections",
                                      "-fdata-sections",
                                      "-I" + (tools.prefix / "share/faasc/cpp/include").string()};
  auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> command = compile;
    command.insert(command.end(), more.begin(), more.end());
    return command;
  };
  milliseconds_of({with({"-x", "c++-header", "prefix.h", "-o", "prefix.h.pch"})}, plain);
  std::vector<std::string> link = {
      tools.clang,         "-static", "-no-pie",  "-pthread", "--ld-path=" + tools.linker,
      "-Wl,--gc-sections", "-o",      "function", "hello.o"};
  if (!kind.typed) link.push_back((work / "main.o").string());
  link.push_back((tools.prefix / "lib/faasc/cpp/libfaasrt.a").string());
  std::vector<double> with_faasc, with_clang, ratios;
  // The first round builds everything, and the second is the first edit.
  for (int i = -2; i < runs; ++i) {
    std::string source = std::string(kind.includes) + "constexpr const char* kGreeting = \"hello " +
                         std::to_string(1000 + i) + "\";\n\n" + kind.body;
    put(ours / "hello.cc", source);
    put(plain / "hello.cc", source + (kind.typed ? kTypedBinding : ""));
    double faasc_ms = milliseconds_of({{tools.faasc.string(), "-q", "build"}}, ours);
    double clang_ms = milliseconds_of(
        {with({"-include-pch", "prefix.h.pch", "-c", "hello.cc", "-o", "hello.o"}), link}, plain);
    if (i < 0) continue;
    with_clang.push_back(clang_ms);
    with_faasc.push_back(faasc_ms);
    ratios.push_back(faasc_ms / clang_ms);
  }
  double unchanged = milliseconds_of({{tools.faasc.string(), "-q", "build"}}, ours);
  std::printf(
      "%-5s edit, %d rounds   clang with a PCH + lld %.0f ms   faasc build, to the image %.0f ms   ratio "
      "%.2f\n",
      kind.name, runs, median(with_clang), median(with_faasc), median(ratios));
  std::printf("%-5s nothing changed   faasc build %.1f ms\n", kind.name, unchanged);
}

}  // namespace

int main(int argc, char** argv) {
  int runs = 11;
  int at = 1;
  if (at + 1 < argc && std::string_view(argv[at]) == "--runs") {
    runs = std::max(1, std::atoi(argv[at + 1]));
    at += 2;
  }
  if (at + 1 != argc) {
    std::fputs("usage: cpp_edit [--runs N] FAASC\n", stderr);
    return 2;
  }
  Tools tools{
      fs::absolute(argv[at]), {}, first_of({"clang++-19", "clang++"}), first_of({"ld.lld-19", "ld.lld"})};
  tools.prefix = tools.faasc.parent_path().parent_path();
  for (const Kind& kind : {Kind{"http", "hello", kIncludes, kBody, false},
                           Kind{"typed", "shop::price", kTypedIncludes, kTypedBody, true}})
    compare(kind, tools, runs);
}
