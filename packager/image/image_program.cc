#include "packager/image/image_program.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>

#include "packager/image/codes.h"

namespace faasc {
namespace {

constexpr std::string_view kProgramPath = "/etc/faasc/program";  // packager/disk/linux_disk.h
constexpr std::uint64_t kMaxProgramBytes = 256 * 1024;

Error no_program(const OpenedImage& image, const std::string& why) {
  return {Fault::Input,
          kImageNoProgram,
          "'" + image.path.string() + "' does not say what its machine runs: " + why,
          {},
          "'faasc image verify' tells more"};
}

std::string text_of(const TfsValue& value) {
  if (const auto* text = std::get_if<std::string>(&value.data)) return *text;
  return to_text(value);
}

Result<ImageProgram> nanos_program(const OpenedImage& image) {
  ImageProgram program;
  auto attribute = [&](const char* name) {
    auto found = image.attributes.find(name);
    return found == image.attributes.end() ? nullptr : &found->second;
  };
  const TfsValue* executable = attribute("program");
  if (!executable) return no_program(image, "its root has no 'program'");
  program.executable = text_of(*executable);
  if (!program.executable.starts_with('/')) program.executable.insert(0, "/");
  // Old tools write a tuple whose names are numbers where faasc writes a vector.
  if (const TfsValue* arguments = attribute("arguments")) {
    if (const auto* list = std::get_if<std::vector<TfsValue>>(&arguments->data)) {
      for (const TfsValue& argument : *list) program.arguments.push_back(text_of(argument));
    } else if (const auto* tuple = std::get_if<TfsTuple>(&arguments->data)) {
      for (std::size_t i = 0; i < tuple->size(); ++i)
        if (auto found = tuple->find(std::to_string(i)); found != tuple->end())
          program.arguments.push_back(text_of(found->second));
    }
  }
  if (program.arguments.empty()) program.arguments.push_back(program.executable);
  if (const TfsValue* environment = attribute("environment"))
    if (const auto* tuple = std::get_if<TfsTuple>(&environment->data))
      for (const auto& [name, value] : *tuple) program.environment.push_back(name + "=" + text_of(value));
  const TfsValue* directory = attribute("cwd");
  program.working_directory = directory ? text_of(*directory) : "/";
  program.writable = attribute("readonly_rootfs") == nullptr;
  return program;
}

Result<ImageProgram> linux_program(const OpenedImage& image) {
  const StoredEntry* file = image.root().find(kProgramPath);
  if (!file) return no_program(image, "there is no '" + std::string(kProgramPath) + "'");
  FAASC_TRY(std::string bytes, image.root().read(*file, kMaxProgramBytes));
  std::string_view rest = bytes;
  bool damaged = false;
  auto take = [&] {
    std::size_t end = rest.find('\0');
    if (end == std::string_view::npos) {
      damaged = true;
      return std::string();
    }
    std::string text(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    return text;
  };
  auto take_list = [&] {
    std::vector<std::string> list;
    std::string digits = take();
    std::size_t count = 0;
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), count);
    if (error != std::errc() || end != digits.data() + digits.size() || count > rest.size()) damaged = true;
    for (std::size_t i = 0; i < count && !damaged; ++i) list.push_back(take());
    return list;
  };
  ImageProgram program;
  damaged = take() != "faasc-program 1";
  program.working_directory = take();
  program.executable = take();
  program.arguments = take_list();
  program.environment = take_list();
  std::sort(program.environment.begin(), program.environment.end());
  if (damaged || !rest.empty() || program.arguments.empty())
    return no_program(image, "its '" + std::string(kProgramPath) + "' is damaged");
  return program;
}

}  // namespace

Result<ImageProgram> program_of(const OpenedImage& image) {
  FAASC_TRY(ImageProgram program,
            image.family == KernelFamily::Nanos ? nanos_program(image) : linux_program(image));
  std::uint64_t used = 0;
  std::set<std::uint64_t> seen;
  for (const StoredEntry& entry : image.root().entries())
    if (entry.kind == StoredEntry::Kind::File && seen.insert(entry.id).second) used += entry.size_bytes;
  std::uint64_t size = image.root().size_bytes();
  program.room_bytes = size - std::min(size, used);
  return program;
}

}  // namespace faasc
