#include "packager/rootfs/elf_closure.h"

#include <algorithm>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

// A file system of its own under `root`, with libraries that need nothing of the host's.
class ElfClosureTest : public testing::Test {
 protected:
  std::string at(const std::string& path) { return directory_.path().string() + path; }
  std::string root() { return at("/root"); }

  // Makes `path` a library (or a program, where it needs no library of C), which needs `libraries` by the
  // names that they give themselves.
  void library(const std::string& path, const std::string& soname, const std::vector<std::string>& libraries,
               const std::vector<std::string>& flags = {}) {
    ASSERT_TRUE(make_directories(fs::path(at(path)).parent_path()));
    ASSERT_TRUE(write_file(at("/empty.c"), "int nothing;"));
    std::vector<std::string> argv = {FAASC_C_COMPILER,     "-shared", "-fPIC",  "-nostdlib",
                                     "-Wl,--no-as-needed", "-o",      at(path), at("/empty.c")};
    if (std::find(flags.begin(), flags.end(), "-pie") != flags.end()) argv[1] = "-Wl,-e,nothing";
    if (!soname.empty()) argv.push_back("-Wl,-soname," + soname);
    for (const std::string& needed : libraries) {
      // The linker copies the name from a library that is there; its place does not matter.
      std::string stub = at("/stubs/" + std::to_string(++stubs_) + ".so");
      ASSERT_TRUE(make_directories(at("/stubs")));
      compile({FAASC_C_COMPILER, "-shared", "-fPIC", "-nostdlib", "-o", stub, at("/empty.c"),
               "-Wl,-soname," + needed});
      argv.push_back(stub);
    }
    argv.insert(argv.end(), flags.begin(), flags.end());
    compile(argv);
  }
  void compile(const std::vector<std::string>& argv) {
    auto built = run({.argv = argv, .working_directory = {}, .environment = {}});
    ASSERT_TRUE(built) << to_text(built.error(), Color::Off);
    ASSERT_TRUE(built->status.ok()) << built->err;
  }
  void link(const std::string& path, const std::string& target) {
    ASSERT_TRUE(make_directories(fs::path(at(path)).parent_path()));
    fs::create_symlink(target, at(path));
  }

  std::string closure(const std::vector<ElfObject>& objects) {
    auto nodes = elf_closure(objects, {.root = root()});
    if (!nodes) return to_text(nodes.error(), Color::Off);
    std::string out;
    for (const ElfClosureNode& node : *nodes) {
      out += node.guest_path;
      if (const auto* file = std::get_if<HostFile>(&node.node.content)) {
        EXPECT_TRUE(file->path.starts_with(directory_.path().string()));
        out += " = " + file->path.substr(directory_.path().string().size());
      } else {
        out += " -> " + std::get<Symlink>(node.node.content).target;
      }
      out += " (" + node.node.why + ")\n";
    }
    return out;
  }

  TemporaryDirectory directory_ =
      std::move(TemporaryDirectory::create(testing::TempDir(), "closure")).value();
  int stubs_ = 0;
};

TEST_F(ElfClosureTest, StaticFilesNeedNothing) {
  library("/build/app", "", {});
  EXPECT_EQ(closure({{at("/build/app"), "/app"}}), "");
}

TEST_F(ElfClosureTest, FollowsOriginWhereverTheProgramGoes) {
  library("/build/bin/app", "", {"liba.so"}, {"-Wl,--enable-new-dtags,-rpath,$ORIGIN/../lib"});
  library("/build/lib/liba.so", "liba.so", {"libb.so"}, {"-Wl,--enable-new-dtags,-rpath,${ORIGIN}"});
  library("/build/lib/libb.so", "libb.so", {"liba.so"});
  EXPECT_EQ(closure({{at("/build/bin/app"), "/opt/app/bin/app"}}),
            "/opt/app/lib/liba.so = /build/lib/liba.so (needed by /opt/app/bin/app)\n"
            "/opt/app/lib/libb.so = /build/lib/libb.so (needed by /opt/app/lib/liba.so)\n");
}

TEST_F(ElfClosureTest, RpathIsInheritedAndRunpathIsNot) {
  library("/build/libb.so", "libb.so", {});
  library("/build/liba.so", "liba.so", {"libb.so"});
  library("/build/app", "", {"liba.so"}, {"-Wl,--disable-new-dtags,-rpath,$ORIGIN"});
  EXPECT_EQ(closure({{at("/build/app"), "/app"}}),
            "/liba.so = /build/liba.so (needed by /app)\n/libb.so = /build/libb.so (needed by /liba.so)\n");
  library("/build/app", "", {"liba.so"}, {"-Wl,--enable-new-dtags,-rpath,$ORIGIN"});
  EXPECT_EQ(closure({{at("/build/app"), "/app"}}),
            "faasc: error: 'libb.so', which '" + at("/build/liba.so") +
                "' needs, is not on this host [FAASC0507]\n  hint: install the package that has it, or link "
                "statically\n");
}

// As on a Debian where /lib is a link, with the loader behind three of them.
TEST_F(ElfClosureTest, LinksStayLinks) {
  link("/root/lib", "usr/lib");
  link("/root/lib64", "usr/lib64");
  link("/root/usr/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2");
  link("/root/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2", "ld-2.36.so");
  library("/root/usr/lib/x86_64-linux-gnu/ld-2.36.so", "ld-linux-x86-64.so.2", {});
  link("/root/usr/lib/x86_64-linux-gnu/libz.so.1", "libz.so.1.2.13");
  library("/root/usr/lib/x86_64-linux-gnu/libz.so.1.2.13", "libz.so.1", {"ld-linux-x86-64.so.2"});
  library("/build/app", "", {"libz.so.1"}, {"-Wl,--dynamic-linker,/lib64/ld-linux-x86-64.so.2", "-pie"});
  std::string expected =
      "/lib64/ld-linux-x86-64.so.2 -> /usr/lib64/ld-linux-x86-64.so.2 (needed by /app)\n"
      "/usr/lib/x86_64-linux-gnu/ld-2.36.so = /root/usr/lib/x86_64-linux-gnu/ld-2.36.so (needed by /app)\n"
      "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 -> ld-2.36.so (needed by /app)\n"
      "/usr/lib/x86_64-linux-gnu/libz.so.1 -> libz.so.1.2.13 (needed by /app)\n"
      "/usr/lib/x86_64-linux-gnu/libz.so.1.2.13 = /root/usr/lib/x86_64-linux-gnu/libz.so.1.2.13 (needed by "
      "/app)\n"
      "/usr/lib64/ld-linux-x86-64.so.2 -> /usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2 (needed by /app)\n";
  EXPECT_EQ(closure({{at("/build/app"), "/app"}}), expected);
}

// The guest has no ld.so.cache: a library that is found through ld.so.conf only gets a link where the loader
// looks anyway.
TEST_F(ElfClosureTest, ConfiguredDirectoriesGetLinks) {
  ASSERT_TRUE(
      write_file(root() + "/etc/ld.so.conf", "# comment\ninclude /etc/ld.so.conf.d/*.conf\n/opt/more\n"));
  ASSERT_TRUE(
      write_file(root() + "/etc/ld.so.conf.d/local.conf", "  /usr/local/lib  # where make install goes\n"));
  library("/root/usr/local/lib/libx.so.1", "libx.so.1", {"liby.so"});
  library("/root/opt/more/liby.so", "liby.so", {"libz.so"});
  library("/root/usr/lib/libz.so", "libz.so", {});
  library("/build/app", "", {"libx.so.1"});
  EXPECT_EQ(closure({{at("/build/app"), "/app"}}),
            "/opt/more/liby.so = /root/opt/more/liby.so (needed by /usr/local/lib/libx.so.1)\n"
            "/usr/lib/libz.so = /root/usr/lib/libz.so (needed by /opt/more/liby.so)\n"
            "/usr/lib/x86_64-linux-gnu/libx.so.1 -> /usr/local/lib/libx.so.1 (needed by /app)\n"
            "/usr/lib/x86_64-linux-gnu/liby.so -> /opt/more/liby.so (needed by /usr/local/lib/libx.so.1)\n"
            "/usr/local/lib/libx.so.1 = /root/usr/local/lib/libx.so.1 (needed by /app)\n");
}

TEST_F(ElfClosureTest, SeveralObjectsShareTheirLibraries) {
  library("/root/usr/lib/libc.so", "libc.so", {});
  library("/root/usr/lib/python3/_a.so", "", {"libc.so"});
  library("/root/usr/lib/python3/_b.so", "", {"libc.so"});
  EXPECT_EQ(closure({{root() + "/usr/lib/python3/_a.so", "/usr/lib/python3/_a.so"},
                     {root() + "/usr/lib/python3/_b.so", "/usr/lib/python3/_b.so"}}),
            "/usr/lib/libc.so = /root/usr/lib/libc.so (needed by /usr/lib/python3/_a.so)\n");
  // A library that is given is not found once more.
  EXPECT_EQ(closure({{root() + "/usr/lib/libc.so", "/usr/lib/libc.so"},
                     {root() + "/usr/lib/python3/_b.so", "/usr/lib/python3/_b.so"}}),
            "");
}

TEST_F(ElfClosureTest, PassesOverWhatIsForAnotherMachine) {
  library("/root/opt/a/libx.so", "libx.so", {});
  std::string bytes = read_file(root() + "/opt/a/libx.so").value();
  bytes[18] = static_cast<char>(0xb7);  // e_machine: AArch64
  ASSERT_TRUE(write_file(root() + "/opt/a/libx.so", bytes));
  ASSERT_TRUE(write_file(root() + "/opt/b/libx.so", "/* GNU ld script */"));
  library("/root/opt/c/libx.so", "libx.so", {});
  library("/build/app", "", {"libx.so"}, {"-Wl,-rpath,/opt/a:/opt/b:relative:$UNKNOWN:/opt/c"});
  EXPECT_EQ(closure({{at("/build/app"), "/app"}}), "/opt/c/libx.so = /root/opt/c/libx.so (needed by /app)\n");
}

// Last are the libraries of a cross compiler, which the guest gets where its loader looks.
TEST_F(ElfClosureTest, TakesTheLibrariesOfACrossCompiler) {
  auto as_aarch64 = [&](const std::string& path) {
    std::string bytes = read_file(path).value();
    bytes[18] = static_cast<char>(0xb7);
    ASSERT_TRUE(write_file(path, bytes));
  };
  library("/root/usr/aarch64-linux-gnu/lib/libx.so", "libx.so", {"liby.so"});
  library("/root/usr/aarch64-linux-gnu/lib/liby.so", "liby.so", {});
  library("/build/app", "", {"libx.so"});
  for (const std::string& path : {root() + "/usr/aarch64-linux-gnu/lib/libx.so",
                                  root() + "/usr/aarch64-linux-gnu/lib/liby.so", at("/build/app")})
    as_aarch64(path);
  // A library of this host's, and one of 32 bits, lie in the way.
  library("/root/usr/lib/libx.so", "libx.so", {});
  library("/root/lib/libx.so", "libx.so", {});
  std::string bytes = read_file(root() + "/lib/libx.so").value();
  bytes[4] = 1;
  ASSERT_TRUE(write_file(root() + "/lib/libx.so", bytes));
  EXPECT_EQ(closure({{at("/build/app"), "/app"}}),
            "/usr/lib/aarch64-linux-gnu/libx.so = /root/usr/aarch64-linux-gnu/lib/libx.so (needed by /app)\n"
            "/usr/lib/aarch64-linux-gnu/liby.so = /root/usr/aarch64-linux-gnu/lib/liby.so (needed by "
            "/usr/lib/aarch64-linux-gnu/libx.so)\n");
  fs::remove(root() + "/usr/aarch64-linux-gnu/lib/liby.so");
  EXPECT_EQ(
      closure({{at("/build/app"), "/app"}}),
      "faasc: error: 'liby.so', which '" + root() +
          "/usr/aarch64-linux-gnu/lib/libx.so' needs, is not on this host for aarch64 [FAASC0507]\n"
          "  hint: install the package that has it for arm64 (the C library: libc6-arm64-cross), or link "
          "statically\n");
}

TEST_F(ElfClosureTest, LinksInACircleAreNoLibrary) {
  link("/root/usr/lib/liba.so", "libb.so");
  link("/root/usr/lib/libb.so", "liba.so");
  library("/build/app", "", {"liba.so"});
  EXPECT_EQ(closure({{at("/build/app"), "/app"}}),
            "faasc: error: 'liba.so', which '" + at("/build/app") +
                "' needs, is not on this host [FAASC0507]\n  hint: install the package that has it, or link "
                "statically\n");
}

TEST_F(ElfClosureTest, AddsToATree) {
  library("/root/usr/lib/libc.so", "libc.so", {});
  library("/build/app", "", {"libc.so"});
  Rootfs rootfs;
  for (int round = 0; round < 2; ++round) {
    auto added = add_elf_closure(rootfs, {{at("/build/app"), "/app"}}, {.root = root()});
    ASSERT_TRUE(added) << to_text(added.error(), Color::Off);
  }
  EXPECT_EQ(rootfs.nodes().size(), 3u);
  EXPECT_EQ(rootfs.find("/usr/lib/libc.so")->why, "needed by /app");
  Rootfs other;
  ASSERT_TRUE(other.add("/usr/lib/libc.so", {InlineBytes{"mine"}, 0644, "a test"}));
  EXPECT_EQ(
      to_text(add_elf_closure(other, {{at("/build/app"), "/app"}}, {.root = root()}).error(), Color::Off),
      "faasc: error: guest path '/usr/lib/libc.so' is given twice, as a file and as a file [FAASC0502]\n");
}

// The C library of this host, whatever its layout is.
TEST_F(ElfClosureTest, ThisHost) {
  ASSERT_TRUE(write_file(at("/main.c"), "int main(void) { return 0; }"));
  compile({FAASC_C_COMPILER, "-o", at("/main"), at("/main.c")});
  auto nodes = elf_closure({{at("/main"), "/main"}});
  ASSERT_TRUE(nodes) << to_text(nodes.error(), Color::Off);
  bool has_c_library = false;
  for (const ElfClosureNode& node : *nodes) has_c_library |= node.guest_path.ends_with("/libc.so.6");
  EXPECT_TRUE(has_c_library);
}

}  // namespace
}  // namespace faasc
