#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/result.h"

namespace faasc {

/// FAASC0535 about the part `name` of a container image.
Error container_error(const std::string& name, const std::string& why);

/// A JSON value of a container image, read strictly: what is absent or null is empty, what is of another type
/// is an error.
class ContainerJson {
 public:
  static Result<ContainerJson> parse(std::string_view text, const std::string& name);

  Result<std::string> text(std::string_view member) const;
  Result<std::vector<std::string>> texts(std::string_view member) const;
  Result<std::optional<std::uint64_t>> number(std::string_view member) const;
  Result<ContainerJson> object(std::string_view member) const;
  Result<std::vector<ContainerJson>> objects(std::string_view member) const;
  /// The elements of the value itself, where it is an array of objects.
  Result<std::vector<ContainerJson>> elements() const;
  /// The names of an object's members.
  std::vector<std::string> names() const;

 private:
  ContainerJson(nlohmann::json value, std::string name) : value_(std::move(value)), name_(std::move(name)) {}
  const nlohmann::json* find(std::string_view member) const;
  Error wrong(std::string_view member, std::string_view wanted) const;

  nlohmann::json value_;
  std::string name_;
};

/// Without line breaks; bytes that are not UTF-8 become U+FFFD.
std::string dump(const nlohmann::ordered_json& json);

}  // namespace faasc
