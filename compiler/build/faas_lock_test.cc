#include "compiler/build/faas_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/sha256.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::ElementsAre;

const std::vector<Pin> kPins = {{"kernel", "nanos", "0.1.55", "sha256:aa"},
                                {"library", "/usr/lib/libc.a", "", "sha256:0123456789abcdef"},
                                {"wheel", "flask", "3.0.3", "sha256:bb"}};

TEST(FaasLock, IsReadAsItWasWritten) {
  std::string text = to_faas_lock(kPins);
  EXPECT_EQ(text,
            "{\"schema\":\"faasc.lock/1\",\"pins\":[\n"
            "{\"kind\":\"kernel\",\"name\":\"nanos\",\"version\":\"0.1.55\",\"digest\":\"sha256:aa\"},\n"
            "{\"kind\":\"library\",\"name\":\"/usr/lib/libc.a\",\"digest\":\"sha256:0123456789abcdef\"},\n"
            "{\"kind\":\"wheel\",\"name\":\"flask\",\"version\":\"3.0.3\",\"digest\":\"sha256:bb\"}\n"
            "]}\n");
  EXPECT_EQ(parse_faas_lock(text, "faas.lock").value(), kPins);
  EXPECT_TRUE(parse_faas_lock(to_faas_lock({}), "faas.lock").value().empty());
  EXPECT_EQ(locked_kernel(kPins), "nanos@0.1.55");
}

TEST(FaasLock, RefusesWhatIsNone) {
  for (const char* text :
       {"", "[]", "{}", "{\"schema\":\"faasc.lock/2\",\"pins\":[]}", "{\"schema\":\"faasc.lock/1\"}",
        "{\"schema\":\"faasc.lock/1\",\"pins\":[1]}", "{\"schema\":\"faasc.lock/1\",\"pins\":[{\"kind\":1}]}",
        "{\"schema\":\"faasc.lock/1\",\"pins\":[{\"kind\":\"wheel\"}]}",
        "{\"schema\":\"faasc.lock/1\",\"pins\":[{\"kind\":\"wheel\",\"name\":\"x\",\"more\":\"y\"}]}",
        "{\"schema\":\"faasc.lock/1\",\"pins\":[],\"more\":1}",
        "<<<<<<< ours\n{\"schema\":\"faasc.lock/1\",\"pins\":[]}"})
    EXPECT_FALSE(parse_faas_lock(text, "faas.lock")) << text;
  EXPECT_EQ(to_text(parse_faas_lock("<<<<<<< ours", "shop/faas.lock").error(), Color::Off),
            "faasc: error: 'shop/faas.lock' is no lock of faasc's: it is not JSON [FAASC0872]\n"
            "  hint: 'faasc lock' writes it anew; a merge is best left to it, too\n");
}

TEST(FaasLock, NamesEveryDifference) {
  EXPECT_THAT(differences(kPins, kPins), ElementsAre());
  std::vector<Pin> found = {{"kernel", "nanos", "0.1.56", "sha256:cc"},
                            {"library", "/usr/lib/libc.a", "", "sha256:9876543210fedcba"},
                            {"wheel", "flask", "3.0.3", "sha256:dd"},
                            {"wheel", "jinja2", "3.1", ""}};
  EXPECT_THAT(differences(kPins, found),
              ElementsAre("kernel nanos is 0.1.56, locked is 0.1.55",
                          "library /usr/lib/libc.a is sha256:9876543210fe, locked is sha256:0123456789ab",
                          "wheel flask 3.0.3 has another digest than the one that is locked",
                          "wheel jinja2 is not locked"));
  found.resize(2);
  EXPECT_THAT(differences(kPins, found), testing::Contains("wheel flask is locked, and not used"));
}

TEST(Pins, TellOthersFilesFromTheProjects) {
  TemporaryDirectory root = TemporaryDirectory::create(testing::TempDir(), "pins").value();
  auto write = [&](const std::string& name, const std::string& text) {
    EXPECT_TRUE(write_file(root.path() / name, text));
    return (root.path() / name).string();
  };
  Kernel kernel{.version = "0.1.55", .architecture = "x86_64"};
  kernel.sha256 = {{"boot.img", "bb"}, {"kernel.img", "aa"}};
  std::vector<std::string> inputs = {
      write("shop/faas.yaml", ""),
      write("shop/go.sum",
            "github.com/BurntSushi/toml v1.3.2 h1:AAAA\ngithub.com/BurntSushi/toml v1.3.2/go.mod h1:BBBB\n"),
      (root.path() / "go/pkg/mod/github.com/!burnt!sushi/toml@v1.3.2").string(),
      write("go/VERSION", "go1.22.2\ntime 2024-03-29\n"),
      write("bin/python3.11", "python"),
      (root.path() / "cache/site/0123").string()};
  write("cache/site/0123/flask-3.0.3.dist-info/RECORD",
        "flask/__init__.py,sha256=x,1\nflask-3.0.3.dist-info/INSTALLER,sha256=y,4\n"
        "flask/__pycache__/__init__.cpython-311.pyc,,\n");
  auto hex = [](std::string_view text) { return "sha256:" + to_hex(sha256(text)); };
  EXPECT_EQ(pins_of(inputs, kernel).value(),
            (std::vector<Pin>{{"interpreter", "python3.11", "", hex("python")},
                              {"kernel", "nanos", "0.1.55", hex("bb  boot.img\naa  kernel.img\n")},
                              {"module", "github.com/BurntSushi/toml", "v1.3.2", "h1:AAAA"},
                              {"toolchain", "go", "go1.22.2", hex("go1.22.2\ntime 2024-03-29\n")},
                              {"wheel", "flask", "3.0.3", hex("flask/__init__.py,sha256=x,1\n")}}));
}

}  // namespace
}  // namespace faasc
