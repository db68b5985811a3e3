#include "packager/kernels/download.h"

#include <cstdlib>
#include <optional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/diagnostics.h"
#include "base/process.h"
#include "packager/kernels/http_request.h"
#include "packager/kernels/sample_kernel.h"
#include "packager/kernels/test_server.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

constexpr const char* kElsewhere =
    "  hint: check the network, pass --url to download from a mirror, or add a file that is here with `faasc "
    "kernel add`\n";

/// Bytes of which no two stretches are alike.
std::string bytes_of(std::size_t size) {
  std::string bytes;
  for (std::size_t i = 0; bytes.size() < size; ++i) bytes += std::to_string(i) + " ";
  bytes.resize(size);
  return bytes;
}

class DownloadTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"http_proxy", "https_proxy", "all_proxy", "HTTPS_PROXY", "ALL_PROXY"})
      ::unsetenv(name);
    options_.retry_delay = std::chrono::milliseconds(1);
  }
  /// What arrived, or the whole refusal. What arrived is left in its place.
  std::string download(const std::string& path = "/file") {
    auto file = download_file(server_.url() + path, parts_, options_);
    return file ? read_file(file->path()).value() : to_text(file.error(), Color::Off);
  }
  std::size_t parts() {
    std::error_code error;
    std::size_t count = 0;
    for (fs::directory_iterator it(parts_, error), end; !error && it != end; it.increment(error)) ++count;
    return count;
  }
  std::string cannot(const std::string& why, const std::string& hint = kElsewhere) {
    return "faasc: error: cannot download '" + server_.url() + "/file': " + why + " [FAASC0632]\n" + hint;
  }

  TemporaryDirectory directory_ = TemporaryDirectory::create(testing::TempDir(), "download").value();
  fs::path parts_ = directory_.path() / "parts";
  DownloadOptions options_;
  TestServer server_;
  std::string whole_ = bytes_of(300'000);
};

TEST_F(DownloadTest, BringsTextAndFiles) {
  server_.serve("/text", {{.body = "0.1.55\n"}});
  auto text = download_text(server_.url() + "/text", 100, options_);
  ASSERT_TRUE(text) << text.error().what;
  EXPECT_EQ(*text, "0.1.55\n");

  std::uint64_t last = 0, total = 0;
  options_.progress = [&](std::uint64_t done, std::optional<std::uint64_t> all) {
    EXPECT_GT(done, last);
    last = done;
    total = all.value_or(0);
  };
  server_.serve("/file", {{.body = whole_, .etag = "\"a\""}});
  EXPECT_TRUE(download() == whole_);
  EXPECT_EQ(last, whole_.size());
  EXPECT_EQ(total, whole_.size());
  server_.serve("/empty", {{.body = ""}});
  EXPECT_EQ(download("/empty"), "");
  server_.serve("/endless", {{.body = whole_, .tell_length = false}});
  last = 0;
  EXPECT_TRUE(download("/endless") == whole_);
}

TEST_F(DownloadTest, ABrokenTransferGoesOnWhereItBroke) {
  server_.serve("/file", {{.body = whole_, .etag = "\"a\"", .cut_after = 100'000},
                          {.body = whole_, .etag = "\"a\"", .cut_after = 50'000},
                          {.body = whole_, .etag = "\"a\""}});
  EXPECT_TRUE(download() == whole_);
  EXPECT_THAT(server_.requests(), ElementsAre("GET /file", "GET /file Range: bytes=100000- If-Range: \"a\"",
                                              "GET /file Range: bytes=150000- If-Range: \"a\""));
}

TEST_F(DownloadTest, WhatHasArrivedIsKeptForTheNextCall) {
  options_.attempts = 2;
  server_.serve("/file", {{.body = whole_, .etag = "\"a\"", .cut_after = 100'000}});
  EXPECT_EQ(download(),
            cannot("the connection broke off",
                   "  hint: run the same command again: the 200000 bytes that have arrived are kept\n"));
  server_.serve("/file", {{.body = whole_, .etag = "\"a\""}});
  EXPECT_TRUE(download() == whole_);
  EXPECT_EQ(server_.requests().back(), "GET /file Range: bytes=200000- If-Range: \"a\"");
  // Complete, but nobody took it: nothing is transferred again.
  EXPECT_TRUE(download() == whole_);
  EXPECT_EQ(server_.requests().back(), "GET /file Range: bytes=300000- If-Range: \"a\"");
  auto file = download_file(server_.url() + "/file", parts_, options_);
  ASSERT_TRUE(file);
  std::move(*file).discard();
  EXPECT_EQ(parts(), 0u);
}

TEST_F(DownloadTest, AnotherFileInTheMeantimeStartsAfresh) {
  options_.attempts = 1;
  server_.serve("/file", {{.body = whole_, .etag = "\"a\"", .cut_after = 100'000}});
  EXPECT_NE(download(), whole_);
  std::string other = "other " + whole_;
  server_.serve("/file", {{.body = other, .etag = "\"b\""}});
  EXPECT_TRUE(download() == other);
  EXPECT_EQ(server_.requests().back(), "GET /file Range: bytes=100000- If-Range: \"a\"");
  // The same validator for a file that became shorter.
  server_.serve("/file", {{.body = "short", .etag = "\"b\""}});
  options_.attempts = 2;
  EXPECT_EQ(download(), "short");
}

TEST_F(DownloadTest, WithoutAValidatorNothingIsKept) {
  options_.attempts = 1;
  for (const char* etag : {"", "W/\"weak\""}) {
    server_.serve("/file", {{.body = whole_, .etag = etag, .cut_after = 100'000}});
    EXPECT_EQ(download(), cannot("the connection broke off"));
    EXPECT_EQ(parts(), 0u);
  }
  server_.serve(
      "/file",
      {{.body = whole_, .headers = {"Last-Modified: Sat, 21 Nov 2026 07:00:00 GMT"}, .cut_after = 100'000}});
  EXPECT_NE(download(), whole_);
  server_.serve("/file", {{.body = whole_}});
  EXPECT_TRUE(download() == whole_);
  EXPECT_EQ(server_.requests().back(),
            "GET /file Range: bytes=100000- If-Range: Sat, 21 Nov 2026 07:00:00 GMT");
}

TEST_F(DownloadTest, ADamagedNoteStartsAfresh) {
  options_.attempts = 1;
  server_.serve("/file", {{.body = whole_, .etag = "\"a\"", .cut_after = 100'000}});
  EXPECT_NE(download(), whole_);
  for (const auto& entry : fs::directory_iterator(parts_))
    if (entry.path().extension() == ".of") write_sample_file(entry.path(), "http://other/file\n\"a\"\n");
  server_.serve("/file", {{.body = whole_, .etag = "\"a\""}});
  EXPECT_TRUE(download() == whole_);
  EXPECT_EQ(server_.requests().back(), "GET /file");
}

TEST_F(DownloadTest, AServerThatSendsAnotherRangeIsAskedForTheWhole) {
  options_.attempts = 3;
  server_.serve("/file", {{.body = whole_, .etag = "\"a\"", .cut_after = 100'000},
                          {.body = whole_, .etag = "\"a\"", .wrong_range = true},
                          {.body = whole_, .etag = "\"a\""}});
  EXPECT_TRUE(download() == whole_);
  EXPECT_EQ(server_.requests().back(), "GET /file");
  fs::remove_all(parts_);
  options_.attempts = 2;
  server_.serve("/file", {{.body = whole_, .etag = "\"a\"", .cut_after = 100'000},
                          {.body = whole_, .etag = "\"a\"", .wrong_range = true}});
  EXPECT_EQ(download(),
            cannot("asked for the bytes from 100000 on, the server sends 'bytes 50000-299999/300000'"));
}

TEST_F(DownloadTest, SaysWhatTheServerAnswers) {
  EXPECT_EQ(download(),
            "faasc: error: '" + server_.url() + "/file' is not there (HTTP status 404) [FAASC0634]\n");
  EXPECT_EQ(server_.requests().size(), 1u) << "asking again would not help";
  EXPECT_EQ(parts(), 0u);
  server_.serve("/file", {{.status = 403, .body = "no"}});
  EXPECT_EQ(download(), cannot("the server answers with HTTP status 403"));
  EXPECT_EQ(server_.requests().size(), 2u);
  server_.serve("/file", {{.status = 503, .body = "busy"}});
  EXPECT_EQ(download(), cannot("the server answers with HTTP status 503"));
  EXPECT_EQ(server_.requests().size(), 6u);
  server_.serve("/file", {{.status = 503, .body = "busy"}, {.body = whole_}});
  EXPECT_TRUE(download() == whole_);
}

TEST_F(DownloadTest, FollowsNoRedirectToPlainHttp) {
  server_.serve("/file", {{.status = 302, .headers = {"Location: " + server_.url() + "/other"}}});
  server_.serve("/other", {{.body = "other"}});
  EXPECT_EQ(download(), cannot("it redirects to something else than https"));
}

TEST_F(DownloadTest, GivesUpOnAServerThatFallsSilent) {
  options_.stall_timeout = std::chrono::seconds(1);
  options_.attempts = 1;
  server_.serve("/file", {{.body = whole_, .etag = "\"a\"", .silence = std::chrono::seconds(20)}});
  auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(download(), cannot("nothing arrived for 1 s"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
}

TEST_F(DownloadTest, SaysThatNobodyListens) {
  std::string url;
  {
    TestServer gone;
    url = gone.url();
  }
  auto text = download_text(url + "/x", 10, options_);
  ASSERT_FALSE(text);
  EXPECT_EQ(to_text(text.error(), Color::Off),
            "faasc: error: cannot download '" + url +
                "/x': the host does not accept the connection [FAASC0632]\n" + kElsewhere);
  EXPECT_EQ(exit_status(text.error().fault), 3);
}

TEST_F(DownloadTest, RefusesMoreThanAllowed) {
  constexpr const char* kHint = "  hint: check the URL: that is no kernel\n";
  options_.limit_bytes = 299'999;
  server_.serve("/file", {{.body = whole_, .etag = "\"a\""}});
  EXPECT_EQ(download(), cannot("it is larger than the 299999 bytes allowed here", kHint));
  server_.serve("/file", {{.body = whole_, .tell_length = false}});
  EXPECT_EQ(download(), cannot("it is larger than the 299999 bytes allowed here", kHint));
  auto text = download_text(server_.url() + "/file", 4096, options_);
  ASSERT_FALSE(text);
  EXPECT_EQ(to_text(text.error(), Color::Off),
            cannot("it is larger than the 4096 bytes allowed here", kHint));
}

TEST_F(DownloadTest, TwoAtOnceTransferOnce) {
  server_.serve("/file", {{.body = whole_, .etag = "\"a\"", .silence = std::chrono::milliseconds(200)}});
  std::string first, second;
  std::thread other([&] { first = download(); });
  second = download();
  other.join();
  EXPECT_TRUE(first == whole_);
  EXPECT_TRUE(second == whole_);
  EXPECT_EQ(server_.requests().size(), 2u);
  EXPECT_EQ(server_.requests().back(), "GET /file Range: bytes=300000- If-Range: \"a\"");
}

TEST_F(DownloadTest, UsesHttpsOnlyButForThisMachine) {
  for (const char* url :
       {"https://example.org/x", "http://127.0.0.1:8080/x", "http://localhost/x", "http://[::1]:1/x"})
    EXPECT_TRUE(check_url(url)) << url;
  const std::pair<const char*, const char*> cases[] = {
      {"http://example.org/x", "plain http is allowed from this machine only"},
      {"http://127.0.0.1.example.org/x", "plain http is allowed from this machine only"},
      {"http://127.0.0.1@example.org/x", "plain http is allowed from this machine only"},
      {"ftp://example.org/x", "its scheme is 'ftp' where 'https' is allowed"},
      {"file:///etc/passwd", "its scheme is 'file' where 'https' is allowed"},
      {"example.org", "it is not a URL"},
      {"", "it is not a URL"},
  };
  for (const auto& [url, why] : cases) {
    SCOPED_TRACE(url);
    auto checked = check_url(url);
    ASSERT_FALSE(checked);
    EXPECT_EQ(to_text(checked.error(), Color::Off), "faasc: error: cannot download from '" +
                                                        std::string(url) + "': " + why +
                                                        " [FAASC0631]\n  hint: give an https address such as "
                                                        "https://storage.googleapis.com/nanos/release\n");
  }
}

/// `openssl s_server`, serving the files of a directory over TLS with a certificate that only its own file
/// vouches for.
class TlsServer {
 public:
  explicit TlsServer(const fs::path& directory) {
    Command make;
    make.argv = {"openssl",  "req",           "-x509",   "-newkey",
                 "rsa:2048", "-nodes",        "-keyout", "key.pem",
                 "-out",     "cert.pem",      "-days",   "2",
                 "-subj",    "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"};
    make.working_directory = directory;
    auto made = run(make);
    if (!made || !made->status.ok()) return;
    Command serve;
    serve.argv = {"openssl", "s_server", "-accept",  "127.0.0.1:0", "-key",
                  "key.pem", "-cert",    "cert.pem", "-WWW"};
    serve.working_directory = directory;
    SpawnOptions options;
    options.out = Stream::Pipe;
    options.err = Stream::Null;
    auto child = Child::spawn(serve, options);
    if (!child) return;
    child_.emplace(std::move(child).value());
    // It says "ACCEPT 127.0.0.1:<port>".
    std::string said;
    for (char c; said.find('\n', said.find("ACCEPT ")) == std::string::npos;) {
      auto count = read_some(child_->out, &c, 1, "s_server");
      if (!count || *count == 0) return;
      said += c;
    }
    std::size_t colon = said.rfind(':');
    url = "https://127.0.0.1:" + said.substr(colon + 1, said.find('\n', colon) - colon - 1);
  }
  std::string url;  ///< empty where it does not run

 private:
  std::optional<Child> child_;
};

TEST_F(DownloadTest, ChecksTheCertificateOfAServer) {
  if (!find_program("openssl")) GTEST_SKIP() << "there is no openssl program to serve over TLS";
  for (const char* name : {"SSL_CERT_FILE", "CURL_CA_BUNDLE"}) ::unsetenv(name);
  write_sample_file(directory_.path() / "file", "over TLS");
  TlsServer tls(directory_.path());
  ASSERT_FALSE(tls.url.empty());

  auto text = download_text(tls.url + "/file", 4096, options_);
  ASSERT_FALSE(text) << "a certificate of nobody's was trusted";
  EXPECT_EQ(text.error().code, "FAASC0632");
  EXPECT_THAT(text.error().what,
              testing::StartsWith("cannot download '" + tls.url +
                                  "/file': the server's certificate is not to be trusted: "));
  EXPECT_EQ(text.error().hint,
            "where a proxy signs with an authority of its own, name its certificate in SSL_CERT_FILE");

  for (const char* name : {"SSL_CERT_FILE", "CURL_CA_BUNDLE"}) {
    ::setenv(name, (directory_.path() / "cert.pem").c_str(), 1);
    text = download_text(tls.url + "/file", 4096, options_);
    ::unsetenv(name);
    ASSERT_TRUE(text) << text.error().what;
    EXPECT_EQ(*text, "over TLS");
  }
  ::setenv("SSL_CERT_FILE", (directory_.path() / "missing.pem").c_str(), 1);
  EXPECT_FALSE(download_text(tls.url + "/file", 4096, options_));
  ::unsetenv("SSL_CERT_FILE");
}

}  // namespace
}  // namespace faasc
