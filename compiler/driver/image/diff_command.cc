#include <memory>

#include <CLI/CLI.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/grouped_number.h"
#include "compiler/driver/image/image_target.h"
#include "launcher/terminal_text.h"
#include "packager/image/image_diff.h"

namespace faasc {
namespace {

// As a test that found something else than it expected, so that a script can tell it from trouble.
constexpr int kDiffers = exit_status(Fault::Test);

struct Arguments {
  std::string before, after;
};

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return out;
}

std::string size_of(const StoredEntry& entry) {
  return entry.kind == StoredEntry::Kind::File ? grouped(entry.size_bytes) + " bytes" : std::string();
}

std::string kind_of(const StoredEntry& entry) {
  switch (entry.kind) {
    case StoredEntry::Kind::Directory:
      return "directory";
    case StoredEntry::Kind::File:
      return "file";
    case StoredEntry::Kind::Symlink:
      return "link to " + terminal_text(entry.target);
    case StoredEntry::Kind::Other:
      break;
  }
  return "neither file nor directory";
}

std::string line_of(const EntryChange& change) {
  std::string name = (change.part == "root" ? "" : change.part + ":") + terminal_text(change.path);
  if (!change.before || !change.after) {
    const StoredEntry& entry = change.before ? *change.before : *change.after;
    std::string size = size_of(entry);
    return std::string(change.before ? "- " : "+ ") + name + "  " + (size.empty() ? kind_of(entry) : size) +
           "\n";
  }
  std::string detail;
  if (change.before->kind != change.after->kind || change.before->target != change.after->target) {
    detail = kind_of(*change.before) + " -> " + kind_of(*change.after);
  } else if (change.before->kind == StoredEntry::Kind::File &&
             change.before->size_bytes != change.after->size_bytes) {
    auto signed_size = [](std::uint64_t from, std::uint64_t to) {
      return to >= from ? "+" + grouped(to - from) : "-" + grouped(from - to);
    };
    detail = grouped(change.before->size_bytes) + " -> " + size_of(*change.after) + " (" +
             signed_size(change.before->size_bytes, change.after->size_bytes) + ")";
  } else {
    detail = joined(change.what);
  }
  return "~ " + name + "  " + detail + "\n";
}

std::string line_of(const std::string& prefix, const AttributeChange& change) {
  std::string name = prefix + terminal_text(change.name) + ": ";
  if (!change.before) return "+ " + name + terminal_text(*change.after) + "\n";
  if (!change.after) return "- " + name + terminal_text(*change.before) + "\n";
  return "~ " + name + terminal_text(*change.before) + " -> " + terminal_text(*change.after) + "\n";
}

std::string json_of(const AttributeChange& change) {
  return "{\"name\":" + json_string(change.name) +
         (change.before ? ",\"before\":" + json_string(*change.before) : "") +
         (change.after ? ",\"after\":" + json_string(*change.after) : "") + "}";
}

std::string json_of(const EntryChange& change) {
  std::string what;
  for (const std::string& word : change.what) what += (what.empty() ? "" : ",") + json_string(word);
  return "{\"part\":" + json_string(change.part) + ",\"path\":" + json_string(change.path) +
         (change.before ? ",\"before\":" + to_json(*change.before) : "") +
         (change.after ? ",\"after\":" + to_json(*change.after) : "") +
         (what.empty() ? "" : ",\"changed\":[" + what + "]") + "}";
}

template <typename Changes>
std::string json_array(const Changes& changes) {
  std::string out;
  for (const auto& change : changes) out += (out.empty() ? "" : ",") + json_of(change);
  return "[" + out + "]";
}

Result<int> diff(Session& session, const Arguments& arguments) {
  FAASC_TRY(OpenedImage before, open_image(arguments.before));
  FAASC_TRY(OpenedImage after, open_image(arguments.after));
  FAASC_TRY(ImageDiff diff, diff_images(before, after));
  if (session.options().format != ReportFormat::Text) {
    session.set_result("same", diff.empty() ? "true" : "false");
    session.set_result("entries", json_array(diff.entries));
    session.set_result("attributes", json_array(diff.attributes));
    session.set_result("disk", json_array(diff.disk));
    return diff.empty() ? 0 : kDiffers;
  }
  std::string text;
  for (const AttributeChange& change : diff.disk) text += line_of("", change);
  for (const AttributeChange& change : diff.attributes) text += line_of("root attribute ", change);
  for (const EntryChange& change : diff.entries) text += line_of(change);
  session.console().print(text);
  if (diff.empty()) session.console().say("the images hold the same");
  return diff.empty() ? 0 : kDiffers;
}

}  // namespace

Action configure_image_diff(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  app.add_option("before", arguments->before, "an image; its lines begin with -")
      ->type_name("BEFORE")
      ->required();
  app.add_option("after", arguments->after,
                 "the other one, +; exits with 0 where they hold the same, with 4 where not")
      ->type_name("AFTER")
      ->required();
  return [arguments](Session& session) { return run_on_image([&] { return diff(session, *arguments); }); };
}

}  // namespace faasc
