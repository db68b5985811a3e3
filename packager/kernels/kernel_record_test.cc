#include "packager/kernels/kernel_record.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "packager/kernels/sample_kernel.h"

namespace faasc {
namespace {

constexpr const char* kEmptyDigest = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

TEST(KernelRecord, IsWrittenAndReadBack) {
  auto directory = TemporaryDirectory::create(testing::TempDir(), "record").value();
  KernelRecord record;
  record.version = "0.1.55";
  record.origin = "https://example.org/nanos.tar.gz";
  record.files["klibs/tls"] = {3, kEmptyDigest};
  record.files["kernel.img"] = {1742992, kEmptyDigest};
  EXPECT_EQ(to_json(record), std::string(R"({
  "schema": "faasc.kernel/1",
  "family": "nanos",
  "version": "0.1.55",
  "architecture": "x86_64",
  "origin": "https://example.org/nanos.tar.gz",
  "files": {
    "kernel.img": {
      "size": 1742992,
      "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    },
    "klibs/tls": {
      "size": 3,
      "sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    }
  }
}
)"));
  write_sample_file(directory.path() / "kernel.json", to_json(record));
  auto read = read_kernel_record(directory.path() / "kernel.json");
  ASSERT_TRUE(read) << read.error().what;
  EXPECT_EQ(read->family, KernelFamily::Nanos);
  EXPECT_EQ(read->version, "0.1.55");
  EXPECT_EQ(read->architecture, "x86_64");
  EXPECT_EQ(read->origin, record.origin);
  EXPECT_EQ(read->files, record.files);
}

TEST(KernelRecord, RefusesWhatIsNotOne) {
  auto directory = TemporaryDirectory::create(testing::TempDir(), "record").value();
  const std::string path = directory.path() / "kernel.json";
  auto with_files = [](const std::string& files) {
    return R"({"schema": "faasc.kernel/1", "family": "linux", "version": "1", "files": )" + files + "}";
  };
  struct Case {
    std::string text, why;
  };
  const Case cases[] = {
      {"", "it is not a JSON object"},
      {"[]", "it is not a JSON object"},
      {R"({"schema": "faasc.kernel/1")", "it is not a JSON object"},
      {"{}", "its schema is '' where 'faasc.kernel/1' is read"},
      {R"({"schema": "faasc.kernel/2"})", "its schema is 'faasc.kernel/2' where 'faasc.kernel/1' is read"},
      {R"({"schema": "faasc.kernel/1", "family": "bsd"})",
       "its family is 'bsd' where 'nanos' and 'linux' are known"},
      {R"({"schema": "faasc.kernel/1", "family": 7})",
       "its family is '' where 'nanos' and 'linux' are known"},
      {R"({"schema": "faasc.kernel/1", "family": "nanos"})", "it lists no files"},
      {with_files(R"([1])"), "it lists no files"},
      {with_files(R"({"../x": {}})"), "the file '../x' lies outside of its directory"},
      {with_files(R"({"/etc/passwd": {}})"), "the file '/etc/passwd' lies outside of its directory"},
      {with_files(R"({"a/../../x": {}})"), "the file 'a/../../x' lies outside of its directory"},
      {with_files(R"({"": {}})"), "the file '' lies outside of its directory"},
      {with_files(R"({"a": 1})"), "the file 'a' lacks its size or its SHA-256"},
      {with_files(R"({"a": {"size": 1}})"), "the file 'a' lacks its size or its SHA-256"},
      {with_files(R"({"a": {"size": -1, "sha256": ")" + std::string(kEmptyDigest) + "\"}}"),
       "the file 'a' lacks its size or its SHA-256"},
      {with_files(R"({"a": {"size": 1, "sha256": "E3"}})"), "the file 'a' lacks its size or its SHA-256"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    write_sample_file(path, c.text);
    auto read = read_kernel_record(path);
    ASSERT_FALSE(read);
    EXPECT_EQ(to_text(read.error(), Color::Off),
              "faasc: error: '" + path + "' is not a kernel record: " + c.why +
                  " [FAASC0605]\n  hint: remove the directory '" + directory.path().string() +
                  "' and add the kernel again\n");
  }
}

TEST(KernelRecord, DescribesEveryFileButTheRecordAndHiddenOnes) {
  auto directory = TemporaryDirectory::create(testing::TempDir(), "record").value();
  for (const char* name :
       {"kernel.img", "klibs/tls", "kernel.json", ".hidden", ".git/x", "klibs/kernel.json"})
    write_sample_file(directory.path() / name, "");
  auto files = describe_files(directory.path());
  ASSERT_TRUE(files) << files.error().what;
  const KernelFiles expected = {{"kernel.img", {0, kEmptyDigest}},
                                {"klibs/kernel.json", {0, kEmptyDigest}},
                                {"klibs/tls", {0, kEmptyDigest}}};
  EXPECT_EQ(*files, expected);

  auto missing = describe_files(directory.path() / "missing");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, "FAASC0901");
}

}  // namespace
}  // namespace faasc
