#include "tests/system/faasc_run.h"

#include <chrono>
#include <fstream>
#include <iterator>
#include <thread>

#include <gtest/gtest.h>

#include "packager/kernels/kernel_store.h"

namespace faasc {

ProjectRun::ProjectRun()
    : temporary_(std::move(TemporaryDirectory::create(testing::TempDir(), "system")).value()) {
  std::filesystem::create_directory(directory());
  // CI systems and terminals change how faasc speaks.
  environment["GITHUB_ACTIONS"] = "";
  environment["NO_COLOR"] = "1";
  // What an earlier run of the tests has built is not to be taken.
  environment["FAASC_NO_CACHE"] = "1";
}

void ProjectRun::write(std::string_view file, std::string_view text) {
  auto written = write_file(at(file), text);
  ASSERT_TRUE(written) << written.error().what;
}

void ProjectRun::write_hello() {
  write("faas.yaml",
        "apiVersion: faasc/v1\n"
        "name: hello\n"
        "runtime: cpp:17\n"
        "handler: shop::hello\n"
        "env: {GREETING: Hello}\n"
        "tests:\n"
        "  - name: greets\n"
        "    request: {body: Ada}\n"
        "    expect: {status: 200, body: \"Hello, Ada!\\n\"}\n");
  write("hello.cc",
        "#include <google/cloud/functions/function.h>\n"
        "#include <cstdlib>\n"
        "#include <stdexcept>\n"
        "namespace gcf = ::google::cloud::functions;\n"
        "namespace shop {\n"
        "gcf::Function hello() {\n"
        "  return gcf::MakeFunction([](gcf::HttpRequest const& request) {\n"
        "    std::string target = request.target();\n"
        "    if (target.rfind(\"/exit?\", 0) == 0) std::_Exit(std::atoi(target.c_str() + 6));\n"
        "    if (target == \"/segv\") *static_cast<volatile int*>(nullptr) = 1;\n"
        "    if (target == \"/throw\") throw std::runtime_error(\"out of stock\");\n"
        "    return gcf::HttpResponse{}.set_payload(std::string(std::getenv(\"GREETING\")) + \", \" + "
        "request.payload() + \"!\\n\");\n"
        "  });\n"
        "}\n"
        "}  // namespace shop\n");
}

Command ProjectRun::command(std::vector<std::string> arguments) const {
  Command command;
  command.argv = {FAASC_PREFIX "/bin/faasc"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.working_directory = directory();
  command.environment = environment;
  return command;
}

Finished ProjectRun::faasc(std::vector<std::string> arguments) const {
  auto finished = run(command(std::move(arguments)), {.timeout = std::chrono::seconds(120)});
  EXPECT_TRUE(finished) << finished.error().what;
  return finished ? *finished : Finished{};
}

Finished ProjectRun::invoke(KernelFamily family, std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), {"invoke", "--kernel", std::string(name_of(family))});
  return faasc(std::move(arguments));
}

Finished ProjectRun::shell(const std::string& script) const {
  Command command = this->command({});
  command.argv = {"sh", "-c", script};
  command.environment["FAASC"] = FAASC_PREFIX "/bin/faasc";
  auto finished = run(command, {.timeout = std::chrono::seconds(120)});
  EXPECT_TRUE(finished) << finished.error().what;
  return finished ? *finished : Finished{};
}

bool has_kernel(KernelFamily family) {
  auto store = KernelStore::open();
  return store && store->find(family);
}

bool has_qemu() {
  return find_program("qemu-system-x86_64").has_value();
}

bool ends_soon(int pid) {
  for (auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
       std::chrono::steady_clock::now() < deadline;) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text((std::istreambuf_iterator<char>(stat)), {});
    if (text.empty() || text.find(") Z ") != std::string::npos) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace faasc
