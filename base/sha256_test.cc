#include "base/sha256.h"

#include <gtest/gtest.h>

#include "base/file.h"

namespace faasc {
namespace {

TEST(Sha256, KnownAnswers) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Sha256, PiecesAndFilesGiveTheSame) {
  std::string bytes(1'000'000, 'x');
  Sha256 hash;
  for (std::size_t i = 0; i < bytes.size(); i += 777) hash.update(std::string_view(bytes).substr(i, 777));
  EXPECT_EQ(hash.finish(), sha256(bytes));
  auto directory = TemporaryDirectory::create(testing::TempDir(), "sha");
  ASSERT_TRUE(directory);
  ASSERT_TRUE(write_file(directory->path() / "x", bytes));
  EXPECT_EQ(sha256_of_file(directory->path() / "x").value(), sha256(bytes));
}

}  // namespace
}  // namespace faasc
