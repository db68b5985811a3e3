// Python functions from `faasc init` to the answer of a booted machine.

#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
using testing::HasSubstr;

class PythonSystem : public testing::TestWithParam<KernelFamily> {
 protected:
  void SetUp() override { FAASC_NEEDS(GetParam()); }
  Finished test(std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments{"test", "--kernel", std::string(name_of(GetParam()))};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return project_.faasc(arguments);
  }
  void init(const char* name) const {
    Finished finished = project_.faasc({"init", "--template", name});
    ASSERT_EQ(finished.status.code, 0) << finished.err;
  }
  ProjectRun project_;
};

TEST_P(PythonSystem, LambdaHandlersAnswer) {
  init("python-lambda");
  Finished finished = test();
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
  EXPECT_THAT(finished.out, HasSubstr("greets by name"));
}

TEST_P(PythonSystem, HttpFunctionsAnswer) {
  init("python-http");
  Finished finished = test();
  if (finished.err.find("cannot reach the index") != std::string::npos)
    GTEST_SKIP() << "the package index is out of reach";
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
}

// One machine for all that a guest should find: where it is, what it has, and that errors come back.
TEST_P(PythonSystem, AFunctionFindsItsSurroundings) {
  project_.write(
      "faas.yaml",
      "apiVersion: faasc/v1\nname: world\nruntime: python\nhandler: main.hello\nsignature: cloudevent\n"
      "env: {FLAVOUR: mint}\ntests:\n"
      "  - name: surroundings\n    request: {cloudevent: {data: {}}}\n"
      "    expect: {status: 200, log_regex: 'PREFIX /usr /usr /usr/bin/python3[.][0-9]+ /var/task mint "
      "tée'}\n"
      "  - name: modules\n    request: {cloudevent: {type: modules, data: {}}}\n"
      "    expect: {status: 200, log_regex: 'MODULES 3.0 .*add it to build.python.include'}\n"
      "  - name: codecs\n    request: {cloudevent: {type: codec, data: {}}}\n"
      "    expect: {status: 200, log_regex: 'CODEC unknown encoding: euc.kr: .*add encodings.euc_kr to'}\n"
      "  - name: errors\n    request: {cloudevent: {type: raise, data: {}}}\n"
      "    expect: {status: 500, log_regex: 'File \"/var/task/main.py\", line [12][0-9], in hello'}\n");
  project_.write("main.py",
                 "import os.path, sys, decimal, threading, zlib, socket\n"
                 "from .menü import TÉE\n"
                 "def hello(event):\n"
                 "    if event['type'] == 'modules':\n"
                 "        name = 'wa' + 've'\n"
                 "        try:\n"
                 "            __import__(name)\n"
                 "        except ModuleNotFoundError as error:\n"
                 "            print('MODULES', decimal.Decimal('1.5') * 2, error)\n"
                 "        return\n"
                 "    if event['type'] == 'codec':\n"
                 "        look_up = __import__('codecs').lookup\n"
                 "        try:\n"
                 "            look_up('euc-kr')\n"
                 "        except LookupError as error:\n"
                 "            print('CODEC', error)\n"
                 "        return\n"
                 "    if event['type'] == 'raise':\n"
                 "        raise ValueError('no tea')\n"
                 "    print('PREFIX', sys.prefix, sys.exec_prefix, sys.executable, os.getcwd(), "
                 "os.environ['FLAVOUR'], TÉE)\n");
  project_.write("menü.py", "TÉE = 'tée'\n");
  Finished finished = test();
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
}

// A server of this host, whose certificate nobody but the image trusts.
TEST_P(PythonSystem, RequestsOverTlsTrustTheCertificatesOfTheImage) {
  if (!find_program("openssl")) GTEST_SKIP() << "openssl is not installed";
  project_.write("serve.py",
                 "import http.server, ssl\n"
                 "class Shop(http.server.BaseHTTPRequestHandler):\n"
                 "    def do_GET(self):\n"
                 "        self.send_response(200)\n"
                 "        self.end_headers()\n"
                 "        self.wfile.write(b'tea over TLS')\n"
                 "server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Shop)\n"
                 "context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)\n"
                 "context.load_cert_chain('ca.pem', 'key.pem')\n"
                 "server.socket = context.wrap_socket(server.socket, server_side=True)\n"
                 "print(server.server_port, flush=True)\n"
                 "server.serve_forever()\n");
  project_.write(
      "main.py",
      "import ssl, urllib.error, urllib.request\n"
      "def lambda_handler(port, context):\n"
      "    url = 'https://10.0.2.2:%d/' % abs(port)\n"
      "    trusting = ssl.create_default_context() if port > 0 else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)\n"
      "    try:\n"
      "        return urllib.request.urlopen(url, context=trusting).read().decode()\n"
      "    except urllib.error.URLError as error:\n"
      "        return str(error.reason)\n");
  project_.write(
      "manifest",
      "apiVersion: faasc/v1\nname: tls\nruntime: python\nhandler: main.lambda_handler\n"
      "exclude: [key.pem, serve.py, manifest]\nca_certificates: ca.pem\ntests:\n"
      "  - {name: trusted, request: {body: '@PORT@'}, expect: {status: 200, body_json: tea over TLS}}\n"
      "  - {name: a stranger, request: {body: '-@PORT@'}, expect: {body_regex: certificate verify "
      "failed}}\n");
  Finished finished = project_.shell(
      "openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out ca.pem -days 2 -subj /CN=shop "
      "-addext subjectAltName=IP:10.0.2.2 2>openssl.log || exit 99\n"
      "python3 serve.py >port 2>serve.log & server=$!\n"
      "while ! [ -s port ] && kill -0 $server; do sleep 0.05; done\n"
      "sed \"s/@PORT@/$(cat port)/\" manifest >faas.yaml\n"
      "\"$FAASC\" test --kernel " +
      std::string(name_of(GetParam())) + "; status=$?\nkill $server; exit $status\n");
  EXPECT_EQ(finished.status.code, 0) << finished.out << finished.err;
}

TEST_P(PythonSystem, AModuleThatRaisesIsAGuestThatFails) {
  init("python-cloudevent");
  project_.write("main.py", "def hello(event): pass\nraise ValueError('no tea')\n");
  project_.write("faas.yaml",
                 "apiVersion: faasc/v1\nruntime: python\nhandler: main.hello\nsignature: cloudevent\n");
  Finished finished = test();
  EXPECT_EQ(finished.status.code, 5) << finished.out << finished.err;
  EXPECT_THAT(finished.out + finished.err, HasSubstr("File \"/var/task/main.py\", line 2"));
  EXPECT_THAT(finished.out + finished.err, HasSubstr("ValueError: no tea"));
}

// The chains of reasons of a real function, with the interpreter's version replaced.
TEST_P(PythonSystem, InspectSaysWhyAModuleIsThere) {
  project_.write("faas.yaml", "apiVersion: faasc/v1\nname: why\nruntime: python\n");
  project_.write("main.py",
                 "import hashlib, helper\n"
                 "def lambda_handler(event, context):\n"
                 "    return hashlib.scrypt(b'tea', salt=b's', n=2, r=8, p=1).hex()\n");
  project_.write("helper.py", "def talk():\n    import wave\n");
  auto why = [&](const std::string& name) {
    Finished finished =
        project_.faasc({"inspect", "-q", "--kernel", std::string(name_of(GetParam())), "--why", name});
    std::string text = std::regex_replace(finished.out, std::regex("python3[.][0-9]+"), "python3.X");
    return std::regex_replace(text, std::regex("[.]cpython-[-a-z0-9_]+[.]so"), ".so") + finished.err;
  };
  const std::string lib = "/usr/lib/python3.X/",
                    main = "/var/task/main.py: the function: it belongs to the function\n";
  EXPECT_EQ(why("wave"), lib +
                             "wave.pyc: standard library: imported by helper\n"
                             "  /var/task/helper.py: the function: it belongs to the function\n");
  EXPECT_EQ(why("main"), main);
  EXPECT_EQ(
      why("_hashlib"),
      lib + "lib-dynload/_hashlib.so: standard library: imported by hashlib; wanted by main\n  " + main);
  EXPECT_EQ(why("json"), lib +
                             "json/__init__.pyc: standard library: imported by faasc_boot.lambda_kind\n"
                             "  /usr/lib/faasc/python/faasc_boot/lambda_kind.pyc: faasc's runtime: every "
                             "function needs it\n");
  EXPECT_EQ(why("wav"),
            "faasc: error: there is no 'wav' in the image [FAASC0842]\n  hint: did you mean 'wave'?\n");
  EXPECT_EQ(why("mailbox"),
            "faasc: error: there is no 'mailbox' in the image [FAASC0842]\n"
            "  hint: no import of it was seen; a module that is imported in another way is named in "
            "'build.python.include'\n");
}

INSTANTIATE_TEST_SUITE_P(Both, PythonSystem, testing::Values(KernelFamily::Nanos, KernelFamily::Linux),
                         [](const auto& family) { return std::string(name_of(family.param)); });

}  // namespace
}  // namespace faasc
