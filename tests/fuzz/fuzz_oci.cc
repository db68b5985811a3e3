#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include <unistd.h>

#include "base/sha256.h"
#include "packager/archive/import.h"

// Whatever the parts of a container image say, importing it ends in a tree or in an error that has a code.
//
// The input is a list of parts, each after a line "=== NAME". A part may refer to one before it as "@NAME",
// which becomes its SHA-256, and "#NAME", its size, so that what the fuzzer changes gets past the digests.
// Parts are stored under their names and, as blobs, under their digests.

using namespace faasc;
namespace fs = std::filesystem;

namespace {

const fs::path& spool_directory() {
  static const fs::path directory = [] {
    fs::path path = fs::path("/dev/shm") / ("faasc-fuzz-oci-" + std::to_string(::getpid()));
    fs::create_directories(path);
    return path;
  }();
  return directory;
}

class Parts : public ContainerFiles {
 public:
  explicit Parts(std::string_view text) : ContainerFiles("image") {
    constexpr std::string_view kMark = "=== ";
    while (text.starts_with(kMark) && parts_.size() < 16) {
      std::size_t line = text.find('\n');
      if (line == std::string_view::npos) break;
      std::string name(text.substr(kMark.size(), line - kMark.size()));
      text.remove_prefix(line + 1);
      std::size_t end = text.find("\n=== ");
      std::string bytes = resolved(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
      std::string digest = to_hex(sha256(bytes));
      files_["blobs/sha256/" + digest] = bytes;
      parts_[name] = {digest, bytes.size()};
      files_[name] = std::move(bytes);
    }
  }

  bool has(std::string_view path) const override { return files_.contains(std::string(path)); }
  Result<std::unique_ptr<ByteStream>> open(std::string_view path) const override {
    auto found = files_.find(std::string(path));
    if (found == files_.end()) return Error{Fault::Input, "FAASC0535", "no such file", {}, {}};
    return stream_of_bytes(found->second);
  }

 private:
  std::string resolved(std::string_view text) const {
    std::string out(text);
    for (const auto& [name, part] : parts_) {
      if (name.empty()) continue;
      for (const auto& [reference, value] :
           {std::pair("@" + name, part.first), std::pair("#" + name, std::to_string(part.second))})
        for (std::size_t at = 0; (at = out.find(reference, at)) != std::string::npos; at += value.size()) {
          if (out.size() > 1 << 18) return out;
          out.replace(at, reference.size(), value);
        }
    }
    return out;
  }

  std::map<std::string, std::pair<std::string, std::size_t>> parts_;
  std::map<std::string, std::string> files_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Parts parts({reinterpret_cast<const char*>(data), size});
  ImportOptions options;
  options.limits = {.total_bytes = 1 << 20, .entries = 1000, .ratio = 200, .ratio_free_bytes = 64 << 10};
  if (!is_container_image(parts)) return 0;
  auto imported = import_container(parts, spool_directory(), options);
  if (!imported) {
    if (imported.error().code.empty() || imported.error().what.empty()) std::abort();
    return 0;
  }
  for (const auto& [path, node] : imported->rootfs.nodes()) {
    if (path.find("/../") != std::string::npos) std::abort();
    if (const auto* link = std::get_if<HardLink>(&node.content)) {
      const RootfsNode* file = imported->rootfs.find(link->target);
      if (!file || !is_file(*file)) std::abort();
    }
  }
  (void)to_json(imported->config);
  return 0;
}
