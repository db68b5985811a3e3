#include "packager/rootfs/elf_closure.h"

#include <algorithm>
#include <deque>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string_view>

#include <sys/stat.h>

#include <elf.h>
#include <glob.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "packager/rootfs/codes.h"
#include "packager/rootfs/elf_file.h"

namespace faasc {
namespace {

constexpr const char* kUnwinder = "libgcc_s.so.1";
constexpr int kMaxLinks = 40;       // as many as the kernel follows
constexpr int kMaxConfigDepth = 8;  // of ld.so.conf files that include each other

std::string directory_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}
std::string join(const std::string& directory, const std::string& name) {
  return (directory == "/" ? "" : directory) + "/" + name;
}

// "/a/./b//../c" → "/a/c", without a look at the file system.
std::string normalised(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    std::size_t end = std::min(path.find('/'), path.size());
    std::string_view part = path.substr(0, end);
    if (part == ".." && !parts.empty())
      parts.pop_back();
    else if (!part.empty() && part != "." && part != "..")
      parts.push_back(part);
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  std::string out;
  for (std::string_view part : parts) out.append("/").append(part);
  return out.empty() ? "/" : out;
}

// A file system seen from its own root: absolute links in it stay in it.
class Root {
 public:
  explicit Root(const std::string& path) : path_(path == "/" ? "" : path) {}

  std::string host(const std::string& path) const { return path_ + path; }

  // The target of the last component where that is a link.
  std::optional<std::string> link(const std::string& path) const {
    char target[4096];
    ssize_t size = ::readlink(host(path).c_str(), target, sizeof target);
    if (size <= 0 || size == sizeof target) return std::nullopt;
    return std::string(target, static_cast<std::size_t>(size));
  }

  // Where the directory really lies; nothing where it is not there or links form a circle.
  std::optional<std::string> real_directory(const std::string& path) const {
    std::string rest = path, done;
    for (int links = 0; !rest.empty();) {
      std::size_t end = std::min(rest.find('/'), rest.size());
      std::string part = rest.substr(0, end);
      rest.erase(0, std::min(end + 1, rest.size()));
      if (part.empty() || part == ".") continue;
      if (part == "..") {
        done.erase(std::min(done.rfind('/'), done.size()));
        continue;
      }
      auto target = link(done + "/" + part);
      if (!target) {
        done += "/" + part;
        continue;
      }
      if (++links > kMaxLinks) return std::nullopt;
      if (target->starts_with('/')) done.clear();
      rest = *target + "/" + rest;
    }
    struct stat status{};
    if (done.empty()) done = "/";
    if (::stat(host(done).c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) return std::nullopt;
    return done;
  }

 private:
  std::string path_;
};

// A directory to look in: where it is on the host, and what the guest calls it.
struct Place {
  std::string host, guest;
};

// A program or library that has been found.
struct Loaded {
  ElfFile file;
  std::string host_path, guest_path;
  std::vector<Place> inherited;  // the RPATHs of what needed it
};

class Closure {
 public:
  explicit Closure(const ElfSearch& search) : root_(search.root) {}

  Result<std::vector<ElfClosureNode>> find(const std::vector<ElfObject>& objects) {
    for (const ElfObject& object : objects) {
      FAASC_TRY(ElfFile file, read_elf_file(object.host_path));
      if (machine_ == 0) FAASC_CHECK(set_machine(file.machine, object.host_path));
      if (file.machine != machine_)
        return Error{Fault::Input,
                     kElfWrongKind,
                     "'" + object.host_path + "' is for another machine than the other files",
                     {},
                     {}};
      if (!file.soname.empty()) found_.insert(file.soname);
      given_.insert(object.guest_path);
      todo_.push_back({std::move(file), object.host_path, object.guest_path, {}});
    }
    while (!todo_.empty()) {
      FAASC_CHECK(check_interrupt());
      Loaded object = std::move(todo_.front());
      todo_.pop_front();
      FAASC_CHECK(load(object));
    }
    for (const ElfObject& object : objects) nodes_.erase(object.guest_path);
    std::vector<ElfClosureNode> nodes;
    for (auto& [path, node] : nodes_) nodes.push_back({path, std::move(node)});
    return nodes;
  }

 private:
  Result<void> set_machine(std::uint16_t machine, const std::string& path) {
    const char* triplet = machine == EM_X86_64    ? "x86_64-linux-gnu"
                          : machine == EM_AARCH64 ? "aarch64-linux-gnu"
                                                  : nullptr;
    if (!triplet)
      return Error{Fault::Input,
                   kElfWrongKind,
                   "'" + path + "' is for a machine that is not known here (ELF machine " +
                       std::to_string(machine) + ")",
                   {},
                   {}};
    machine_ = machine;
    cross_ = root_.host(std::string("/usr/") + triplet + "/lib");
    lib_ = std::string("lib/") + triplet;
    std::string directories[] = {"/" + lib_, "/usr/" + lib_, "/lib", "/usr/lib", "/lib64", "/usr/lib64"};
    std::vector<std::string> configured;
    read_config("/etc/ld.so.conf", 0, configured);
    for (const std::string& directory : configured) configured_.push_back({root_.host(directory), directory});
    for (const std::string& directory : directories) {
      defaults_.push_back({root_.host(directory), directory});
      // 64-bit loaders of Debian do not look in lib64, nor those of others in a triplet's directory.
      if (auto real = root_.real_directory(directory); real && !directory.ends_with("64"))
        looked_in_.insert(*real);
    }
    // Last, where Debian and others keep the libraries of a cross compiler, which no loader ever looks in.
    defaults_.push_back({cross_, "/usr/" + lib_});
    return {};
  }

  void read_config(const std::string& path, int depth, std::vector<std::string>& into) {
    auto text = read_file(root_.host(path), 1 << 20);
    if (!text || depth > kMaxConfigDepth) return;
    std::string_view rest = *text;
    while (!rest.empty()) {
      std::size_t end = std::min(rest.find('\n'), rest.size());
      std::string line(rest.substr(0, std::min(rest.find('#'), end)));
      rest.remove_prefix(std::min(end + 1, rest.size()));
      std::size_t first = line.find_first_not_of(" \t"), last = line.find_last_not_of(" \t\r");
      if (first == std::string::npos) continue;
      line = line.substr(first, last + 1 - first);
      if (line.starts_with("include ") || line.starts_with("include\t")) {
        std::string pattern = line.substr(line.find_first_not_of(" \t", 7));
        if (pattern[0] != '/') pattern = join(directory_of(path), pattern);
        glob_t matches{};
        if (::glob(root_.host(pattern).c_str(), 0, nullptr, &matches) == 0)  // sorted
          for (std::size_t i = 0; i < matches.gl_pathc; ++i)
            read_config(std::string(matches.gl_pathv[i]).substr(root_.host("").size()), depth + 1, into);
        ::globfree(&matches);
      } else if (line[0] == '/') {
        into.push_back(normalised(line));
      }
    }
  }

  Result<void> load(const Loaded& object) {
    if (!object.file.interpreter.empty()) {
      std::string directory = directory_of(object.file.interpreter);
      std::string name = object.file.interpreter.substr(object.file.interpreter.rfind('/') + 1);
      FAASC_TRY(bool there, load_from({root_.host(directory), directory}, name, object, true));
      if (!there) {
        FAASC_TRY(there, load_from({cross_, directory}, name, object, true));
      }
      if (!there) return missing(object.file.interpreter, object);
    }
    std::vector<Place> own = places_of(object.file.rpath, object);
    std::vector<Place> inherited = own;
    inherited.insert(inherited.end(), object.inherited.begin(), object.inherited.end());
    std::vector<Place> places =
        object.file.runpath.empty() ? inherited : places_of(object.file.runpath, object);
    for (const std::vector<Place>* more : {&configured_, &defaults_})
      places.insert(places.end(), more->begin(), more->end());

    Loaded parent = object;
    parent.inherited = std::move(inherited);
    std::vector<std::string> names = object.file.needed;
    if (object.file.ends_threads) names.emplace_back(kUnwinder);
    for (const std::string& name : names) {
      // One name is loaded once, wherever the next one that needs it would find it.
      if (!found_.insert(name).second) continue;
      bool there = false;
      if (name.find('/') != std::string::npos) {
        std::string path = normalised(name[0] == '/' ? name : join(directory_of(object.guest_path), name));
        FAASC_TRY(there, load_from({root_.host(directory_of(path)), directory_of(path)},
                                   path.substr(path.rfind('/') + 1), parent, true));
      }
      for (std::size_t i = 0; i < places.size() && !there && name.find('/') == std::string::npos; ++i) {
        bool from_path = i + configured_.size() + defaults_.size() < places.size();
        FAASC_TRY(there, load_from(places[i], name, parent, from_path));
      }
      // Another C library than GNU's does without the unwinder.
      bool optional = object.file.ends_threads && &name == &names.back();
      if (!there && !optional) return missing(name, object);
    }
    return {};
  }

  static Error missing(const std::string& name, const Loaded& object) {
    bool aarch64 = object.file.machine == EM_AARCH64;
    return {Fault::Missing,
            kElfMissingLibrary,
            "'" + name + "', which '" + object.host_path + "' needs, is not on this host" +
                (aarch64 ? " for aarch64" : ""),
            {},
            aarch64 ? "install the package that has it for arm64 (the C library: libc6-arm64-cross), or link "
                      "statically"
                    : "install the package that has it, or link statically"};
  }

  std::vector<Place> places_of(const std::vector<std::string>& entries, const Loaded& object) const {
    std::vector<Place> places;
    for (const std::string& entry : entries) {
      auto expand = [&](const std::string& origin) -> std::optional<std::string> {
        std::string out = entry;
        for (auto [token, value] : {std::pair{std::string("${ORIGIN}"), origin},
                                    {std::string("$ORIGIN"), origin},
                                    {std::string("${LIB}"), lib_},
                                    {std::string("$LIB"), lib_}})
          for (std::size_t at; (at = out.find(token)) != std::string::npos;)
            out.replace(at, token.size(), value);
        if (out.find('$') != std::string::npos || out[0] != '/') return std::nullopt;
        return normalised(out);
      };
      bool relative = entry.starts_with("$ORIGIN") || entry.starts_with("${ORIGIN}");
      auto guest = expand(directory_of(object.guest_path));
      auto host = expand(directory_of(object.host_path));
      if (guest && host) places.push_back({relative ? *host : root_.host(*guest), *guest});
    }
    return places;
  }

  // Takes the library `name` in `place` where it is there and for this machine. `by_path`: the guest's loader
  // will look for it under just this path, not in its default directories.
  Result<bool> load_from(const Place& place, const std::string& name, const Loaded& parent, bool by_path) {
    std::string host_path = join(place.host, name);
    struct stat status{};
    if (::stat(host_path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return false;
    auto file = read_elf_file(host_path);
    // A linker script, as libc.so is one; or a library of 32 bits, which the loader passes over as well.
    if (!file && (file.error().code == kNotElf || file.error().code == kElfWrongKind)) return false;
    if (!file) return std::move(file).error();
    if (file->machine != machine_) return false;
    if (!file->soname.empty()) found_.insert(file->soname);

    std::string guest_path = join(place.guest, name);
    std::string why = "needed by " + parent.guest_path;
    bool relocated = place.host != root_.host(place.guest);
    if (relocated) {
      add(guest_path, {HostFile{host_path}, 0755, why});
    } else {
      FAASC_TRY(std::string real, add_with_links(guest_path, why));
      if (by_path && real != guest_path) add(guest_path, {Symlink{real}, 0777, why});
      std::string default_path = join("/usr/" + lib_, name);
      if (!by_path && !looked_in_.contains(directory_of(real)) && default_path != real)
        add(default_path, {Symlink{real}, 0777, why});
      guest_path = real;
    }
    if (given_.insert(guest_path).second)
      todo_.push_back({std::move(file).value(), host_path, guest_path, parent.inherited});
    return true;
  }

  // Adds the file at `path` in its real directory, and the links that lead from there to the file. Returns
  // `path` in its real directory.
  Result<std::string> add_with_links(std::string path, const std::string& why) {
    std::string first;
    for (int links = 0; links <= kMaxLinks; ++links) {
      auto directory = root_.real_directory(directory_of(path));
      if (!directory) break;
      path = join(*directory, path.substr(path.rfind('/') + 1));
      if (first.empty()) first = path;
      auto target = root_.link(path);
      if (!target) {
        add(path, {HostFile{root_.host(path)}, 0755, why});
        return first;
      }
      std::string next = target->starts_with('/') ? *target : join(*directory, *target);
      // The directories of the target are not in the guest if they are links themselves.
      auto next_directory = root_.real_directory(directory_of(next));
      if (!next_directory) break;
      next = join(*next_directory, next.substr(next.rfind('/') + 1));
      add(path,
          {Symlink{*next_directory == *directory ? next.substr(next.rfind('/') + 1) : next}, 0777, why});
      path = next;
    }
    return Error{Fault::Input, kElfMissingLibrary, "'" + path + "' is a link that leads nowhere", {}, {}};
  }

  void add(const std::string& path, RootfsNode node) { nodes_.try_emplace(path, std::move(node)); }

  Root root_;
  std::uint16_t machine_ = 0;
  std::string lib_;    // "lib/x86_64-linux-gnu"
  std::string cross_;  // "/usr/aarch64-linux-gnu/lib", on the host
  std::vector<Place> configured_, defaults_;
  std::set<std::string> looked_in_;  // the real directories where the guest's loader looks without being told
  std::set<std::string> found_;      // names that were found, and sonames
  std::set<std::string> given_;      // guest paths that are or were on the list
  std::deque<Loaded> todo_;
  std::map<std::string, RootfsNode, PathOrder> nodes_;
};

bool same(const RootfsNode& a, const RootfsNode& b) {
  if (const auto* left = std::get_if<HostFile>(&a.content)) {
    const auto* right = std::get_if<HostFile>(&b.content);
    std::error_code error;
    return right &&
           (left->path == right->path || std::filesystem::equivalent(left->path, right->path, error));
  }
  const auto *left = std::get_if<Symlink>(&a.content), *right = std::get_if<Symlink>(&b.content);
  return left && right && left->target == right->target;
}

}  // namespace

Result<std::vector<ElfClosureNode>> elf_closure(const std::vector<ElfObject>& objects,
                                                const ElfSearch& search) {
  return Closure(search).find(objects);
}

Result<void> add_elf_closure(Rootfs& rootfs, const std::vector<ElfObject>& objects, const ElfSearch& search) {
  FAASC_TRY(std::vector<ElfClosureNode> nodes, elf_closure(objects, search));
  for (ElfClosureNode& node : nodes) {
    const RootfsNode* present = rootfs.find(node.guest_path);
    if (present && same(*present, node.node)) continue;
    FAASC_CHECK(rootfs.add(std::move(node.guest_path), std::move(node.node)));
  }
  return {};
}

}  // namespace faasc
