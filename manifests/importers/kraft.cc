#include <string>
#include <vector>

#include "manifests/importers/formats.h"

// Unikraft's Kraftfile, versions v0.5 and v0.6. Keys: its JSON schema (kraftkit/schema).

namespace faasc {
namespace {

constexpr std::string_view kKernel = "the kernel is Nanos or Linux; see image.kernel";
constexpr std::string_view kUnikraft = "it configures a build of Unikraft";

class KraftReader {
 public:
  KraftReader(Import& import, const YamlNode& root) : import_(import), root_(root) {}
  void read();

 private:
  void take_name(const YamlMember& member, const Origin& origin);
  void take_runtime(const YamlMember& member, const Origin& origin);
  const YamlNode* rootfs() const;
  bool rootfs_is_directory() const;
  void read_command();
  void take_rootfs(const YamlMember& member, const Origin& origin);
  void take_variables(const YamlMember& member, const Origin& origin);
  void take_volumes(const YamlMember& member, const Origin& origin);
  void take_labels(const YamlMember& member, const Origin& origin);

  Import& import_;
  const YamlNode& root_;
  bool binary_ = false;  // a finished program, which `cmd` names
};

using Kraft = KraftReader;
using Row = ForeignKey<Kraft>;

void Kraft::read() {
  static const Row kKeys[] = {
      {.name = "spec"},
      {.name = "specification"},
      {.name = "cmd"},  // with the runtime
      {.name = "env", .take = &Kraft::take_variables},
      {.name = "labels", .take = &Kraft::take_labels},
      {.name = "name", .take = &Kraft::take_name},
      {.name = "rootfs", .take = &Kraft::take_rootfs},
      {.name = "runtime", .take = &Kraft::take_runtime},
      {.name = "volumes", .take = &Kraft::take_volumes},
      Row::left("libraries", kUnikraft),
      Row::left("outdir", "images go where 'faasc build -o' says"),
      Row::left("target", kKernel),
      Row::left("targets", kKernel),
      Row::left("template", kUnikraft, Severity::Warning),
      Row::left("unikraft", kUnikraft),
  };
  read_foreign_section(*this, import_, root_, "", kKeys, "key of a Kraftfile");
  read_command();
}

void Kraft::take_name(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin)) import_.name(*text, origin);
}

void Kraft::take_runtime(const YamlMember& member, const Origin& origin) {
  const std::string* written = import_.text(member.value, origin);
  if (written == nullptr) return;
  // "unikraft.org/python:3.12", "base:latest"
  std::string image = written->substr(written->rfind('/') == std::string::npos ? 0 : written->rfind('/') + 1);
  std::string name = image.substr(0, image.find(':'));
  std::string version = image.find(':') == std::string::npos ? "" : image.substr(image.find(':') + 1);
  binary_ = name == "base" || name == "base-compat" || name == "app-elfloader";
  if (name == "python") {
    bool numbered = version.starts_with("3.");
    import_.draft.put("runtime", numbered ? "python:" + version : "python", origin, "was " + *written);
    import_.draft.put("signature", "server", origin);
  } else if (binary_) {
    import_.draft.put("runtime", "binary", origin, "was " + *written);
    import_.draft.put("signature", "server", origin);
  } else {
    import_.leave_out(origin, "faasc has no runtime '" + (name.size() > 40 ? "…" : name) + "'",
                      Severity::Warning);
  }
}

// The text of `rootfs`, or of its source; null where there is none.
const YamlNode* Kraft::rootfs() const {
  const YamlNode* rootfs = root_.find("rootfs");
  if (rootfs != nullptr && rootfs->kind == YamlNode::Kind::Mapping) rootfs = rootfs->find("source");
  return rootfs != nullptr && rootfs->kind == YamlNode::Kind::Scalar ? rootfs : nullptr;
}

// A directory of the project holds the program that `cmd` names by its path in the guest.
bool Kraft::rootfs_is_directory() const {
  const YamlNode* node = rootfs();
  if (node == nullptr || node->text.find("Dockerfile") != std::string::npos) return false;
  std::string last = node->text.substr(node->text.rfind('/') + 1);
  return last.find('.') == std::string::npos || last == "." || last == "..";
}

void Kraft::read_command() {
  const YamlNode* command = root_.find("cmd");
  if (command == nullptr) return;
  Origin origin{"cmd", command->place};
  // A list of arguments, or a line of them.
  std::vector<std::string> arguments;
  if (command->kind == YamlNode::Kind::Sequence) {
    for (const YamlNode& item : command->items) arguments.push_back(item.text);
  } else {
    std::string_view rest = command->text;
    while (!rest.empty()) {
      std::size_t space = rest.find(' ');
      if (space != 0) arguments.emplace_back(rest.substr(0, space));
      rest.remove_prefix(space == std::string_view::npos ? rest.size() : space + 1);
    }
  }
  if (binary_ && rootfs_is_directory() && !arguments.empty() && arguments.size() < 1000) {
    import_.draft.put("handler", import_.project_path(rootfs()->text + "/" + arguments[0]), origin);
    for (std::size_t i = 1; i < arguments.size(); ++i) import_.draft.add("args", arguments[i], origin);
    return;
  }
  import_.leave_out(
      origin,
      "it starts a program of the root file system; name the program, or the function, under 'handler'",
      Severity::Warning);
  std::string line;
  for (const std::string& argument : arguments) {
    if (line.size() < 100) line.append(line.empty() ? "" : " ").append(argument);
  }
  if (line.size() <= 200) import_.draft.remark("handler", "handler: …  (cmd was " + line + ")");
}

void Kraft::take_rootfs(const YamlMember&, const Origin& origin) {
  if (rootfs() == nullptr) return import_.leave_out(origin, "it names no file", Severity::Warning);
  import_.leave_out(
      origin,
      rootfs()->text.find("Dockerfile") != std::string::npos
          ? "faasc builds the function itself, without a container builder"
          : "name the files that the function needs under 'files'; shared libraries are found by "
            "themselves",
      Severity::Warning);
}

void Kraft::take_variables(const YamlMember& member, const Origin& origin) {
  if (member.value.kind != YamlNode::Kind::Sequence) return import_.variables(member.value, origin);
  for (const YamlNode& item : member.value.items) {
    Origin one{origin.key, item.place};
    const std::string* text = import_.text(item, one);
    if (text == nullptr) continue;
    std::size_t equals = text->find('=');
    one.key += "." + text->substr(0, equals);
    if (equals == std::string::npos) {
      import_.leave_out(one, "it has no value", Severity::Warning);
      continue;
    }
    import_.variable(text->substr(0, equals), text->substr(equals + 1), one);
  }
}

void Kraft::take_volumes(const YamlMember& member, const Origin& origin) {
  // One volume, or a list of them.
  std::vector<const YamlNode*> volumes;
  if (member.value.kind == YamlNode::Kind::Sequence) {
    for (const YamlNode& item : member.value.items) volumes.push_back(&item);
  } else if (member.value.kind != YamlNode::Kind::Null) {
    volumes.push_back(&member.value);
  }
  for (const YamlNode* volume : volumes) {
    Origin one{origin.key, volume->place};
    std::string source, destination, readonly;
    if (volume->kind == YamlNode::Kind::Mapping) {
      auto text = [&](std::string_view key) {
        const YamlNode* node = volume->find(key);
        return node == nullptr ? std::string() : node->text;
      };
      source = text("source");
      destination = text("destination");
      readonly =
          text("readOnly") == "true" || text("readonly") == "true" || text("mode") == "ro" ? "true" : "";
    } else {
      // source:destination[:ro]
      std::string_view rest = volume->text;
      std::size_t colon = rest.find(':');
      source = rest.substr(0, colon);
      if (colon != std::string_view::npos) rest.remove_prefix(colon + 1);
      destination = rest.substr(0, rest.find(':'));
      if (rest.ends_with(":ro")) readonly = "true";
    }
    std::string tag = function_name_of(source);
    if (tag.empty() || destination.empty()) {
      import_.leave_out(one, "a volume has a source and a destination", Severity::Warning);
    } else if (import_.draft.size() > 1000) {
      import_.leave_out(one, "there are too many values");
    } else {
      import_.draft.add_yaml("mounts",
                             "{tag: " + yaml_scalar(tag) + ", path: " + yaml_scalar(destination) +
                                 (readonly.empty() ? "" : ", readonly: true") + "}",
                             one);
    }
  }
}

void Kraft::take_labels(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  for (const YamlMember& label : member.value.members) {
    Origin one{origin.key + "." + label.name.text, label.name.place};
    if (const std::string* text = import_.text(label.value, one)) import_.label(label.name.text, *text, one);
  }
}

}  // namespace

bool is_kraftfile(const YamlNode& root) {
  for (std::string_view key : {"spec", "specification"}) {
    const YamlNode* spec = root.find(key);
    if (spec != nullptr && spec->kind == YamlNode::Kind::Scalar && root.find("apiVersion") == nullptr)
      return true;
  }
  return root.find("unikraft") != nullptr;
}

void import_kraftfile(Import& import, const YamlNode& root) {
  KraftReader(import, root).read();
}

}  // namespace faasc
