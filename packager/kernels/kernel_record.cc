#include "packager/kernels/kernel_record.h"

#include <algorithm>
#include <system_error>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/sha256.h"
#include "packager/kernels/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kSchema = "faasc.kernel/1";
constexpr std::uint64_t kMaxRecordBytes = 4 << 20;

Error bad_record(const fs::path& path, const std::string& why) {
  return Error{Fault::Input,
               kBadKernelRecord,
               "'" + path.string() + "' is not a kernel record: " + why,
               {},
               "remove the directory '" + path.parent_path().string() + "' and add the kernel again"};
}

bool is_sha256(const std::string& text) {
  return text.size() == 64 && text.find_first_not_of("0123456789abcdef") == std::string::npos;
}

/// A path that stays in the directory of the record.
bool is_inner_path(const std::string& text) {
  fs::path path(text);
  return !text.empty() && path.is_relative() && path == path.lexically_normal() && *path.begin() != ".." &&
         *path.begin() != "." && text.find('\0') == std::string::npos;
}

Result<void> describe(const fs::path& path, const std::string& name, KernelFiles& files) {
  FAASC_TRY(Sha256Digest digest, sha256_of_file(path));
  std::error_code error;
  std::uintmax_t size = fs::file_size(path, error);
  if (error) return io_error("stat", path, error.value());
  files[name] = {size, to_hex(digest)};
  return {};
}

}  // namespace

std::string to_json(const KernelRecord& record) {
  Json files = Json::object();
  for (const auto& [name, file] : record.files)
    files[name] = {{"size", file.size_bytes}, {"sha256", file.sha256}};
  Json json = {{"schema", kSchema},
               {"family", name_of(record.family)},
               {"version", record.version},
               {"architecture", record.architecture},
               {"origin", record.origin}};
  if (record.debug) json["debug"] = true;
  json["files"] = std::move(files);
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<KernelRecord> read_kernel_record(const fs::path& path) {
  FAASC_TRY(std::string text, read_file(path, kMaxRecordBytes));
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return bad_record(path, "it is not a JSON object");
  auto string_at = [&](const char* key) {
    auto member = json.find(key);
    return member != json.end() && member->is_string() ? member->get<std::string>() : std::string();
  };
  if (string_at("schema") != kSchema)
    return bad_record(path, "its schema is '" + string_at("schema") + "' where '" + kSchema + "' is read");

  KernelRecord record;
  std::string family = string_at("family");
  if (family == name_of(KernelFamily::Linux)) {
    record.family = KernelFamily::Linux;
  } else if (family != name_of(KernelFamily::Nanos)) {
    return bad_record(path, "its family is '" + family + "' where 'nanos' and 'linux' are known");
  }
  record.version = string_at("version");
  record.architecture = string_at("architecture");
  // Records that were written before there was another one may lack it.
  if (record.architecture.empty()) record.architecture = kX86_64;
  if (record.architecture != kX86_64 && record.architecture != kAarch64)
    return bad_record(
        path, "its architecture is '" + record.architecture + "' where 'x86_64' and 'aarch64' are known");
  record.origin = string_at("origin");
  record.debug = json.value("debug", Json(false)) == Json(true);
  auto files = json.find("files");
  if (files == json.end() || !files->is_object()) return bad_record(path, "it lists no files");
  for (const auto& [name, value] : files->items()) {
    if (!is_inner_path(name))
      return bad_record(path, "the file '" + name + "' lies outside of its directory");
    auto size = value.find("size");
    auto digest = value.find("sha256");
    if (!value.is_object() || size == value.end() || !size->is_number_unsigned() || digest == value.end() ||
        !digest->is_string() || !is_sha256(digest->get<std::string>()))
      return bad_record(path, "the file '" + name + "' lacks its size or its SHA-256");
    record.files[name] = {size->get<std::uint64_t>(), digest->get<std::string>()};
  }
  return record;
}

Result<KernelFiles> describe_files(const fs::path& directory) {
  KernelFiles files;
  std::error_code error;
  fs::recursive_directory_iterator it(directory, error), end;
  while (!error && it != end) {
    std::error_code ignored;
    if (it->path().filename().string().starts_with(".")) {
      if (it->is_directory(ignored)) it.disable_recursion_pending();
    } else if (it->is_regular_file(ignored)) {
      std::string name = it->path().lexically_relative(directory).string();
      if (name != kKernelRecordName) FAASC_CHECK(describe(it->path(), name, files));
    }
    it.increment(error);
  }
  if (error) return io_error("read directory", directory, error.value());
  return files;
}

Result<KernelFiles> describe_files(const Kernel& kernel) {
  KernelFiles files;
  for (const fs::path* path :
       {&kernel.image, &kernel.bzimage, &kernel.boot_blob, &kernel.uefi_loader, &kernel.initramfs})
    if (!path->empty())
      FAASC_CHECK(describe(*path, path->lexically_relative(kernel.directory).string(), files));
  if (kernel.klibs.empty()) return files;
  std::error_code error;
  fs::directory_iterator it(kernel.klibs, error), end;
  while (!error && it != end) {
    std::string name = it->path().filename().string();
    std::error_code ignored;
    if (!name.starts_with(".") && it->is_regular_file(ignored))
      FAASC_CHECK(describe(it->path(), (it->path().lexically_relative(kernel.directory)).string(), files));
    it.increment(error);
  }
  if (error) return io_error("read directory", kernel.klibs, error.value());
  return files;
}

}  // namespace faasc
