#include "launcher/ready_line.h"

#include <nlohmann/json.hpp>

namespace faasc {

bool says_listening(std::string_view line) {
  constexpr std::string_view kText = "INFO faasc: listening";
  if (line.starts_with(kText)) return line.size() == kText.size() || line[kText.size()] == ' ';
  // Most lines of a guest are neither; they need not be parsed to be told.
  if (!line.starts_with('{') || line.find("listening") == std::string_view::npos) return false;
  auto record = nlohmann::json::parse(line, nullptr, false);
  auto is = [&](const char* name, const char* value) {
    auto member = record.find(name);
    return member != record.end() && *member == value;
  };
  return record.is_object() && is("logger", "faasc") && is("message", "listening");
}

}  // namespace faasc
