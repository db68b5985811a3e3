// A cache that several hosts share, by Bazel's HTTP protocol.

#include <algorithm>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/sha256.h"
#include "tests/reserved_port.h"
#include "tests/system/cached_builds.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

/// Two hosts, each with a cache of its own.
class RemoteCacheSystem : public CachedBuilds {
 protected:
  void SetUp() override {
    CachedBuilds::SetUp();
    for (auto [project, name] : {std::pair(&first_, "first"), std::pair(&second_, "second")}) {
      use(*project, at(name));
      project->environment["FAASC_REMOTE_CACHE"] = url();
      project->environment["FAASC_REMOTE_CACHE_TIMEOUT"] = "60";
    }
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }
  void start(const std::vector<std::string>& argv) {
    auto child = Child::spawn({.argv = argv, .working_directory = {}, .environment = {}},
                              {.out = Stream::Null, .err = Stream::Null});
    ASSERT_TRUE(child);
    server_.emplace(std::move(*child));
    EXPECT_TRUE(answers(*server_, [&] { return ask(); }));
  }
  bool ask() const {
    auto tried = run(
        {.argv = {"curl", "-s", "-o", "/dev/null", url() + "/"}, .working_directory = {}, .environment = {}});
    return tried && tried->status.ok();
  }

  const ReservedPort reserved_;
  const int port_ = reserved_.number();
  std::optional<Child> server_;
};

/// nginx with its module for WebDAV, which is all that it takes.
class NginxCache : public RemoteCacheSystem {
 protected:
  void SetUp() override {
    RemoteCacheSystem::SetUp();
    if (IsSkipped()) return;
    auto nginx = find_program("nginx");
    if (!nginx && fs::exists("/usr/sbin/nginx")) nginx = "/usr/sbin/nginx";
    if (!nginx) GTEST_SKIP() << "nginx is not installed";
    for (const char* name : {"root", "tmp"}) fs::create_directory(at(name));
    fs::permissions(directory_.path(), fs::perms(0755));
    const std::string here = directory_.path().string();
    ASSERT_TRUE(write_file(
        at("nginx.conf"),
        "daemon off; master_process off; pid " + here + "/pid; error_log " + here +
            "/errors;\nevents {}\nhttp {\n  access_log " + here +
            "/log combined;\n  log_format plain '$request_method $uri $status';\n  access_log " + here +
            "/requests plain;\n  client_body_temp_path " + here + "/tmp; proxy_temp_path " + here +
            "/tmp; fastcgi_temp_path " + here + "/tmp; uwsgi_temp_path " + here + "/tmp; scgi_temp_path " +
            here + "/tmp;\n  server {\n    listen 127.0.0.1:" + std::to_string(port_) + ";\n    root " +
            here +
            "/root;\n    client_max_body_size 0;\n"
            "    if ($http_authorization != 'Bearer sesame') { return 401; }\n"
            "    location / { dav_methods PUT; create_full_put_path on; }\n  }\n}\n"));
    ASSERT_TRUE(write_file(at("header"), "Authorization: Bearer sesame\n"));
    for (ProjectRun* project : {&first_, &second_})
      project->environment["FAASC_REMOTE_CACHE_HEADER_FILE"] = at("header").string();
    start({nginx->string(), "-p", here, "-c", at("nginx.conf").string()});
  }
  std::vector<std::string> requests(std::string_view verb) const {
    // It answers before it writes its log, one request after the other.
    EXPECT_TRUE(ask());
    std::vector<std::string> lines;
    std::string text = *read_file(at("requests"));
    for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1)
      if (std::string line = text.substr(at, end - at); line.starts_with(verb) && !line.starts_with("GET / "))
        lines.push_back(std::move(line));
    return lines;
  }
};

TEST_F(NginxCache, ServesAnotherHostWithOneRoundTripForEachArtefact) {
  EXPECT_THAT(build(first_).err, HasSubstr("compiled hello.cc"));
  EXPECT_FALSE(requests("PUT /ac/").empty());
  // Each is new there, and a blob that two steps have made is sent once.
  for (const std::string& line : requests("PUT")) EXPECT_TRUE(line.ends_with(" 201")) << line;
  // Whatever is there is called by its digest.
  for (const auto& entry : fs::directory_iterator(at("root/cas")))
    EXPECT_EQ(to_hex(*sha256_of_file(entry.path())), entry.path().filename().string());
  const std::size_t before = requests("GET").size();
  Finished taken = build(second_);
  EXPECT_THAT(taken.err, HasSubstr("took hello.img from the cache"));
  EXPECT_THAT(taken.err, Not(HasSubstr("compiled")));
  EXPECT_EQ(digest(second_), digest(first_));
  std::vector<std::string> lines = requests("GET");
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(before));
  std::sort(lines.begin(), lines.end());
  EXPECT_EQ(std::adjacent_find(lines.begin(), lines.end()), lines.end()) << "asked twice";
  // Two results, the list of inputs, the answer; image, machine, list of files, program with its symbols.
  EXPECT_EQ(lines.size(), 8u) << testing::PrintToString(lines);
  for (const std::string& line : lines) EXPECT_TRUE(line.ends_with(" 200")) << line;
}

// What a lock names is installed by one host. The other one has no wheel, nor an index that has it.
TEST_F(NginxCache, GivesAnotherHostWhatALockNames) {
  for (ProjectRun* project : {&first_, &second_}) {
    fs::remove(project->at("hello.cc"));
    project->write("faas.yaml",
                   "apiVersion: faasc/v1\nname: hello\nruntime: python\nhandler: main.lambda_handler\n"
                   "build: {python: {wheels: ../wheels}}\n");
    project->write("main.py", "import tea\n\n\ndef lambda_handler(event, context):\n    return tea.WORD\n");
    project->write("requirements.txt", "tea\n");
    fs::create_directory(project->at("../wheels"));
  }
  first_.write(
      "wheel.py",
      "import zipfile\n"
      "with zipfile.ZipFile('../wheels/tea-1.0-py3-none-any.whl', 'w') as wheel:\n"
      "    for name, text in {\n"
      "        'tea.py': 'WORD = \"tea\"\\n',\n"
      "        'tea-1.0.dist-info/METADATA': 'Metadata-Version: 2.1\\nName: tea\\nVersion: 1.0\\n',\n"
      "        'tea-1.0.dist-info/WHEEL': 'Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\n"
      "Tag: py3-none-any\\n',\n"
      "        'tea-1.0.dist-info/RECORD': 'tea.py,,\\n'}.items():\n"
      "        wheel.writestr(name, text)\n");
  ASSERT_EQ(first_.shell("python3 wheel.py && rm wheel.py").status.code, 0);
  Finished locked = first_.faasc({"lock", "-q", "--kernel", "nanos"});
  ASSERT_EQ(locked.status.code, 0) << locked.err;
  for (const char* lock : {"requirements.lock", "faas.lock"})
    second_.write(lock, *read_file(first_.at(lock)));
  fs::remove_all(at("first/python"));  // where locking has installed it
  EXPECT_THAT(build(first_).err, HasSubstr("installing 1 requirements"));
  EXPECT_THAT(build(second_).err, HasSubstr("took from the cache: 1 requirements"));
  EXPECT_EQ(digest(second_), digest(first_));
}

TEST_F(NginxCache, IsOnlyReadWherePullRequestsAreBuilt) {
  build(first_, {"--remote-cache-read-only"});
  EXPECT_TRUE(requests("PUT").empty());
  EXPECT_FALSE(requests("GET").empty());
}

TEST_F(NginxCache, IsNotAskedOffline) {
  build(first_, {"--offline"});
  EXPECT_TRUE(requests("PUT").empty());
  EXPECT_TRUE(requests("GET").empty());
}

TEST_F(NginxCache, WithoutTheHeaderRefusesAndTheBuildGoesOn) {
  ASSERT_TRUE(write_file(at("header"), "Authorization: Bearer hunter2\n"));
  Finished finished = first_.faasc({"build", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 0);
  EXPECT_THAT(finished.err,
              HasSubstr("warning: went on without the remote cache: it answered 401 to GET ac/"));
  EXPECT_THAT(finished.err, Not(HasSubstr("hunter2"))) << "what authenticates is never shown";
  EXPECT_EQ(finished.err.find("FAASC0851"), finished.err.rfind("FAASC0851"));
}

/// A server of the test's that behaves as it is told.
class BadCache : public RemoteCacheSystem,
                 public testing::WithParamInterface<std::pair<const char*, const char*>> {
 protected:
  void SetUp() override {
    RemoteCacheSystem::SetUp();
    if (IsSkipped()) return;
    ASSERT_TRUE(write_file(at("server.py"), R"(
import http.server, sys, time
how = sys.argv[2]
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *_): pass
    def answer(self, status, body=b''):
        self.send_response(status)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        if self.path == '/': return self.answer(200)
        if how == 'error': return self.answer(500, b'sorry')
        if how == 'garbage': return self.answer(200, b'<html>Welcome to the guest network!</html>')
        if how == 'slow': time.sleep(3600)
        if how == 'flood': return self.answer(200, b'x' * (64 << 20))
        if how == 'short':
            self.send_response(200)
            self.send_header('Content-Length', '1000')
            self.end_headers()
            self.wfile.write(b'x' * 10)
            self.close_connection = True
            return
        self.answer(404)
    def do_PUT(self):
        # All of it, or the system may reset the connection before the answer is read.
        self.rfile.read(int(self.headers['Content-Length']))
        self.answer(507 if how == 'full' else 200)
http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()
)"));
    start({"python3", at("server.py").string(), std::to_string(port_), GetParam().first});
  }
};

TEST_P(BadCache, IsDoneWithout) {
  // This one never answers.
  if (std::string(GetParam().first) == "slow") first_.environment["FAASC_REMOTE_CACHE_TIMEOUT"] = "2";
  Finished finished = first_.faasc({"build", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  EXPECT_THAT(finished.err,
              HasSubstr(std::string("warning: went on without the remote cache: ") + GetParam().second));
  EXPECT_EQ(finished.err.find("FAASC0851"), finished.err.rfind("FAASC0851")) << finished.err;
  // What was made is right, and kept here.
  second_.environment.erase("FAASC_REMOTE_CACHE");
  build(second_);
  EXPECT_EQ(digest(second_), digest(first_));
  EXPECT_EQ(first_.faasc({"cache", "verify"}).status.code, 0);
}

INSTANTIATE_TEST_SUITE_P(Servers, BadCache,
                         testing::Values(std::pair("error", "it answered 500 to GET ac/"),
                                         std::pair("garbage", "what it has for ac/"),
                                         std::pair("slow", "Operation too slow"),
                                         std::pair("flood", "it answered with more than"),
                                         std::pair("short", ""),
                                         std::pair("full", "it answered 507 to PUT cas/")),
                         [](const auto& one) { return std::string(one.param.first); });

TEST_F(RemoteCacheSystem, ThatIsNotThereIsDoneWithout) {
  Finished finished = first_.faasc({"build", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  const std::string said =
      std::regex_replace(warnings_of(finished), std::regex("after [0-9]+ ms|port [0-9]+"), "...");
  EXPECT_EQ(
      said,
      "faasc: warning: went on without the remote cache: Failed to connect to 127.0.0.1 ... ...: Couldn't "
      "connect "
      "to server [FAASC0851]\n"
      "  hint: the build is right, and what it made is kept here; correct FAASC_REMOTE_CACHE, or leave it "
      "out\n");
}

TEST_F(RemoteCacheSystem, AnAddressThatIsNoneIsRefused) {
  first_.environment["FAASC_REMOTE_CACHE"] = "ftp://ada:hunter2@example.com";
  Finished finished = first_.faasc({"build", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 2);
  EXPECT_THAT(finished.err, HasSubstr("FAASC0852"));
  EXPECT_THAT(finished.err, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace faasc
