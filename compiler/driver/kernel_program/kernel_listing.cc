#include "compiler/driver/kernel_program/kernel_listing.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <system_error>

#include <nlohmann/json.hpp>

#include "packager/kernels/kernel_store.h"
#include "packager/kernels/kernel_version.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

/// The files of the kernel and their sizes, whether or not their digests are known.
std::map<std::string, std::uint64_t> files_of(const Kernel& kernel) {
  std::map<std::string, std::uint64_t> files;
  std::error_code error;
  auto take = [&](const fs::path& path) {
    std::uintmax_t size = fs::file_size(path, error);
    if (!error) files[path.lexically_relative(kernel.directory).string()] = size;
  };
  for (const fs::path* path :
       {&kernel.image, &kernel.bzimage, &kernel.boot_blob, &kernel.uefi_loader, &kernel.initramfs})
    if (!path->empty()) take(*path);
  for (const auto& [name, digest] : kernel.sha256) take(kernel.directory / name);
  if (!kernel.klibs.empty())
    for (fs::directory_iterator it(kernel.klibs, error), end; !error && it != end; it.increment(error))
      if (it->is_regular_file(error)) take(it->path());
  return files;
}

bool is_usable(const Kernel& kernel) {
  return check_supported(kernel.family, kernel.version).has_value();
}

/// The ways to boot that the kernel's files allow.
std::vector<std::string> boots(const Kernel& kernel) {
  std::vector<std::string> ways;
  if (!kernel.image.empty()) ways.emplace_back("direct");
  if (!kernel.boot_blob.empty() || !kernel.bzimage.empty()) ways.emplace_back("bios");
  // Linux' own image is started by a loader of ours.
  if (!kernel.uefi_loader.empty() || !kernel.bzimage.empty()) ways.emplace_back("uefi");
  return ways;
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

Json to_json_value(const Kernel& kernel) {
  Json files = Json::object();
  for (const auto& [name, size] : files_of(kernel)) {
    files[name] = {{"size", size}};
    if (auto digest = kernel.sha256.find(name); digest != kernel.sha256.end())
      files[name]["sha256"] = digest->second;
  }
  return {{"name", full_name(kernel)},   {"family", name_of(kernel.family)},
          {"version", kernel.version},   {"architecture", kernel.architecture},
          {"origin", kernel.origin},     {"directory", kernel.directory.string()},
          {"usable", is_usable(kernel)}, {"debug", kernel.debug},
          {"boots", boots(kernel)},      {"files", std::move(files)}};
}

std::string dump(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string readable_size(std::uint64_t bytes) {
  if (bytes < 1024) return std::to_string(bytes) + " B";
  double value = static_cast<double>(bytes) / 1024;
  const char* unit = "KiB";
  for (const char* larger : {"MiB", "GiB"}) {
    if (value < 1024) break;
    value /= 1024;
    unit = larger;
  }
  char text[32];
  std::snprintf(text, sizeof text, "%.1f %s", value, unit);
  return text;
}

std::string kernels_as_text(const std::vector<Kernel>& kernels, const DefaultKernels& defaults) {
  std::size_t widest = 0;
  for (const Kernel& kernel : kernels) widest = std::max(widest, full_name(kernel).size());
  std::string out;
  for (const Kernel& kernel : kernels) {
    std::uint64_t bytes = 0;
    for (const auto& [name, size] : files_of(kernel)) bytes += size;
    std::string name = full_name(kernel);
    auto first = defaults.find(kernel.architecture);
    out += first != defaults.end() && first->second == name ? "* " : "  ";
    out += padded(name, widest) + "  " + padded(readable_size(bytes), 10) + "  " + kernel.origin;
    if (!is_usable(kernel)) out += "  (too old)";
    if (kernel.debug) out += "  (debug build)";
    out += "\n";
  }
  return out;
}

std::string kernels_as_json(const std::vector<Kernel>& kernels, const DefaultKernels& defaults,
                            const std::string& store) {
  Json list = Json::array();
  for (const Kernel& kernel : kernels) list.push_back(to_json_value(kernel));
  Json json = {{"schema", "faasc.kernels/1"},
               {"store", store},
               {"default", nullptr},
               {"defaults", Json::object()},
               {"kernels", std::move(list)}};
  for (const auto& [architecture, name] : defaults) json["defaults"][architecture] = name;
  if (auto first = defaults.find(kX86_64); first != defaults.end()) json["default"] = first->second;
  return dump(json);
}

std::string kernel_as_text(const Kernel& kernel, const std::string& commit) {
  std::string ways;
  for (const std::string& way : boots(kernel)) ways += (ways.empty() ? "" : ", ") + way;
  std::string out = "name:          " + full_name(kernel) + "\n" +    //
                    "architecture:  " + kernel.architecture + "\n" +  //
                    "origin:        " + kernel.origin + "\n" +        //
                    "directory:     " + kernel.directory.string() + "\n" + "boots:         " + ways + "\n";
  if (!commit.empty()) out += "commit:        " + commit + "\n";
  if (kernel.debug) out += "debug build:   used only where its version is named\n";
  std::map<std::string, std::uint64_t> files = files_of(kernel);
  std::size_t widest = 0;
  for (const auto& [name, size] : files) widest = std::max(widest, name.size());
  for (const auto& [name, size] : files) {
    auto digest = kernel.sha256.find(name);
    out += (digest == kernel.sha256.end() ? std::string(64, '-') : digest->second) + "  " +
           padded(name, widest) + "  " + std::to_string(size) + "\n";
  }
  return out;
}

std::string kernel_as_json(const Kernel& kernel) {
  return dump(to_json_value(kernel));
}

}  // namespace faasc
