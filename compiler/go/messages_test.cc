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
    const char *text, *said;
  };
  const Case cases[] = {
      {"hello.go:5:2: missing go.sum entry for module providing package github.com/a/b; to add:\n\tgo mod "
       "download "
       "github.com/a/b\n",
       "hello.go:5:2: error: missing go.sum entry for module providing package github.com/a/b; to add: go "
       "mod download "
       "github.com/a/b [FAASC0422]\n"
       "  hint: run 'go mod tidy' in the module, and keep go.sum with the source; faasc never changes it\n"},
      {"hello.go:5:2: no required module provides package github.com/a/b; to add it:\n\tgo get "
       "github.com/a/b\n",
       "hello.go:5:2: error: no required module provides package github.com/a/b; to add it: go get "
       "github.com/a/b "
       "[FAASC0426]\n"
       "  hint: run 'go get' for it in the module; faasc never changes go.mod\n"},
      {"hello.go:5:2: cannot find module providing package a.b/c: import lookup disabled by -mod=readonly\n",
       "hello.go:5:2: error: cannot find module providing package a.b/c: import lookup disabled by "
       "-mod=readonly "
       "[FAASC0426]\n"
       "  hint: run 'go get' for it in the module; faasc never changes go.mod\n"},
      {"hello.go:5:2: cannot find module providing package a.b/c: import lookup disabled by -mod=vendor\n",
       "hello.go:5:2: error: cannot find module providing package a.b/c: import lookup disabled by "
       "-mod=vendor "
       "[FAASC0427]\n"
       "  hint: run 'go mod vendor', or set 'build: {go: {mod: readonly}}' to do without vendor/\n"},
      {"go: github.com/a/b@v1.0.0: module lookup disabled by GOPROXY=off\n",
       "faasc: error: github.com/a/b@v1.0.0: module lookup disabled by GOPROXY=off [FAASC0425]\n"
       "  hint: without --offline it is downloaded once; or run 'go mod vendor' and keep vendor/ with the "
       "source\n"},
      {"go: github.com/a/b@v1.0.0: Get \"https://proxy/a/b\": dial tcp: lookup proxy: no such host\n",
       "faasc: error: github.com/a/b@v1.0.0: Get \"https://proxy/a/b\": dial tcp: lookup proxy: no such host "
       "[FAASC0425]\n"
       "  hint: check the network and GOPROXY, or run 'go mod vendor' where there is one\n"},
      {"go: go.mod requires go >= 1.30 (running go 1.26.8; GOTOOLCHAIN=local)\n",
       "faasc: error: go.mod requires go >= 1.30 (running go 1.26.8; GOTOOLCHAIN=local) [FAASC0423]\n"
       "  hint: install a newer Go, or lower the version in go.mod if the code does not need it\n"},
      {"go: inconsistent vendoring in /m:\n\tgithub.com/a/b@v1.0.0: is explicitly required in go.mod\n",
       "faasc: error: inconsistent vendoring in /m: github.com/a/b@v1.0.0: is explicitly required in go.mod "
       "[FAASC0427]\n"
       "  hint: run 'go mod vendor', or set 'build: {go: {mod: readonly}}' to do without vendor/\n"},
      {"package example.com/m\n\timports github.com/a/b: build constraints exclude all Go files in /b\n",
       "faasc: error: package example.com/m; imports github.com/a/b: build constraints exclude all Go files "
       "in /b "
       "[FAASC0421]\n"
       "  hint: if the package needs cgo, set 'build: {go: {cgo: true}}'\n"},
      {"go: errors parsing go.mod:\ngo.mod:3: unknown directive: x\n",
       "faasc: error: errors parsing go.mod: [FAASC0426]\n"
       "  hint: correct go.mod; 'go mod edit -fmt' checks it\n"
       "go.mod:3: error: unknown directive: x\n"},
      {"verifying github.com/a/b@v1.0.0: checksum mismatch\n\tdownloaded: h1:x\n",
       "faasc: error: verifying github.com/a/b@v1.0.0: checksum mismatch; downloaded: h1:x [FAASC0422]\n"
       "  hint: the module is not the one that go.sum names; find out why before you trust it\n"},
      {"compile: writing output: write $WORK/b001/_pkg_.a: no space left on device\n",
       "faasc: error: compile: writing output: write $WORK/b001/_pkg_.a: no space left on device "
       "[FAASC0902]\n"
       "  hint: free some space where the build's output goes, or raise the limit on file sizes\n"},
      {"something new\n", "faasc: error: something new [FAASC0400]\n"},
  };
  for (const Case& one : cases) EXPECT_EQ(read(one.text), one.said);
}

TEST(GoMessages, DownloadsAreNoFindings) {
  EXPECT_EQ(read("go: downloading github.com/a/b v1.0.0\n\n# example.com/m\n"), "");
  EXPECT_EQ(read(""), "");
  EXPECT_EQ(read("\torphan\n"), "");
}

}  // namespace
}  // namespace faasc::go
