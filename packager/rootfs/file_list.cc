#include "packager/rootfs/file_list.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "packager/rootfs/codes.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSchema = "faasc.files/1";
constexpr std::uint64_t kMaxListBytes = std::uint64_t{1} << 28;
constexpr std::array<std::string_view, 4> kKinds = {"directory", "file", "symlink", "hardlink"};

struct Lister {
  ListedFile& file;

  Result<void> operator()(const Directory&) const {
    file.kind = ListedFile::Kind::Directory;
    return {};
  }
  Result<void> operator()(const HostFile& content) const {
    struct stat status{};
    if (::stat(content.path.c_str(), &status) != 0) return io_error("read", content.path, errno);
    file.size_bytes = static_cast<std::uint64_t>(status.st_size);
    return {};
  }
  Result<void> operator()(const InlineBytes& content) const {
    file.size_bytes = content.bytes.size();
    return {};
  }
  Result<void> operator()(const StoredFile& content) const {
    file.size_bytes = content.entry->size_bytes;
    return {};
  }
  Result<void> operator()(const Symlink& content) const {
    file.kind = ListedFile::Kind::Symlink;
    file.target = content.target;
    return {};
  }
  Result<void> operator()(const HardLink& content) const {
    file.kind = ListedFile::Kind::HardLink;
    file.target = content.target;
    return {};
  }
};

Error no_list(const fs::path& path, std::string_view what) {
  return {Fault::Input,
          kBadFileList,
          "'" + path.string() + "' is not a list of files: " + std::string(what),
          {},
          "build the image again"};
}

}  // namespace

Result<std::vector<ListedFile>> list_files(const Rootfs& tree) {
  std::vector<ListedFile> files;
  for (const auto& [path, node] : tree.nodes()) {
    ListedFile file{.path = path, .target = {}, .why = node.why};
    FAASC_CHECK(std::visit(Lister{file}, node.content));
    if (file.kind != ListedFile::Kind::Directory || !file.why.empty()) files.push_back(std::move(file));
  }
  return files;
}

std::string to_json(const std::vector<ListedFile>& files) {
  std::string out = "{\"schema\": \"" + std::string(kSchema) + "\", \"files\": [";
  std::string_view separator = "\n";
  for (const ListedFile& file : files) {
    nlohmann::ordered_json json{{"path", file.path}, {"kind", kKinds[static_cast<std::size_t>(file.kind)]}};
    if (file.kind == ListedFile::Kind::File) json["size"] = file.size_bytes;
    if (!file.target.empty()) json["target"] = file.target;
    if (!file.why.empty()) json["why"] = file.why;
    out.append(separator).append("  ").append(
        json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    separator = ",\n";
  }
  return out + "\n]}\n";
}

fs::path file_list_path(const fs::path& image) {
  fs::path path = image;
  if (path.extension() == ".zst") path.replace_extension();  // "shop.img.zst"
  return path.replace_extension(".files.json");
}

Result<std::vector<ListedFile>> read_file_list(const fs::path& path) {
  FAASC_TRY(std::string text, read_file(path, kMaxListBytes));
  nlohmann::json json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object()) return no_list(path, "it is no JSON object");
  if (!json.contains("schema") || json["schema"] != kSchema)
    return no_list(path, "its schema is not " + std::string(kSchema));
  std::vector<ListedFile> files;
  try {
    for (const auto& entry : json.at("files")) {
      auto kind = std::find(kKinds.begin(), kKinds.end(), entry.at("kind").get<std::string>());
      if (kind == kKinds.end()) return no_list(path, "a file is of no known kind");
      files.push_back({.kind = static_cast<ListedFile::Kind>(kind - kKinds.begin()),
                       .path = entry.at("path").get<std::string>(),
                       .size_bytes = entry.value("size", std::uint64_t{0}),
                       .target = entry.value("target", ""),
                       .why = entry.value("why", "")});
    }
  } catch (const nlohmann::json::exception& error) {
    return no_list(path, error.what());
  }
  return files;
}

}  // namespace faasc
