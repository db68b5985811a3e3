#include "compiler/driver/inspection/inspection.h"

#include <gtest/gtest.h>

#include "compiler/driver/inspection/reason_chain.h"

namespace faasc {
namespace {

using Kind = ListedFile::Kind;

const std::vector<ListedFile>& files() {
  static const std::vector<ListedFile> kFiles{
      {Kind::File, "/app/shop", 900 << 10, "", "program"},
      {Kind::Symlink, "/lib/libm.so.6", 0, "/usr/lib/libm.so.6", "needed by /usr/lib/libprice.so"},
      {Kind::Directory, "/tmp", 0, "", "room for temporary files"},
      {Kind::File, "/usr/lib/libm.so.6", 1 << 20, "", "needed by /usr/lib/libprice.so"},
      {Kind::File, "/usr/lib/libprice.so", 5000, "", "needed by /app/shop"},
      {Kind::File, "/usr/lib/python3.11/flask/__init__.pyc", 10, "", "imported by main"},
      {Kind::File, "/usr/lib/python3.11/lib-dynload/math.cpython-311-x86_64-linux-gnu.so", 10, "",
       "imported by flask"},
      {Kind::File, "/usr/lib/python3.11/site-packages/shop/json.pyc", 10, "", "it belongs to shop"},
      {Kind::File, "/usr/lib/python3.11/wave/json.txt", 10, "", "data of wave; wanted by main"},
      {Kind::File, "/var/task/main.py", 10, "", "the handler's module"},
      {Kind::File, "/x/circle", 10, "", "needed by /x/round"},
      {Kind::File, "/x/round", 10, "", "needed by /x/circle"},
  };
  return kFiles;
}

std::string paths(const std::vector<const ListedFile*>& list) {
  std::string out;
  for (const ListedFile* file : list) out += (out.empty() ? "" : " ") + file->path;
  return out;
}

TEST(ReasonChain, FindsFilesByPathByEndAndByModule) {
  struct Case {
    const char *name, *found;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"/app/shop", "/app/shop"},
           {"libm.so.6", "/lib/libm.so.6 /usr/lib/libm.so.6"},
           {"flask", "/usr/lib/python3.11/flask/__init__.pyc"},
           {"math", "/usr/lib/python3.11/lib-dynload/math.cpython-311-x86_64-linux-gnu.so"},
           {"main", "/var/task/main.py"},
           {"json", ""},
           {"shop.json", "/usr/lib/python3.11/site-packages/shop/json.pyc"},
           {"shop/json.py", "/usr/lib/python3.11/site-packages/shop/json.pyc"},
           {"json.txt", "/usr/lib/python3.11/wave/json.txt"},
           {"wave.json", ""},
           {"m", ""},
           {"", ""},
           {"/shop", "/app/shop"},
           {"/nowhere", ""}})
    EXPECT_EQ(paths(find_files(files(), c.name)), c.found) << c.name;
}

TEST(ReasonChain, LeadsToWhatIsThereForItsOwnSake) {
  auto chain = [](std::size_t i) { return paths(reason_chain(files(), files()[i])); };
  EXPECT_EQ(chain(3), "/usr/lib/libm.so.6 /usr/lib/libprice.so /app/shop");
  EXPECT_EQ(chain(0), "/app/shop");
  EXPECT_EQ(chain(6),
            "/usr/lib/python3.11/lib-dynload/math.cpython-311-x86_64-linux-gnu.so "
            "/usr/lib/python3.11/flask/__init__.pyc /var/task/main.py");
  EXPECT_EQ(chain(8), "/usr/lib/python3.11/wave/json.txt /var/task/main.py");
  EXPECT_EQ(chain(10), "/x/circle /x/round") << "a circle is gone round once";
}

TEST(ReasonChain, NamesAreThoseOfModulesWhereTheyAreModules) {
  std::vector<std::string> names = names_in(files());
  EXPECT_EQ(names[0], "shop");
  EXPECT_EQ(names[5], "flask");
  EXPECT_EQ(names[6], "math");
  EXPECT_EQ(names[7], "shop.json");
  EXPECT_EQ(names[8], "json.txt");
}

TEST(Inspections, AreReadable) {
  BuiltFunction built;
  built.name = "shop";
  built.function = {"cpp", "shop::price", "http", "price.cc", 14, "the only candidate"};
  built.kernel = "nanos@0.1.55";
  built.image = "/elsewhere/shop.img";
  built.allocated_bytes = 2708 << 10;
  built.sha256 = "abc";
  VmSpec spec;
  spec.vcpus = 1;
  spec.memory_bytes = 256u << 20;
  spec.http_port = 8080;
  spec.disks.push_back({.path = "/elsewhere/shop.img", .format = "raw", .read_only = true});
  std::string text = to_text(Inspection{built, spec, files()}, false);
  EXPECT_EQ(text,
            "function    shop\n"
            "language    cpp\n"
            "handler     shop::price at price.cc:14\n"
            "kind        http: the only candidate\n"
            "kernel      nanos@0.1.55: asked for\n"
            "machine     1 processor, 256 MiB, port 8080, a read-only disk\n"
            "image       /elsewhere/shop.img, 2 708 KiB on disk\n"
            "sha256      abc\n"
            "files       12, 1 929 KiB\n"
            "     1 024 KiB  needed by /usr/lib/libprice.so (2 files)\n"
            "       900 KiB  program\n"
            "         5 KiB  needed by /app/shop\n"
            "         1 KiB  data of wave; wanted by main\n"
            "         1 KiB  imported by flask\n"
            "         1 KiB  imported by main\n"
            "         1 KiB  it belongs to shop\n"
            "         1 KiB  needed by /x/circle\n"
            "         1 KiB  needed by /x/round\n"
            "         1 KiB  the handler's module\n"
            "         0 KiB  room for temporary files\n");
  text = to_text(Inspection{built, spec, files()}, true);
  EXPECT_NE(
      text.find("                /lib/libm.so.6 -> /usr/lib/libm.so.6   (needed by /usr/lib/libprice.so)\n"),
      std::string::npos)
      << text;
}

}  // namespace
}  // namespace faasc
