#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <gtest/gtest.h>

#include "base/file.h"
#include "compiler/cpp/build.h"

// From sources to a running executable: faasc-cxx, the linker and the runtime library are the real ones.

namespace faasc {

inline constexpr const char* kHello = R"(#include <google/cloud/functions/function.h>
#include <stdexcept>
#include "greeting.h"
namespace gcf = ::google::cloud::functions;
namespace shop {
gcf::Function hello() {
  return gcf::MakeFunction([](gcf::HttpRequest const& request) {
    if (request.target() == "/throw") throw std::runtime_error("thrown at " __FILE__);
    return gcf::HttpResponse{}.set_payload(greeting(request.target()));
  });
}
}  // namespace shop
)";
inline constexpr const char* kGreeting = R"(#include "greeting.h"
std::string greeting(std::string const& name) { return "Hello " + name; }
)";
inline constexpr const char* kGreetingHeader = R"(#pragma once
#include <string>
std::string greeting(std::string const& name);
)";

/// A project "a project" in a directory that messages call D.
class Build : public testing::Test {
 protected:
  void SetUp() override {
    auto made = TemporaryDirectory::create(testing::TempDir(), "faasc cpp build");
    ASSERT_TRUE(made);
    directory_.emplace(std::move(*made));
    request_ = request_in("a project");
  }

  std::filesystem::path at(const std::filesystem::path& relative) const {
    return directory_->path() / relative;
  }
  void write(const std::filesystem::path& relative, std::string_view text) {
    ASSERT_TRUE(write_file(at("a project") / relative, text));
    settle();
  }
  void write_hello(const char* project = "a project") {
    for (auto [name, text] : {std::pair{"src/hello.cc", kHello},
                              {"src/greeting.cc", kGreeting},
                              {"src/greeting.h", kGreetingHeader}})
      ASSERT_TRUE(write_file(at(project) / name, text));
    settle();
  }
  // A file that changes in the tick of the clock in which the compiler starts is not trusted afterwards.
  static void settle() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }
  CppRequest request_in(const char* project) const {
    std::filesystem::path prefix = FAASC_PREFIX;
    CppRequest request;
    request.project_dir = at(project);
    request.work_dir = at(project) / ".faasc";
    request.sources = {"src/greeting.cc", "src/hello.cc"};
    request.jobs = 2;
    request.installation = {prefix / "libexec/faasc/faasc-cxx", prefix / "share/faasc/cpp/include",
                            prefix / "lib/faasc/cpp/libfaasrt.a"};
    return request;
  }

  Result<CppBuild> build(const CppRequest& request) {
    Diagnostics diagnostics;
    said_.clear();
    auto built = build_cpp(request, diagnostics);
    for (const Diagnostic& diagnostic : diagnostics.all()) said_ += to_text(diagnostic, Color::Off);
    if (!built) said_ += to_text(built.error(), Color::Off);
    for (std::size_t place; (place = said_.find(directory_->path().string())) != std::string::npos;)
      said_.replace(place, directory_->path().string().size(), "D");
    return built;
  }
  // What was done, and what was said.
  std::string build_again() {
    auto built = build(request_);
    if (!built) return said_;
    return "compiled " + std::to_string(built->compiled) + (built->linked ? ", linked" : "") + said_;
  }

  CppRequest request_;
  std::string said_;
  std::optional<TemporaryDirectory> directory_;
};

}  // namespace faasc
