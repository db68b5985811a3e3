#include "packager/archive/entry_rules.h"

#include <limits.h>

#include "packager/archive/codes.h"

namespace faasc {
namespace {

/// Takes the next component off the front of `path`; empty between two slashes.
std::string_view take_component(std::string_view& path) {
  std::size_t slash = path.find('/');
  std::string_view component = path.substr(0, slash);
  path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  return component;
}

}  // namespace

Error EntryRules::unsafe(std::string_view path, const std::string& why) const {
  return {Fault::Input,
          kArchiveUnsafe,
          "'" + archive_name_ + "' is not safe to unpack: entry '" + std::string(path) + "' " + why,
          {},
          {}};
}

Result<std::string> EntryRules::normalised(std::string_view stored) const {
  if (stored.empty()) return unsafe(stored, "has no name");
  if (stored.front() == '/') return unsafe(stored, "has an absolute path");
  if (stored.size() >= PATH_MAX)
    return unsafe(stored.substr(0, 64), "has a path of " + std::to_string(stored.size()) +
                                            " bytes, at most " + std::to_string(PATH_MAX - 1) +
                                            " are possible");
  std::string path;
  for (std::string_view rest = stored; !rest.empty();) {
    std::string_view component = take_component(rest);
    if (component == "." || component.empty()) continue;
    if (component == "..") return unsafe(stored, "has '..' in its path");
    if (component.size() > NAME_MAX)
      return unsafe(stored.substr(0, 64), "has a name of " + std::to_string(component.size()) +
                                              " bytes, at most " + std::to_string(NAME_MAX) +
                                              " are possible");
    if (!path.empty()) path += '/';
    path += component;
  }
  return path;
}

Result<void> EntryRules::admit_symlink(const ArchiveEntry& entry) const {
  std::string_view target = entry.link_target;
  if (target.empty()) return unsafe(entry.path, "is a symbolic link to nothing");
  if (links_ == ArchiveLinks::Root) return admit_symlink_of_root(entry);
  if (target.front() == '/')
    return unsafe(entry.path, "is a symbolic link to the absolute path '" + entry.link_target + "'");
  std::size_t depth = 0;
  for (char byte : entry.path) depth += byte == '/';
  bool going_up = true;
  for (std::string_view rest = target; !rest.empty();) {
    std::string_view component = take_component(rest);
    if (component == "." || component.empty()) continue;
    if (component != "..") {
      going_up = false;
    } else if (!going_up || depth-- == 0) {
      return unsafe(entry.path, "is a symbolic link to '" + entry.link_target + "', which may lead outside");
    }
  }
  return {};
}

/// Where the tree is a root, "/x" is inside; what climbs above it was made to reach something else.
Result<void> EntryRules::admit_symlink_of_root(const ArchiveEntry& entry) const {
  std::string_view target = entry.link_target;
  if (target.size() >= PATH_MAX || target.find('\0') != std::string_view::npos)
    return unsafe(entry.path, "is a symbolic link to what is no path");
  std::size_t depth = 0;
  if (target.front() != '/')
    for (char byte : entry.path) depth += byte == '/';
  for (std::string_view rest = target; !rest.empty();) {
    std::string_view component = take_component(rest);
    if (component == "." || component.empty()) continue;
    if (component != "..") {
      ++depth;
    } else if (depth-- == 0) {
      return unsafe(entry.path,
                    "is a symbolic link to '" + entry.link_target + "', which leads above the root");
    }
  }
  return {};
}

Result<void> EntryRules::admit(const ArchiveEntry& entry) {
  if (++entries_ > limits_.entries)
    return Error{Fault::Input,
                 kArchiveTooLarge,
                 "'" + archive_name_ + "' has more than the " + std::to_string(limits_.entries) +
                     " entries allowed here",
                 {},
                 {}};
  if (entry.size_bytes > limits_.total_bytes - total_bytes_)
    return Error{Fault::Input,
                 kArchiveTooLarge,
                 "'" + archive_name_ + "' unpacks to more than the " + std::to_string(limits_.total_bytes) +
                     " bytes allowed here",
                 {},
                 {}};
  total_bytes_ += entry.size_bytes;

  for (std::size_t slash = entry.path.find('/'); slash != std::string::npos;
       slash = entry.path.find('/', slash + 1)) {
    auto [parent, added] = seen_.try_emplace(entry.path.substr(0, slash), ArchiveEntry::Kind::Directory);
    if (!added && parent->second != ArchiveEntry::Kind::Directory)
      return unsafe(entry.path, "is below '" + parent->first + "', which is no directory");
  }
  auto [same, added] = seen_.try_emplace(entry.path, entry.kind);
  if (!added &&
      (same->second != ArchiveEntry::Kind::Directory || entry.kind != ArchiveEntry::Kind::Directory))
    return unsafe(entry.path, "is there twice");

  if (entry.kind == ArchiveEntry::Kind::Symlink && links_ != ArchiveLinks::Unchecked)
    return admit_symlink(entry);
  if (entry.kind == ArchiveEntry::Kind::HardLink) {
    auto target = seen_.find(entry.link_target);
    if (links_ == ArchiveLinks::Root && target == seen_.end()) return {};
    bool file =
        target != seen_.end() && entry.link_target != entry.path &&
        (target->second == ArchiveEntry::Kind::File || target->second == ArchiveEntry::Kind::HardLink);
    if (!file)
      return unsafe(entry.path,
                    "is a hard link to '" + entry.link_target + "', which is no earlier file of the archive");
  }
  return {};
}

}  // namespace faasc
