#include "compiler/cpp/cmake_offline.h"

namespace faasc::cpp {
namespace {

// No address, and so an error that CMake's ExternalProject does not repeat for minutes, as it does where
// nobody answers. curl quotes it.
constexpr const char* kNoProxy = "forbidden by --offline";

std::string between(std::string_view text, std::string_view before, std::string_view after) {
  std::size_t start = text.find(before);
  if (start == std::string_view::npos) return {};
  start += before.size();
  std::size_t end = text.find(after, start);
  return end == std::string_view::npos ? std::string() : std::string(text.substr(start, end - start));
}

}  // namespace

std::map<std::string, std::string> without_network() {
  return {{"http_proxy", kNoProxy}, {"https_proxy", kNoProxy}, {"HTTPS_PROXY", kNoProxy},
          {"ftp_proxy", kNoProxy},  {"all_proxy", kNoProxy},   {"ALL_PROXY", kNoProxy},
          {"no_proxy", ""},         {"NO_PROXY", ""},          {"GIT_ALLOW_PROTOCOL", "file"}};
}

std::string forbidden_download(std::string_view said) {
  bool tried = said.find(kNoProxy) != std::string_view::npos ||
               said.find("Couldn't resolve proxy name") != std::string_view::npos ||
               (said.find("fatal: transport '") != std::string_view::npos &&
                said.find("' not allowed") != std::string_view::npos);
  if (!tried) return {};
  // CMake's modules, in the words of ExternalProject's scripts.
  for (const char* before : {"error: downloading '", "Failed to clone repository: '"})
    if (std::string address = between(said, before, "'"); !address.empty()) return "'" + address + "'";
  return "something";
}

}  // namespace faasc::cpp
