#include "packager/rootfs/file_list.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class FileLists : public testing::Test {
 protected:
  FileLists() : temporary_(TemporaryDirectory::create("/tmp", "faasc-files-").value()) {}
  TemporaryDirectory temporary_;
};

TEST_F(FileLists, ComeBackAsTheyWere) {
  ASSERT_TRUE(write_file(temporary_.path() / "host", "0123456789"));
  Rootfs tree;
  ASSERT_TRUE(tree.add("/bin/function",
                       {.content = HostFile{temporary_.path() / "host"}, .mode = 0755, .why = "program"}));
  ASSERT_TRUE(tree.add("/etc/a \"name\"", {.content = InlineBytes{"abc"}, .why = "files: ä"}));
  ASSERT_TRUE(tree.add("/lib/c", {.content = Symlink{"../bin/function"}, .why = "needed by /bin/function"}));
  ASSERT_TRUE(tree.add("/twin", {.content = HardLink{"/bin/function"}, .why = "program"}));
  ASSERT_TRUE(tree.add("/tmp", {.content = Directory{}, .why = "room for temporary files"}));
  auto files = list_files(tree);
  ASSERT_TRUE(files);
  EXPECT_EQ(to_json(*files),
            "{\"schema\": \"faasc.files/1\", \"files\": [\n"
            "  {\"path\":\"/bin/function\",\"kind\":\"file\",\"size\":10,\"why\":\"program\"},\n"
            "  {\"path\":\"/etc/a \\\"name\\\"\",\"kind\":\"file\",\"size\":3,\"why\":\"files: ä\"},\n"
            "  {\"path\":\"/lib/c\",\"kind\":\"symlink\",\"target\":\"../bin/function\",\"why\":\"needed by "
            "/bin/function\"},\n"
            "  {\"path\":\"/tmp\",\"kind\":\"directory\",\"why\":\"room for temporary files\"},\n"
            "  {\"path\":\"/twin\",\"kind\":\"hardlink\",\"target\":\"/bin/function\",\"why\":\"program\"}\n"
            "]}\n");
  auto path = file_list_path(temporary_.path() / "shop.img");
  EXPECT_EQ(path.filename(), "shop.files.json");
  EXPECT_EQ(file_list_path("out/shop.img.zst"), "out/shop.files.json");
  ASSERT_TRUE(write_file(path, to_json(*files)));
  auto back = read_file_list(path);
  ASSERT_TRUE(back) << back.error().what;
  EXPECT_EQ(*back, *files);
}

TEST_F(FileLists, OthersFilesAreRefused) {
  for (const char* text : {"", "[]", "{}", R"({"schema": "faasc.files/2", "files": []})",
                           R"({"schema": "faasc.files/1"})", R"({"schema": "faasc.files/1", "files": [1]})",
                           R"({"schema": "faasc.files/1", "files": [{"path": "/a", "kind": "door"}]})",
                           R"({"schema": 1, "files": []})",
                           R"({"schema": "faasc.files/1", "files": [{"path": 7, "kind": "file"}]})"}) {
    ASSERT_TRUE(write_file(temporary_.path() / "list", text));
    auto read = read_file_list(temporary_.path() / "list");
    ASSERT_FALSE(read) << text;
    EXPECT_EQ(read.error().hint, "build the image again") << text;
  }
  fs::path list = temporary_.path() / "list";
  ASSERT_TRUE(write_file(list, "[]"));
  EXPECT_EQ(to_text(read_file_list(list).error(), Color::Off),
            "faasc: error: '" + list.string() +
                "' is not a list of files: it is no JSON object [FAASC0509]\n"
                "  hint: build the image again\n");
}

}  // namespace
}  // namespace faasc
