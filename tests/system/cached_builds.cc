#include "tests/system/cached_builds.h"

#include <chrono>
#include <thread>

#include "base/sha256.h"

namespace faasc {

void CachedBuilds::SetUp() {
  if (!has_kernel(KernelFamily::Nanos)) GTEST_SKIP() << "no Nanos kernel in the store";
  for (ProjectRun* project : {&first_, &second_}) {
    project->write_hello();
    use(*project, at("cache"));
  }
  // What changes in the tick of the clock in which a build begins is not kept.
  std::this_thread::sleep_for(std::chrono::milliseconds(20));
}

void CachedBuilds::use(ProjectRun& project, const std::filesystem::path& cache) {
  project.environment["FAASC_CACHE_DIR"] = cache.string();
  project.environment["FAASC_NO_CACHE"] = "";
  project.environment["FAASC_CACHE_KEEP"] = "all";  // not what took long on the host that runs the tests
}

Finished CachedBuilds::build(const ProjectRun& project, std::vector<std::string> more) {
  more.insert(more.begin(), {"build", "-v", "--kernel", "nanos"});
  Finished finished = project.faasc(std::move(more));
  EXPECT_EQ(finished.status.code, 0) << finished.err;
  return finished;
}

std::string CachedBuilds::digest(const ProjectRun& project) {
  auto digest = sha256_of_file(project.at("build/hello.img"));
  EXPECT_TRUE(digest) << "there is no image";
  return digest ? to_hex(*digest) : std::string();
}

std::string warnings_of(const Finished& finished) {
  const std::size_t at = finished.err.find("faasc: warning:");
  return at == std::string::npos ? std::string() : finished.err.substr(at);
}

bool answers(Child& server, const std::function<bool()>& ready) {
  for (auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
       std::chrono::steady_clock::now() < end && !server.try_wait();) {
    if (ready()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(25));
  }
  return false;
}

}  // namespace faasc
