#include "compiler/go/messages.h"

#include <gtest/gtest.h>

namespace faasc::go {
namespace {

std::string read(std::string_view text) {
  std::string out;
  for (const Diagnostic& one : read_go_messages(text)) out += to_text(one, Color::Off);
  return out;
}

TEST(GoMessages, CompileErrorsKeepTheirPlaceAndWords) {
  EXPECT_EQ(read("# example.com/shop\n"
                 "./hello.go:10:5: undefined: x\n"
                 "sub/größe.go:3:1: syntax error: unexpected }\n"
                 "./hello.go:12:9: cannot use 1 (untyped int constant) as string value in return statement\n"
                 "./hello.go:14:9: too many return values\n"
                 "\thave (number, nil)\n"
                 "\twant (string)\n"
                 "./hello.go:10:5: undefined: x\n"
                 "./hello.go:99:1: too many errors\n"),
            "hello.go:10:5: error: undefined: x\n"
            "sub/größe.go:3:1: error: syntax error: unexpected }\n"
            "hello.go:12:9: error: cannot use 1 (untyped int constant) as string value in return statement\n"
            "hello.go:14:9: error: too many return values; have (number, nil); want (string)\n");
}

TEST(GoMessages, ComplaintsAboutTheModuleHaveAWayOut) {
  struct Case {
    const char* text;
    const char* code;
  };
  const Case cases[] = {
      {"hello.go:5:2: missing go.sum entry for module providing package github.com/a/b; to add:\n\tgo mod "
       "download "
       "github.com/a/b\n",
       "FAASC0422"},
      {"hello.go:5:2: no required module provides package github.com/a/b; to add it:\n\tgo get "
       "github.com/a/b\n",
       "FAASC0426"},
      {"hello.go:5:2: cannot find module providing package a.b/c: import lookup disabled by -mod=readonly\n",
       "FAASC0426"},
      {"hello.go:5:2: cannot find module providing package a.b/c: import lookup disabled by -mod=vendor\n",
       "FAASC0427"},
      {"go: github.com/a/b@v1.0.0: module lookup disabled by GOPROXY=off\n", "FAASC0425"},
      {"go: github.com/a/b@v1.0.0: Get \"https://proxy/a/b\": dial tcp: lookup proxy: no such host\n",
       "FAASC0425"},
      {"go: go.mod requires go >= 1.30 (running go 1.26.8; GOTOOLCHAIN=local)\n", "FAASC0423"},
      {"go: inconsistent vendoring in /m:\n\tgithub.com/a/b@v1.0.0: is explicitly required in go.mod\n",
       "FAASC0427"},
      {"package example.com/m\n\timports github.com/a/b: build constraints exclude all Go files in /b\n",
       "FAASC0421"},
      {"go: errors parsing go.mod:\ngo.mod:3: unknown directive: x\n", "FAASC0426"},
      {"verifying github.com/a/b@v1.0.0: checksum mismatch\n\tdownloaded: h1:x\n", "FAASC0422"},
      {"compile: writing output: write $WORK/b001/_pkg_.a: no space left on device\n", "FAASC0902"},
      {"something new\n", "FAASC0400"},
  };
  for (const Case& one : cases) {
    SCOPED_TRACE(one.text);
    auto found = read_go_messages(one.text);
    ASSERT_GE(found.size(), 1u);
    EXPECT_EQ(found[0].code, one.code);
    EXPECT_EQ(found[0].hint.empty(), std::string_view(one.code) == "FAASC0400");
  }
}

TEST(GoMessages, DownloadsAreNoFindings) {
  EXPECT_EQ(read("go: downloading github.com/a/b v1.0.0\n\n# example.com/m\n"), "");
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("\torphan\n"), "");
}

}  // namespace
}  // namespace faasc::go
