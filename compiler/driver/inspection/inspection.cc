#include "compiler/driver/inspection/inspection.h"

#include <algorithm>
#include <string_view>

#include <nlohmann/json.hpp>

#include "compiler/driver/grouped_number.h"
#include "compiler/driver/target.h"

namespace faasc {
namespace {

using Json = nlohmann::ordered_json;

std::string right_aligned(std::string text, std::size_t width) {
  return std::string(text.size() < width ? width - text.size() : 0, ' ') + text;
}

std::string place_of(const Function& function) {
  std::string place = function.file;
  if (function.line > 0) place += ":" + std::to_string(function.line);
  return place;
}

std::string_view why_this_kernel(KernelStore::Choice choice) {
  switch (choice) {
    case KernelStore::Choice::LinuxForLackOfNanos:
      return "there is no Nanos kernel in the store";
    case KernelStore::Choice::Asked:
      return "asked for";
    default:
      return "the newest Nanos kernel in the store";
  }
}

std::string machine_of(const VmSpec& spec) {
  const bool in_memory = spec.direct_boot && spec.direct_boot->initrd_is_root;
  const bool writable = !root_is_read_only(spec);
  return std::to_string(spec.vcpus) + (spec.vcpus == 1 ? " processor, " : " processors, ") +
         std::to_string(spec.memory_bytes >> 20) + " MiB, port " + std::to_string(spec.http_port) + ", " +
         (in_memory  ? writable ? "a root in memory that can be written" : "a read-only root in memory"
          : writable ? "a disk that can be written"
                     : "a read-only disk");
}

struct Reason {
  std::string_view why;
  std::uint64_t bytes = 0;
  std::size_t count = 0;
};

std::vector<Reason> by_reason(const std::vector<ListedFile>& files) {
  std::map<std::string_view, Reason> reasons;
  for (const ListedFile& file : files) {
    Reason& reason = reasons[file.why];
    reason.why = file.why;
    reason.bytes += file.size_bytes;
    ++reason.count;
  }
  std::vector<Reason> sorted;
  for (const auto& [why, reason] : reasons) sorted.push_back(reason);
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Reason& a, const Reason& b) { return a.bytes > b.bytes; });
  return sorted;
}

}  // namespace

std::string to_text(const Inspection& inspection, bool list_files) {
  const auto& [built, spec, files] = inspection;
  const Function& function = built.function;
  std::string out;
  auto row = [&](std::string_view name, const std::string& value) {
    out.append(name).append(12 - name.size(), ' ').append(value).append("\n");
  };
  row("function", built.name);
  row("language", function.language);
  row("handler", function.handler + " at " + place_of(function));
  row("kind", function.kind + ": " + function.reason);
  row("kernel", built.kernel + ": " + std::string(why_this_kernel(built.kernel_choice)));
  row("machine", machine_of(spec));
  row("image", as_typed(built.image) + ", " + kibibytes(built.allocated_bytes) + " on disk");
  row("sha256", built.sha256);
  std::uint64_t bytes = 0;
  for (const ListedFile& file : files) bytes += file.size_bytes;
  row("files", std::to_string(files.size()) + ", " + kibibytes(bytes));
  if (list_files) {
    for (const ListedFile& file : files) {
      bool has_size = file.kind == ListedFile::Kind::File;
      out += right_aligned(has_size ? kibibytes(file.size_bytes) : "", 14) + "  " + file.path +
             (file.target.empty() ? "" : " -> " + file.target) +
             (file.why.empty() ? "" : "   (" + file.why + ")") + "\n";
    }
    return out;
  }
  constexpr std::size_t kShown = 12;
  std::vector<Reason> reasons = by_reason(files);
  for (std::size_t i = 0; i < std::min(kShown, reasons.size()); ++i) {
    const Reason& reason = reasons[i];
    out += right_aligned(kibibytes(reason.bytes), 14) + "  " +
           std::string(reason.why.empty() ? "-" : reason.why) +
           (reason.count > 1 ? " (" + std::to_string(reason.count) + " files)" : "") + "\n";
  }
  if (reasons.size() > kShown)
    out += right_aligned("", 14) + "  and " + std::to_string(reasons.size() - kShown) +
           " more reasons; --files lists every file\n";
  return out;
}

std::map<std::string, std::string> to_json_members(const Inspection& inspection) {
  const auto& [built, spec, files] = inspection;
  const Function& function = built.function;
  Json listed = Json::array();
  for (const ListedFile& file : files) {
    Json entry{{"path", file.path}, {"size", file.size_bytes}, {"why", file.why}};
    if (!file.target.empty()) entry["target"] = file.target;
    listed.push_back(std::move(entry));
  }
  std::map<std::string, std::string> members;
  auto set = [&](const char* name, const Json& value) {
    members[name] = value.dump(-1, ' ', false, Json::error_handler_t::replace);
  };
  set("name", built.name);
  set("language", function.language);
  set("handler", function.handler);
  set("kind", function.kind);
  set("file", function.file);
  if (function.line > 0) set("line", function.line);
  set("reason", function.reason);
  set("kernel", built.kernel);
  set("kernel_reason", why_this_kernel(built.kernel_choice));
  set("image", built.image.string());
  set("allocated_bytes", built.allocated_bytes);
  set("sha256", built.sha256);
  set("vcpus", spec.vcpus);
  set("memory_bytes", spec.memory_bytes);
  set("port", spec.http_port);
  set("files", listed);
  return members;
}

}  // namespace faasc
