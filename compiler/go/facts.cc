#include "compiler/go/facts.h"

#include <nlohmann/json.hpp>

#include "compiler/go/codes.h"

namespace faasc::go {
namespace {

using Json = nlohmann::json;

SourcePlace place_of(const Json& json) {
  return {.file = json.value("file", ""), .line = json.value("line", 0), .column = json.value("column", 0)};
}

SourcePlace place_in(const Json& json) {
  auto place = json.find("place");
  return place == json.end() ? SourcePlace{} : place_of(*place);
}

template <typename T, typename Read>
std::vector<T> list_of(const Json& json, const char* name, Read read) {
  std::vector<T> list;
  auto items = json.find(name);
  if (items == json.end()) return list;
  for (const Json& item : *items) list.push_back(read(item));
  return list;
}

std::vector<Type> types_of(const Json& json, const char* name) {
  return list_of<Type>(json, name,
                       [](const Json& type) { return Type{type.value("text", ""), type.value("name", "")}; });
}

Func func_of(const Json& json) {
  return {.name = json.value("name", ""),
          .receiver = json.value("receiver", ""),
          .params = types_of(json, "params"),
          .results = types_of(json, "results"),
          .generic = json.value("generic", false),
          .place = place_in(json)};
}

File file_of(const Json& json) {
  return {json.value("name", ""), list_of<Import>(json, "imports", [](const Json& one) {
            return Import{.path = one.value("path", ""),
                          .named = one.value("named", false),
                          .offset = one.value("offset", std::size_t{0}),
                          .length = one.value("length", std::size_t{0}),
                          .place = place_in(one)};
          })};
}

Package package_of(const Json& json) {
  Package package;
  package.directory = json.value("dir", "");
  package.name = json.value("name", "");
  package.files = list_of<File>(json, "files", file_of);
  if (auto main = json.find("main"); main != json.end() && main->is_object()) package.main = place_of(*main);
  package.funcs = list_of<Func>(json, "funcs", func_of);
  package.registrations = list_of<Registration>(json, "registrations", [](const Json& one) {
    return Registration{.call = one.value("call", ""),
                        .name = one.value("name", ""),
                        .plain = one.value("plain", false),
                        .place = place_in(one)};
  });
  package.uses =
      list_of<Use>(json, "uses", [](const Json& one) { return Use{one.value("name", ""), place_in(one)}; });
  return package;
}

}  // namespace

Result<Facts> facts_from_json(std::string_view text) {
  Error garbled{Fault::Internal,
                kGoAnswer,
                "the Go detector's answer cannot be read",
                {},
                "please report it, with the output of 'go version' and the function that shows it"};
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return garbled;
  try {
    Facts facts;
    facts.packages = list_of<Package>(json, "packages", package_of);
    facts.imported = list_of<Package>(json, "imported", package_of);
    facts.problems = list_of<Diagnostic>(json, "problems", [](const Json& one) {
      Diagnostic problem;
      problem.message = one.value("message", "");
      problem.place = place_in(one);
      return problem;
    });
    auto text_of = [](const Json& one) { return one.get<std::string>(); };
    facts.cgo_files = list_of<std::string>(json, "cgo_files", text_of);
    facts.nested = list_of<std::string>(json, "nested", text_of);
    return facts;
  } catch (const Json::exception&) {
    return garbled;
  }
}

}  // namespace faasc::go
