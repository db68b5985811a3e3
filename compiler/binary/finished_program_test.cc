#include "compiler/binary/finished_program.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

class FinishedPrograms : public testing::Test {
 protected:
  FinishedPrograms() {
    char pattern[] = "/tmp/faasc-binary-XXXXXX";
    project_ = ::mkdtemp(pattern);
  }
  ~FinishedPrograms() override { fs::remove_all(project_); }

  void write(const std::string& name, std::string_view text) {
    fs::create_directories((project_ / name).parent_path());
    ASSERT_TRUE(write_file(project_ / name, text));
  }
  // Compiles a program or library of the project.
  void compile(const std::string& output, const std::string& source, std::vector<std::string> options) {
    write(output + ".c", source);
    std::vector<std::string> argv{FAASC_C_COMPILER, "-o", (project_ / output).string(),
                                  (project_ / output).string() + ".c"};
    argv.insert(argv.end(), options.begin(), options.end());
    std::string command;
    for (const std::string& part : argv) command += "'" + part + "' ";
    ASSERT_EQ(std::system(command.c_str()), 0) << command;
  }

  // What is said about a path, without the codes' explanations; "" where it is taken.
  std::string complaint(const std::string& path) {
    Diagnostics diagnostics;
    auto found = read_finished_program(request(path), diagnostics);
    if (!found) return found.error().what;
    std::string out;
    for (const Diagnostic& diagnostic : diagnostics.all()) out += to_text(diagnostic, Color::Off);
    return out;
  }
  FinishedProgramRequest request(const std::string& path) const {
    return {.project_dir = project_, .path = path, .place = {.file = "faas.yaml", .line = 3, .column = 10}};
  }

  fs::path project_;
};

constexpr const char* kMain = "int main(void) { return 0; }";

TEST_F(FinishedPrograms, AreTakenFromTheProject) {
  compile("out/app", kMain, {"-static", "-no-pie"});
  FinishedProgramRequest wanted = request("./out/app");
  wanted.arguments = {"--verbose", ""};
  Diagnostics diagnostics;
  auto found = read_finished_program(wanted, diagnostics);
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_TRUE(diagnostics.all().empty());
  EXPECT_EQ(found->function.kind, "server");
  EXPECT_EQ(found->program.executable, "/app/out/app");
  EXPECT_EQ(found->program.architecture, "x86_64");
  EXPECT_EQ(found->program.fixed_address, 0x400000u);
  EXPECT_EQ(found->program.argv, (std::vector<std::string>{"/app/out/app", "--verbose", ""}));
  EXPECT_EQ(found->program.working_directory, "/app");
  ASSERT_TRUE(add_libraries(found->program));
  EXPECT_EQ(found->program.rootfs.nodes().size(), 3u) << "a static program needs its directories only";
}

TEST_F(FinishedPrograms, BringTheLibrariesBesideThemAndThoseOfTheHost) {
  compile("lib/libprice.so", "int price(void) { return 7; }", {"-shared", "-fPIC"});
  compile("bin/app", "int price(void); int main(void) { return price(); }",
          {"-L" + (project_ / "lib").string(), "-lprice", "-Wl,-rpath,$ORIGIN/../lib"});
  Diagnostics diagnostics;
  auto found = read_finished_program(request("bin/app"), diagnostics);
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(found->program.fixed_address, 0u);
  ASSERT_TRUE(add_libraries(found->program));
  const Rootfs& tree = found->program.rootfs;
  EXPECT_NE(tree.find("/app/lib/libprice.so"), nullptr) << "beside the program, as $ORIGIN says";
  bool loader = false, c_library = false;
  for (const auto& [path, node] : tree.nodes()) {
    loader |= path.ends_with("/ld-linux-x86-64.so.2");
    c_library |= path.ends_with("/libc.so.6");
  }
  EXPECT_TRUE(loader);
  EXPECT_TRUE(c_library);
}

TEST_F(FinishedPrograms, BringTheLibrariesOfPlugins) {
  compile("app", kMain, {"-static"});
  compile("plugin.so", "double sqrt(double); double f(double x) { return sqrt(x); }",
          {"-shared", "-fPIC", "-Wl,--no-as-needed", "-lm"});
  Diagnostics diagnostics;
  auto found = read_finished_program(request("app"), diagnostics);
  ASSERT_TRUE(found) << found.error().what;
  Rootfs& tree = found->program.rootfs;
  ASSERT_TRUE(tree.add("/app/plugin.so", {.content = HostFile{(project_ / "plugin.so").string()}}));
  ASSERT_TRUE(add_libraries(found->program));
  bool math = false;
  for (const auto& [path, node] : tree.nodes()) math |= path.ends_with("/libm.so.6");
  EXPECT_TRUE(math);
}

TEST_F(FinishedPrograms, BringWhatTheCLibraryOpensToEndAThread) {
  compile("app", "#include <pthread.h>\nint main(void) { pthread_exit(0); }", {});
  compile("plain", kMain, {});
  for (auto [path, wanted] : {std::pair{"app", true}, {"plain", false}}) {
    Diagnostics diagnostics;
    auto found = read_finished_program(request(path), diagnostics);
    ASSERT_TRUE(found) << found.error().what;
    ASSERT_TRUE(add_libraries(found->program));
    bool unwinder = false;
    for (const auto& [file, node] : found->program.rootfs.nodes())
      unwinder |= file.ends_with("/libgcc_s.so.1");
    EXPECT_EQ(unwinder, wanted) << path;
  }
}

TEST_F(FinishedPrograms, OfTheHostStayWhereTheyAre) {
  fs::path shell = fs::canonical("/bin/sh");
  Diagnostics diagnostics;
  auto found = read_finished_program(request("/bin/sh"), diagnostics);
  ASSERT_TRUE(found) << found.error().what;
  EXPECT_EQ(found->program.executable, shell.string());
  EXPECT_EQ(found->program.working_directory, "/");
  EXPECT_EQ(found->file, shell);
}

TEST_F(FinishedPrograms, AreRefusedWhereNoneIs) {
  write("server.js", "#!/usr/bin/env node\nlisten();\n");
  write("run.sh", "#! /bin/sh -e\n");
  write("notes", "hello");
  write("empty", "");
  write("half", std::string_view("\x7f"
                                 "ELF\2\1\1",
                                 7));
  compile("object.o", kMain, {"-c"});
  compile("lib.so", "int f(void) { return 0; }", {"-shared", "-fPIC"});
  fs::create_symlink("/bin/sh", project_ / "out");
  fs::create_directory(project_ / "dir");

  struct Case {
    const char* path;
    std::string message;
  };
  const std::string no_program = " [FAASC0511]\n";
  const Case cases[] = {
      {"app",
       "faas.yaml:3:10: error: there is no program 'app' [FAASC0510]\n"
       "  hint: build it first; the path is relative to the directory of the manifest\n"},
      {"dir",
       "faas.yaml:3:10: error: there is no program 'dir' [FAASC0510]\n"
       "  hint: build it first; the path is relative to the directory of the manifest\n"},
      {"/no/such/program",
       "faas.yaml:3:10: error: there is no program '/no/such/program' on this host [FAASC0510]\n"
       "  hint: install it, or name a program of the project by a path without '/' in front\n"},
      {"out",
       "faas.yaml:3:10: error: 'out' is a link that leads out of the project [FAASC0510]\n"
       "  hint: copy the program into the project, or name it by its absolute path\n"},
      {"server.js",
       "faas.yaml:3:10: error: 'server.js' is a script [FAASC0511]\n"
       "  hint: a unikernel runs no scripts: write 'handler: /usr/bin/node', put the script into the image "
       "with "
       "'files' and name it in 'args'\n"},
      {"run.sh",
       "faas.yaml:3:10: error: 'run.sh' is a script [FAASC0511]\n"
       "  hint: a unikernel runs no scripts: write 'handler: /bin/sh', put the script into the image with "
       "'files' and name it in 'args'\n"},
      {"notes",
       "faas.yaml:3:10: error: 'notes' is not an ELF file [FAASC0511]\n"
       "  hint: name a program that was built for Linux\n"},
      {"empty",
       "faas.yaml:3:10: error: 'empty' is not an ELF file [FAASC0511]\n"
       "  hint: name a program that was built for Linux\n"},
      {"half", "faas.yaml:3:10: error: '" + (project_ / "half").string() +
                   "' is a damaged ELF file: its header is cut off [FAASC0511]\n"
                   "  hint: name a program that was built for 64-bit Linux\n"},
      {"object.o", "faas.yaml:3:10: error: '" + (project_ / "object.o").string() +
                       "' is neither a program nor a shared library (ELF type 1) [FAASC0511]\n"
                       "  hint: name a program that was built for 64-bit Linux\n"},
      {"lib.so",
       "faas.yaml:3:10: error: 'lib.so' is a shared library, not a program [FAASC0511]\n"
       "  hint: name the program that uses it\n"},
  };
  for (const Case& c : cases) EXPECT_EQ(complaint(c.path), c.message) << c.path;
}

}  // namespace
}  // namespace faasc
