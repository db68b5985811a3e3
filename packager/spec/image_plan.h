#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace faasc {

/// A container image that carries a machine: what faasc tells faasc-archive, which writes it.
struct ImagePlan {
  struct File {
    std::string path;            ///< absolute, in the image
    std::filesystem::path host;  ///< copied from there; empty: it holds `text`
    std::string text;
    bool operator==(const File&) const = default;
  };
  std::string reference;                           ///< what the image is called
  std::string architecture;                        ///< Go's name: "amd64"
  std::uint16_t port = 0;                          ///< that it serves; 0: none
  std::map<std::string, std::string> annotations;  ///< of its manifest
  std::vector<File> files;
  bool operator==(const ImagePlan&) const = default;
};

/// Pretty-printed JSON, the same bytes for the same plan.
std::string to_json(const ImagePlan& plan);
/// Reads what to_json wrote; nothing where it is something else.
std::optional<ImagePlan> parse_image_plan(std::string_view json);

}  // namespace faasc
