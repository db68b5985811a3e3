#include <algorithm>
#include <cstdio>
#include <ctime>
#include <memory>

#include <CLI/CLI.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/image/image_target.h"
#include "launcher/terminal_text.h"

namespace faasc {
namespace {

struct Arguments {
  ImageArguments image;
  bool details = false, recursive = false;
};

// "drwxr-xr-x"; only the first of them where the image has no permissions.
std::string type_and_mode(const StoredEntry& entry) {
  constexpr std::string_view kLetters = "rwxrwxrwx";
  char type = '?';
  if (entry.kind == StoredEntry::Kind::Directory) type = 'd';
  if (entry.kind == StoredEntry::Kind::File) type = '-';
  if (entry.kind == StoredEntry::Kind::Symlink) type = 'l';
  std::string text(1, type);
  if (!entry.mode) return text;
  for (int bit = 8; bit >= 0; --bit) text += (*entry.mode >> bit & 1) ? kLetters[8 - bit] : '-';
  if (*entry.mode & 04000) text[3] = text[3] == 'x' ? 's' : 'S';
  if (*entry.mode & 02000) text[6] = text[6] == 'x' ? 's' : 'S';
  if (*entry.mode & 01000) text[9] = text[9] == 'x' ? 't' : 'T';
  return text;
}

std::string time_text(const StoredEntry& entry) {
  if (!entry.modified) return "-";
  auto seconds = static_cast<std::time_t>(*entry.modified);
  std::tm broken{};
  char text[32];
  if (!::gmtime_r(&seconds, &broken) || std::strftime(text, sizeof text, "%Y-%m-%d %H:%M", &broken) == 0)
    return "?";
  return text;
}

std::string name_shown(const StoredEntry& entry, std::size_t skip, bool details) {
  std::string name = terminal_text(std::string_view(entry.path).substr(skip));
  if (entry.kind == StoredEntry::Kind::Directory) name += "/";
  if (details && entry.kind == StoredEntry::Kind::Symlink) name += " -> " + terminal_text(entry.target);
  return name;
}

Result<int> list(Session& session, const Arguments& arguments) {
  FAASC_TRY(ImageTarget target,
            open_image_target(arguments.image, arguments.details ? LastLink::Keep : LastLink::Follow));
  std::vector<const StoredEntry*> shown;
  std::size_t skip = 1;
  if (target.entry && target.entry->kind != StoredEntry::Kind::Directory) {
    shown.push_back(target.entry);
    skip = target.entry->path.rfind('/') + 1;
  } else {
    if (target.entry) skip = target.entry->path.size() + 1;
    for (const StoredEntry& entry : below(target.tree(), target.entry))
      if (arguments.recursive || entry.path.find('/', skip) == std::string::npos) shown.push_back(&entry);
  }
  if (session.options().format != ReportFormat::Text) {
    std::string json;
    for (const StoredEntry* entry : shown) json += (json.empty() ? "" : ",") + to_json(*entry);
    session.set_result("entries", "[" + json + "]");
    return 0;
  }
  std::vector<std::string> sizes, times;
  std::size_t size_width = 0, time_width = 0;
  if (arguments.details)
    for (const StoredEntry* entry : shown) {
      sizes.push_back(entry->kind == StoredEntry::Kind::File ? std::to_string(entry->size_bytes) : "-");
      times.push_back(time_text(*entry));
      size_width = std::max(size_width, sizes.back().size());
      time_width = std::max(time_width, times.back().size());
    }
  std::string text;
  for (std::size_t i = 0; i < shown.size(); ++i) {
    if (arguments.details) {
      text +=
          type_and_mode(*shown[i]) + "  " + std::string(size_width - sizes[i].size(), ' ') + sizes[i] + "  ";
      if (time_width > 1) text += times[i] + std::string(time_width - times[i].size(), ' ') + "  ";
    }
    text += name_shown(*shown[i], skip, arguments.details) + "\n";
  }
  session.console().print(text);
  return 0;
}

}  // namespace

Action configure_image_ls(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  add_image_options(app, arguments->image);
  app.add_flag("-l,--long", arguments->details,
               "kind, permissions, size in bytes, time (UTC) and link target");
  app.add_flag("-R,--recursive", arguments->recursive, "everything below, too");
  return [arguments](Session& session) { return run_on_image([&] { return list(session, *arguments); }); };
}

}  // namespace faasc
