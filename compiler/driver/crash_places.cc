#include "compiler/driver/crash_places.h"

#include <cstdio>

#include <nlohmann/json.hpp>

#include "base/process.h"
#include "compiler/build/build_record.h"
#include "compiler/driver/installation.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

std::string without_dots(std::string file) {
  while (file.starts_with("./")) file.erase(0, 2);
  return file;
}

std::vector<std::vector<CodePlace>> places_in(const fs::path& program,
                                              const std::vector<std::uint64_t>& addresses) {
  auto installation = Installation::find();
  if (!installation) return {};
  auto helper = installation->program("faasc-places");
  if (!helper) return {};
  std::vector<std::string> argv{helper->string(), program.string()};
  for (std::uint64_t address : addresses) {
    char text[20];
    std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(address));
    argv.emplace_back(text);
  }
  auto finished = run({.argv = std::move(argv)}, {.timeout = std::chrono::seconds(30)});
  if (!finished || !finished->status.ok()) return {};
  auto json = nlohmann::json::parse(finished->out, nullptr, false);
  std::vector<std::vector<CodePlace>> places;
  for (const auto& of_address : json) {
    auto& frames = places.emplace_back();
    for (const auto& frame : of_address)
      frames.push_back(
          {frame.value("function", ""), without_dots(frame.value("file", "")), frame.value("line", 0u)});
  }
  return places;
}

}  // namespace

fs::path debug_file_of(const VmSpec& spec) {
  const fs::path disk = image_of(spec);
  if (disk.empty()) return {};
  // A disk that was unpacked lies in the build's own directory.
  fs::path directory = disk.parent_path().parent_path().filename() == ".faasc"
                           ? disk.parent_path()
                           : disk.parent_path() / ".faasc" / disk.stem();
  auto record = BuildRecord::load(directory / "record.json");
  if (!record || !record->outputs_are_unchanged()) return {};
  return record->fact("debug_file");
}

CrashPlaces crash_places_of(const VmSpec& spec) {
  fs::path program = debug_file_of(spec);
  if (program.empty()) return {};
  return [program](const std::vector<std::uint64_t>& addresses) { return places_in(program, addresses); };
}

}  // namespace faasc
