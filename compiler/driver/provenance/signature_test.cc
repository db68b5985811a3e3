#include "compiler/driver/provenance/signature.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/file.h"
#include "base/process.h"
#include "compiler/driver/provenance/codes.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

class SignatureTest : public testing::Test {
 protected:
  // As in faasc itself: a program may end before it has read all that it is given.
  void SetUp() override { ::signal(SIGPIPE, SIG_IGN); }

  SignatureTest() : directory_(TemporaryDirectory::create(testing::TempDir(), "signature").value()) {}
  fs::path at(const char* name) const { return directory_.path() / name; }
  void run_all(std::vector<std::vector<std::string>> commands) {
    for (auto& argv : commands) {
      auto finished = run({.argv = argv, .working_directory = directory_.path(), .environment = {}});
      ASSERT_TRUE(finished);
      ASSERT_TRUE(finished->status.ok()) << finished->err << finished->out;
    }
  }
  /// The code of what was refused.
  std::string refused(const fs::path& signature, const Signers& signers) {
    auto verified = verify_signature(at("p.json"), signature, signers);
    return verified ? "" : verified.error().code;
  }
  void change(const char* name, char from) {
    std::string text = read_file(at(name)).value();
    std::size_t place = text.find(from, text.size() / 2);
    ASSERT_NE(place, std::string::npos);
    text[place] = static_cast<char>(from + 1);
    ASSERT_TRUE(write_file(at(name), text));
  }
  TemporaryDirectory directory_;
};

TEST_F(SignatureTest, OfSshHoldsForItsBytesAndItsSigner) {
  if (!find_program("ssh-keygen")) GTEST_SKIP() << "ssh-keygen is not installed";
  run_all({{"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ada", "-f", "ada"},
           {"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "eve", "-f", "eve"}});
  ASSERT_TRUE(write_file(at("p.json"), "{\"what\":\"signed\"}\n"));
  ASSERT_TRUE(write_file(at("signers"), "ada@example.com " + read_file(at("ada.pub")).value()));
  Signers signers{.allowed = at("signers"), .identity = {}, .public_key = {}};

  EXPECT_EQ(refused({}, signers), kNothingSigned);
  auto signature = sign_file(at("p.json"), at("ada"));
  ASSERT_TRUE(signature) << signature.error().what;
  EXPECT_EQ(*signature, at("p.json.sig"));
  EXPECT_EQ(verify_signature(at("p.json"), {}, signers).value(), "ada@example.com");
  signers.identity = "ada@example.com";
  EXPECT_EQ(verify_signature(at("p.json"), *signature, signers).value(), "ada@example.com");
  signers.identity = "bob@example.com";
  EXPECT_EQ(refused({}, signers), kSignerNotAllowed);
  signers.identity.clear();
  ASSERT_TRUE(sign_file(at("p.json"), at("ada"))) << "over the earlier one";

  change("p.json", 'g');
  EXPECT_EQ(refused({}, signers), kSignatureDoesNotFit);
  ASSERT_TRUE(
      write_file(at("p.json.sig"), "-----BEGIN SSH SIGNATURE-----\nU1NI\n-----END SSH SIGNATURE-----\n"));
  EXPECT_EQ(refused({}, signers), kNotASignature);

  ASSERT_TRUE(sign_file(at("p.json"), at("eve")));
  EXPECT_EQ(refused({}, signers), kSignerNotAllowed);
}

TEST_F(SignatureTest, OfMinisignHoldsForItsBytesAndItsKey) {
  if (!find_program("minisign")) GTEST_SKIP() << "minisign is not installed";
  run_all({{"minisign", "-G", "-W", "-p", "ada.pub", "-s", "ada.key"},
           {"minisign", "-G", "-W", "-p", "eve.pub", "-s", "eve.key"}});
  ASSERT_TRUE(write_file(at("p.json"), "{\"what\":\"signed\"}\n"));
  Signers signers{.allowed = {}, .identity = {}, .public_key = at("ada.pub")};
  auto signature = sign_file(at("p.json"), at("ada.key"));
  ASSERT_TRUE(signature) << signature.error().what;
  EXPECT_EQ(*signature, at("p.json.minisig"));
  EXPECT_TRUE(verify_signature(at("p.json"), {}, signers));
  signers.public_key = at("eve.pub");
  EXPECT_EQ(refused({}, signers), kSignerNotAllowed);
  signers.public_key = at("ada.pub");
  change("p.json", 'g');
  EXPECT_EQ(refused({}, signers), kSignatureDoesNotFit);
  ASSERT_TRUE(write_file(at("p.json.minisig"), "garbage\n"));
  EXPECT_EQ(refused({}, signers), kNotASignature);
}

TEST_F(SignatureTest, SaysWhenAKeyIsNone) {
  if (!find_program("ssh-keygen")) GTEST_SKIP() << "ssh-keygen is not installed";
  ASSERT_TRUE(write_file(at("p.json"), "{}"));
  ASSERT_TRUE(write_file(at("key"), "no key\n"));
  auto signature = sign_file(at("p.json"), at("key"));
  ASSERT_FALSE(signature);
  EXPECT_EQ(signature.error().code, kNotSigned);
  EXPECT_FALSE(fs::exists(at("p.json.sig")));
  EXPECT_FALSE(sign_file(at("p.json"), at("none")));
}

}  // namespace
}  // namespace faasc
