#include "packager/rootfs/host_directory.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "packager/rootfs/codes.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;

std::string_view kind_of(mode_t mode) {
  if (S_ISFIFO(mode)) return "a FIFO";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

class Walk {
 public:
  Result<Rootfs> walk(const fs::path& directory) {
    FAASC_CHECK(add_below(directory.string(), ""));
    return std::move(rootfs_);
  }

 private:
  Result<void> add_below(const std::string& host, const std::string& guest) {
    FAASC_CHECK(check_interrupt());
    FAASC_TRY(std::vector<std::string> names, names_in(host));
    for (const std::string& name : names) {
      std::string path = host + "/" + name, guest_path = guest + "/" + name;
      struct stat status{};
      if (::lstat(path.c_str(), &status) != 0) return io_error("read", path, errno);
      FAASC_TRY(RootfsNode node, node_of(path, guest_path, status));
      FAASC_CHECK(rootfs_.add(guest_path, std::move(node)));
      if (S_ISDIR(status.st_mode)) FAASC_CHECK(add_below(path, guest_path));
    }
    return {};
  }

  static Result<std::vector<std::string>> names_in(const std::string& directory) {
    struct Close {
      void operator()(DIR* opened) const { ::closedir(opened); }
    };
    std::unique_ptr<DIR, Close> opened(::opendir(directory.c_str()));
    if (!opened) return io_error("read", directory, errno);
    std::vector<std::string> names;
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(opened.get());
      if (!entry) break;
      std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return io_error("read", directory, errno);
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<RootfsNode> node_of(const std::string& path, const std::string& guest_path,
                             const struct stat& status) {
    RootfsNode node{.content = Directory{}, .mode = status.st_mode & 07777u, .why = {}};
    if (S_ISDIR(status.st_mode)) return node;
    if (S_ISLNK(status.st_mode)) {
      char target[PATH_MAX];
      ssize_t size = ::readlink(path.c_str(), target, sizeof target);
      if (size < 0) return io_error("read", path, errno);
      node.content = Symlink{std::string(target, static_cast<std::size_t>(size))};
      return node;
    }
    if (!S_ISREG(status.st_mode))
      return Error{
          Fault::Input,
          kUnfitHostFile,
          "'" + path + "' is " + std::string(kind_of(status.st_mode)) + ", which an image cannot hold",
          {},
          "leave it out; every kernel fills its own /dev"};
    node.content = HostFile{path};
    if (status.st_nlink > 1) {
      auto [first, is_first] = names_of_files_.try_emplace({status.st_dev, status.st_ino}, guest_path);
      if (!is_first) node.content = HardLink{first->second};
    }
    return node;
  }

  Rootfs rootfs_;
  std::map<std::pair<dev_t, ino_t>, std::string> names_of_files_;
};

}  // namespace

Result<Rootfs> rootfs_of_directory(const fs::path& directory) {
  return Walk().walk(directory).during("reading the tree '" + directory.string() + "'");
}

}  // namespace faasc
