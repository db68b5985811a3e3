#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include <sys/stat.h>

#include <CLI/CLI.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/grouped_number.h"
#include "compiler/driver/image/image_target.h"
#include "launcher/terminal_text.h"
#include "packager/rootfs/file_list.h"

namespace faasc {
namespace {

struct Arguments {
  std::string image;
  unsigned depth = 1;
};

struct Share {
  std::uint64_t files = 0, bytes = 0;
};
using Shares = std::map<std::string, Share>;

// The directory of a path, `depth` names deep: "/usr/lib" for "/usr/lib/x/y" and 2.
std::string directory_of(const std::string& path, unsigned depth) {
  std::size_t end = 0;
  for (unsigned i = 0; i < depth; ++i) {
    std::size_t next = path.find('/', end + 1);
    if (next == std::string::npos) break;
    end = next;
  }
  return end == 0 ? "/" : path.substr(0, end);
}

// The largest first.
std::vector<std::pair<std::string, Share>> by_size(const Shares& shares) {
  std::vector<std::pair<std::string, Share>> sorted(shares.begin(), shares.end());
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const auto& a, const auto& b) { return a.second.bytes > b.second.bytes; });
  return sorted;
}

std::string table(const std::string& title, const Shares& shares) {
  std::string text = title + "\n";
  std::size_t width = 0, count_width = 0;
  auto rows = by_size(shares);
  for (const auto& [name, share] : rows) {
    width = std::max(width, grouped(share.bytes).size());
    count_width = std::max(count_width, grouped(share.files).size());
  }
  for (const auto& [name, share] : rows) {
    std::string bytes = grouped(share.bytes), files = grouped(share.files);
    text += "  " + std::string(width - bytes.size(), ' ') + bytes + "  " +
            std::string(count_width - files.size(), ' ') + files +
            (share.files == 1 ? " file   " : " files  ") + terminal_text(name) + "\n";
  }
  return text;
}

std::string json_of(const Shares& shares, const char* what) {
  std::string json;
  for (const auto& [name, share] : by_size(shares))
    json += (json.empty() ? "{\"" : ",{\"") + std::string(what) + "\":" + json_string(name) +
            ",\"files\":" + std::to_string(share.files) + ",\"bytes\":" + std::to_string(share.bytes) + "}";
  return "[" + json + "]";
}

// By path; nothing where no list lies beside the image.
Result<std::optional<std::map<std::string, std::string>>> read_reasons(const std::string& image) {
  std::optional<std::map<std::string, std::string>> reasons;
  std::error_code error;
  if (!std::filesystem::exists(file_list_path(image), error)) return reasons;
  FAASC_TRY(std::vector<ListedFile> files, read_file_list(file_list_path(image)));
  reasons.emplace();
  for (ListedFile& file : files) reasons->emplace(std::move(file.path), std::move(file.why));
  return reasons;
}

Result<int> tell(Session& session, const Arguments& arguments) {
  FAASC_TRY(OpenedImage image, open_image(arguments.image));
  FAASC_TRY(auto reasons, read_reasons(arguments.image));
  Shares directories, why, parts;
  std::uint64_t payload = 0;
  for (const ImagePart& part : image.parts) {
    std::set<std::uint64_t> counted;  // a file with several names is there once
    for (const StoredEntry& entry : part.tree->entries()) {
      if (entry.kind != StoredEntry::Kind::File || !counted.insert(entry.id).second) continue;
      auto add = [&](Shares& shares, const std::string& name) {
        ++shares[name].files;
        shares[name].bytes += entry.size_bytes;
      };
      add(parts, part.name + " (" + part.tree->format() + ")");
      if (part.name != "root") continue;
      payload += entry.size_bytes;
      add(directories, directory_of(entry.path, arguments.depth));
      if (!reasons) continue;
      auto reason = reasons->find(entry.path);
      add(why, reason == reasons->end() ? "not on the list of files" : reason->second);
    }
  }
  struct stat status{};
  std::uint64_t allocated =
      ::stat(arguments.image.c_str(), &status) == 0 ? static_cast<std::uint64_t>(status.st_blocks) * 512 : 0;
  if (session.options().format != ReportFormat::Text) {
    session.set_result("bytes", std::to_string(image.disk->size()));
    session.set_result("allocated_bytes", std::to_string(allocated));
    session.set_result("payload_bytes", std::to_string(payload));
    session.set_result("parts", json_of(parts, "part"));
    session.set_result("directories", json_of(directories, "directory"));
    if (reasons) session.set_result("reasons", json_of(why, "why"));
    return 0;
  }
  std::string text = grouped(image.disk->size()) + " bytes as a disk, " + grouped(allocated) +
                     " of them taken here, " + grouped(payload) + " in files of the root\n\n";
  text += table("by partition", parts) + "\n" + table("by directory", directories);
  if (reasons) text += "\n" + table("by reason", why);
  session.console().print(text);
  if (!reasons)
    session.console().say("why each file is there is not known: there is no " +
                          terminal_text(file_list_path(arguments.image).filename().string()) +
                          " beside the image");
  return 0;
}

}  // namespace

Action configure_image_size(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  app.add_option("image", arguments->image, "the image; reasons come from the .files.json beside it")
      ->type_name("IMAGE")
      ->required();
  app.add_option("-d,--depth", arguments->depth, "tell directories apart this deep [1]")
      ->type_name("N")
      ->check(CLI::Range(1, 64).description(""));
  return [arguments](Session& session) { return run_on_image([&] { return tell(session, *arguments); }); };
}

}  // namespace faasc
