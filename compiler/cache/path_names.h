#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace faasc {

/// Stands names in for the directories that differ from checkout to checkout and from host to host, so that
/// what is kept of a step holds elsewhere, too: "{faasc:project}/shop.cc" for "/home/ada/shop/shop.cc".
class PathNames {
 public:
  /// `directory` is absolute. One that lies in another has its own name, in whatever order they are added.
  void add(std::string_view name, const std::filesystem::path& directory);

  std::string name_of(const std::filesystem::path& path) const;
  std::filesystem::path path_of(std::string_view name) const;

  /// The same wherever a directory stands in a text: an argument ("-I/home/ada/shop"), a message. Only where
  /// a path begins, so that "/b/a" is not taken for the "/a" in it.
  std::string with_names(std::string_view text) const;
  std::string with_paths(std::string_view text) const;

  /// The same in every string of a JSON document; nothing where it is none.
  std::string json_with_names(std::string_view json) const;
  std::string json_with_paths(std::string_view json) const;

 private:
  std::vector<std::pair<std::string, std::string>> directories_;  // "{name}", directory; the longest first
};

}  // namespace faasc
