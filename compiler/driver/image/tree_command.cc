#include <memory>

#include <CLI/CLI.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/grouped_number.h"
#include "compiler/driver/image/image_target.h"
#include "launcher/terminal_text.h"

namespace faasc {
namespace {

using Kind = StoredEntry::Kind;

Result<int> draw(Session& session, const ImageArguments& arguments) {
  FAASC_TRY(ImageTarget target, open_image_target(arguments, LastLink::Follow));
  StoredRange entries = target.entry && target.entry->kind != Kind::Directory
                            ? StoredRange{target.entry, target.entry + 1}
                            : below(target.tree(), target.entry);
  std::uint64_t files = 0, directories = 0, links = 0, bytes = 0;
  std::string text, json;
  // From the last line up it would be plain which entries have a sibling after them; so the walk is
  // backwards.
  std::vector<std::string> lines;
  std::vector<bool> more;  // by depth: whether a sibling follows
  std::size_t top = target.entry && target.entry->kind == Kind::Directory ? target.entry->path.size() : 0;
  for (const StoredEntry* entry = entries.end(); entry != entries.begin();) {
    --entry;
    if (entry->kind == Kind::File) ++files, bytes += entry->size_bytes;
    if (entry->kind == Kind::Directory) ++directories;
    if (entry->kind == Kind::Symlink) ++links;
    if (session.options().format != ReportFormat::Text) continue;
    std::size_t depth = 0;
    for (std::size_t i = top + 1; i < entry->path.size(); ++i) depth += entry->path[i] == '/';
    if (entries.end() - entries.begin() == 1) depth = 0;
    more.resize(depth + 1);
    std::string line;
    for (std::size_t level = 0; level < depth; ++level) line += more[level] ? "│   " : "    ";
    line += more[depth] ? "├── " : "└── ";
    line += terminal_text(std::string_view(entry->path).substr(entry->path.rfind('/') + 1));
    if (entry->kind == Kind::Directory) line += "/";
    if (entry->kind == Kind::Symlink) line += " -> " + terminal_text(entry->target);
    if (entry->kind == Kind::File) line += "  " + grouped(entry->size_bytes);
    lines.push_back(std::move(line));
    more[depth] = true;
  }
  if (session.options().format != ReportFormat::Text) {
    for (const StoredEntry& entry : entries) json += (json.empty() ? "" : ",") + to_json(entry);
    session.set_result("entries", "[" + json + "]");
    session.set_result("files", std::to_string(files));
    session.set_result("directories", std::to_string(directories));
    session.set_result("symlinks", std::to_string(links));
    session.set_result("bytes", std::to_string(bytes));
    return 0;
  }
  text = terminal_text(target.entry ? target.entry->path : "/") + "\n";
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) text += *line + "\n";
  auto count = [](std::uint64_t number, const char* one, const char* several) {
    return grouped(number) + " " + (number == 1 ? one : several);
  };
  text += "\n" + count(directories, "directory", "directories") + ", " + count(files, "file", "files") +
          " of " + grouped(bytes) + " bytes" +
          (links > 0 ? ", " + count(links, "symbolic link", "symbolic links") : "") + "\n";
  session.console().print(text);
  return 0;
}

}  // namespace

Action configure_image_tree(CLI::App& app) {
  auto arguments = std::make_shared<ImageArguments>();
  add_image_options(app, *arguments);
  return [arguments](Session& session) { return run_on_image([&] { return draw(session, *arguments); }); };
}

}  // namespace faasc
