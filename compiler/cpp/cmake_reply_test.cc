#include "compiler/cpp/cmake_reply.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "compiler/cpp/codes.h"

namespace faasc::cpp {
namespace {

TEST(CMakeReply, SplitsFragmentsAsAShellDoes) {
  struct Row {
    const char* text;
    std::vector<std::string> words;
  };
  for (const Row& row : std::vector<Row>{
           {"", {}},
           {"  -O3   -DNDEBUG ", {"-O3", "-DNDEBUG"}},
           {"-DNAME=\\\"x\\\"", {"-DNAME=\"x\""}},
           {"\"-DNAME=two words\"", {"-DNAME=two words"}},
           {"'-DPRICE=$5' a\\ b", {"-DPRICE=$5", "a b"}},
           {"\"\"", {""}},
           {"\"not closed", {"not closed"}},
           {"\"a\\$b\\n\"", {"a$b\\n"}},
       })
    EXPECT_EQ(shell_words(row.text), row.words) << row.text;
}

class Reply : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryDirectory::create(testing::TempDir(), "cmake reply");
    ASSERT_TRUE(made);
    directory_.emplace(std::move(*made));
  }
  void put(const char* name, std::string_view text) {
    ASSERT_TRUE(write_file(directory_->path() / ".cmake/api/v1/reply" / name, text));
  }
  void put_all() {
    put("index-2.json", R"({"objects": [{"kind": "codemodel", "jsonFile": "model.json"},
                                        {"kind": "cmakeFiles", "jsonFile": "files.json"}]})");
    put("index-1.json", "{}");
    put("files.json", R"({"paths": {"source": "/p", "build": "/b"},
                          "inputs": [{"path": "CMakeLists.txt"}, {"path": "/b/x.cmake", "isGenerated": true},
                                     {"path": "/usr/share/cmake/y.cmake"}]})");
    put("model.json", R"({"configurations": [{"targets": [{"id": "f@1", "name": "f", "jsonFile": "f.json"},
                                                          {"id": "l@1", "name": "l", "jsonFile": "l.json"},
                                                          {"id": "m@1", "name": "m", "jsonFile": "m.json"}]}]})");
    put("f.json", R"({"name": "f", "type": "EXECUTABLE", "artifacts": [{"path": "f"}],
      "dependencies": [{"id": "l@1"}],
      "link": {"commandFragments": [{"role": "flags", "fragment": "-O3"},
                                    {"role": "libraries", "fragment": "sub/libl.a"},
                                    {"role": "libraries", "fragment": "-lz -pthread"}]},
      "compileGroups": [{"language": "CXX", "compileCommandFragments": [{"fragment": "-O3 -std=gnu++17"}],
                         "includes": [{"path": "/p/inc"}, {"path": "/q", "isSystem": true}],
                         "defines": [{"define": "NAME=\"x y\""}]},
                        {"language": "C"}, {"language": "ASM"}],
      "sources": [{"path": "a.cc", "compileGroupIndex": 0}, {"path": "a.h"},
                  {"path": "/b/made.c", "compileGroupIndex": 1, "isGenerated": true},
                  {"path": "b.s", "compileGroupIndex": 2}]})");
    put("l.json", R"({"name": "l", "type": "STATIC_LIBRARY", "artifacts": [{"path": "sub/libl.a"}],
                      "dependencies": [{"id": "m@1"}, {"id": "gone"}]})");
    put("m.json", R"({"name": "m", "type": "UTILITY"})");
  }
  std::optional<TemporaryDirectory> directory_;
};

TEST_F(Reply, TellsOfTargets) {
  put_all();
  auto reply = read_cmake_reply(directory_->path());
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->inputs, (std::vector<std::string>{"/p/CMakeLists.txt", "/usr/share/cmake/y.cmake"}));
  ASSERT_EQ(reply->targets.size(), 3u);
  const CMakeTargetReply& f = reply->targets[0];
  EXPECT_EQ(f.type, "EXECUTABLE");
  EXPECT_EQ(f.artifacts, (std::vector<std::string>{"/b/f"}));
  EXPECT_EQ(f.depends_on, (std::vector<std::string>{"l", "m"}));
  EXPECT_EQ(f.link, (std::vector<std::string>{"sub/libl.a", "-lz", "-pthread"}));
  EXPECT_EQ(f.foreign, (std::vector<std::string>{"/p/b.s"}));
  ASSERT_EQ(f.sources.size(), 2u);
  EXPECT_EQ(f.sources[0].path, "/p/a.cc");
  EXPECT_EQ(f.sources[0].arguments, (std::vector<std::string>{"-O3", "-std=gnu++17", "-I/p/inc", "-isystem",
                                                              "/q", "-DNAME=\"x y\""}));
  EXPECT_EQ(f.sources[1].path, "/b/made.c");
  EXPECT_TRUE(f.sources[1].is_generated);
  EXPECT_FALSE(f.sources[1].is_cpp);
}

TEST_F(Reply, RefusesWhatIsNoReply) {
  auto nothing = read_cmake_reply(directory_->path());
  ASSERT_FALSE(nothing);
  std::string said = to_text(nothing.error(), Color::Off), place = directory_->path().string();
  said.replace(said.find(place), place.size(), "BUILD");
  EXPECT_EQ(said,
            "faasc: error: cannot understand what CMake says in 'BUILD/.cmake/api/v1/reply/' [FAASC0277]\n"
            "  hint: faasc needs CMake 3.19 or newer; 'cmake --version' says which there is\n");
  for (const char* file : {"index-2.json", "files.json", "model.json", "f.json", "l.json"})
    for (const char* text : {"", "{", "[]", "null"}) {
      put_all();
      put(file, text);
      auto reply = read_cmake_reply(directory_->path());
      ASSERT_FALSE(reply) << file << " " << text;
      EXPECT_EQ(reply.error().code, kCppCMakeReply);
    }
  // Values of other types than CMake's count as absent.
  put_all();
  put("f.json", R"({"name": 1, "sources": {}, "compileGroups": [3], "link": [], "artifacts": "x"})");
  EXPECT_TRUE(read_cmake_reply(directory_->path()));
}

}  // namespace
}  // namespace faasc::cpp
