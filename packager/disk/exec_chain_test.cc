#include "packager/disk/exec_chain.h"

#include <cstring>

#include <elf.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"

namespace faasc {
namespace {
using testing::ElementsAre;

// What is printed for it, behind "faasc: error: ".
std::string told(const Error& error) {
  return to_text(error, Color::Off).substr(14);
}

std::string elf_with_interpreter(const std::string& interpreter) {
  Elf64_Ehdr header{};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_phoff = sizeof header;
  header.e_phentsize = sizeof(Elf64_Phdr);
  header.e_phnum = 2;
  Elf64_Phdr segments[2] = {};
  segments[0].p_type = PT_LOAD;
  segments[1].p_type = PT_INTERP;
  segments[1].p_offset = 1000;
  segments[1].p_filesz = interpreter.size() + 1;
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.append(reinterpret_cast<const char*>(segments), sizeof segments);
  bytes.resize(1000, '\0');
  return bytes + interpreter + '\0';
}

class ExecChainTest : public testing::Test {
 protected:
  Rootfs rootfs_;
  void add(const std::string& path, const decltype(RootfsNode::content)& content) {
    ASSERT_TRUE(rootfs_.add(path, {content, 0644, ""}));
  }
  std::string refusal(const std::string& executable) {
    auto chain = exec_chain(rootfs_, executable);
    return chain ? "accepted" : told(chain.error());
  }
};

TEST_F(ExecChainTest, FollowsInterpretersAndLinks) {
  auto directory = std::move(TemporaryDirectory::create(testing::TempDir(), "chain")).value();
  ASSERT_TRUE(write_file(directory.path() / "python", elf_with_interpreter("/lib64/ld.so")));
  add("/app/main.py", InlineBytes{"#! \t/usr/bin/python3 -u\nprint()"});
  add("/usr/bin/python3", Symlink{"python3.11"});
  add("/usr/bin/python3.11", HostFile{directory.path() / "python"});
  add("/lib64", Symlink{"usr/lib64/."});
  add("/usr/lib64/ld.so", Symlink{"../lib/./ld-2.so"});
  add("/usr/lib/ld-2.so", InlineBytes{"static"});
  EXPECT_THAT(exec_chain(rootfs_, "/app/main.py").value(),
              ElementsAre("/app/main.py", "/usr/bin/python3.11", "/usr/lib/ld-2.so"));
  EXPECT_THAT(exec_chain(rootfs_, "/app/../app/main.py").value().size(), 3u);
  EXPECT_THAT(exec_chain(rootfs_, "/usr/lib/ld-2.so").value(), ElementsAre("/usr/lib/ld-2.so"));
}

TEST_F(ExecChainTest, RefusesWhatCannotStart) {
  add("/d/f", InlineBytes{""});
  add("/loop", Symlink{"loop"});
  add("/broken", InlineBytes{elf_with_interpreter("/lib64/ld.so")});
  add("/self", InlineBytes{"#!/self"});
  add("/script", InlineBytes{"#!/d"});
  for (std::string path : {"/none", "/d", "/loop", "/", "/d/f/x"})
    EXPECT_EQ(refusal(path), "the program '" + path + "' is not a file of the image [FAASC0560]\n");
  EXPECT_EQ(refusal("/broken"),
            "'/broken' is run by '/lib64/ld.so', which is not a file of the image [FAASC0581]\n");
  EXPECT_EQ(refusal("/script"), "'/script' is run by '/d', which is not a file of the image [FAASC0581]\n");
  EXPECT_EQ(refusal("/self"), "the program '/self' has interpreters without end [FAASC0581]\n");
}

TEST_F(ExecChainTest, ReadsDamagedElfFiles) {
  std::string whole = elf_with_interpreter("/x");
  for (std::size_t n = 0; n < whole.size(); n += 7) {
    Rootfs rootfs;
    ASSERT_TRUE(rootfs.add("/p", {InlineBytes{whole.substr(0, n)}, 0755, ""}));
    auto chain = exec_chain(rootfs, "/p");
    EXPECT_TRUE(!chain || chain->size() == 1);
  }
}

}  // namespace
}  // namespace faasc
