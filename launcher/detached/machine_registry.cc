#include "launcher/detached/machine_registry.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "launcher/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr const char* kMachineFile = "machine.json";
constexpr const char* kLockFile = "lock";
constexpr std::size_t kEndedToKeep = 16;
constexpr std::uint64_t kFileLimit = std::uint64_t{1} << 20;

Result<std::string> new_id() {
  unsigned char bytes[4];
  if (::getrandom(bytes, sizeof bytes, 0) != static_cast<ssize_t>(sizeof bytes))
    return io_error("read", "random numbers", errno);
  char text[9];
  std::snprintf(text, sizeof text, "%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3]);
  return std::string(text);
}

bool is_id(const std::string& name) {
  return name.size() == 8 && name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::optional<DetachedMachine> read_entry(const fs::path& directory) {
  auto text = read_file(directory / kMachineFile, kFileLimit);
  return text ? parse_detached_machine(*text) : std::nullopt;
}

/// Whether somebody holds the lock. A keeper takes it before others can see the entry.
bool is_locked(const fs::path& directory) {
  Fd file(::open((directory / kLockFile).c_str(), O_RDONLY | O_CLOEXEC));
  return file && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

std::string ids_of(const std::vector<const DetachedMachine*>& machines) {
  std::string text;
  for (const DetachedMachine* machine : machines)
    text += (text.empty() ? "" : ", ") + machine->id + " at " + machine->url;
  return text;
}

}  // namespace

Result<MachineRegistry> MachineRegistry::open(
    const std::function<std::optional<std::string>(std::string_view)>& environment) {
  std::optional<std::string> runtime = environment("XDG_RUNTIME_DIR");
  fs::path base = runtime && !runtime->empty() ? fs::path(*runtime) / "faasc"
                                               : fs::path("/tmp/faasc-" + std::to_string(::geteuid()));
  return open_directory(base / "machines");
}

Result<MachineRegistry> MachineRegistry::open_directory(const fs::path& directory) {
  fs::path base = directory.parent_path();
  FAASC_CHECK(make_directories(base.parent_path()));
  for (const fs::path& one : {base, directory}) {
    if (::mkdir(one.c_str(), 0700) != 0 && errno != EEXIST) return io_error("create", one, errno);
    struct stat status{};
    if (::lstat(one.c_str(), &status) != 0) return io_error("read", one, errno);
    if (!S_ISDIR(status.st_mode) || status.st_uid != ::geteuid() || (status.st_mode & 0022) != 0)
      return Error{Fault::Io,
                   kRegistryNotOurs,
                   "'" + one.string() + "' is not a directory that only this user can write to",
                   {},
                   "remove it, or set XDG_RUNTIME_DIR to a directory of your own"};
  }
  return MachineRegistry(directory);
}

std::optional<DetachedMachine> MachineRegistry::read(const std::string& id) const {
  return read_entry(directory_ / id);
}

bool MachineRegistry::is_kept(const std::string& id) const {
  return is_locked(directory_ / id);
}

Result<void> MachineRegistry::remove(const std::string& id) const {
  std::error_code error;
  fs::remove_all(directory_ / id, error);
  if (error) return io_error("remove", directory_ / id, error.value());
  return {};
}

Result<MachineRegistry::Listing> MachineRegistry::list() const {
  Listing listing;
  std::error_code error;
  for (fs::directory_iterator entry(directory_, error), end; !error && entry != end; entry.increment(error)) {
    std::string name = entry->path().filename().string();
    // One that is not published yet begins with a dot; if its keeper is gone, so is its use.
    if (name.starts_with(".") && is_id(name.substr(1))) {
      if (fs::exists(entry->path() / kLockFile) && !is_locked(entry->path())) (void)remove(name);
      continue;
    }
    if (!is_id(name)) continue;
    bool kept = is_locked(entry->path());
    // Read after that: what a keeper writes last is there once its lock is free.
    std::optional<DetachedMachine> machine = read_entry(entry->path());
    if (kept && machine) {
      listing.machines.push_back(std::move(*machine));
    } else if (!kept) {
      bool ended = machine && machine->end;
      if (!ended) FAASC_CHECK(remove(name));
      if (machine) (ended ? listing.machines : listing.lost).push_back(std::move(*machine));
    }
  }
  if (error) return io_error("read", directory_, error.value());
  std::sort(listing.machines.begin(), listing.machines.end(),
            [](const DetachedMachine& a, const DetachedMachine& b) {
              return std::tie(a.started_s, a.id) < std::tie(b.started_s, b.id);
            });
  return listing;
}

Result<DetachedMachine> MachineRegistry::find(const Listing& listing, std::string_view name_or_id) {
  std::vector<const DetachedMachine*> running, ended;
  for (const DetachedMachine& machine : listing.machines) {
    if (machine.id == name_or_id) return machine;
    if (machine.name == name_or_id) (machine.end ? ended : running).push_back(&machine);
  }
  // Of those that ended, the last one is what is asked for.
  if (running.empty() && !ended.empty()) return *ended.back();
  if (running.size() == 1) return *running.front();
  if (running.empty())
    return Error{
        Fault::Usage,
        kNoSuchMachine,
        "no machine '" + std::string(name_or_id) + "' runs in the background",
        {},
        listing.machines.empty() ? "'faasc run --detach' starts one" : "'faasc ps' lists those that do"};
  return Error{Fault::Usage,
               kSeveralMachines,
               std::to_string(running.size()) + " machines are called '" + std::string(name_or_id) + "'",
               {},
               "name one by its id: " + ids_of(running)};
}

Result<MachineEntry> MachineEntry::create(const MachineRegistry& registry) {
  FAASC_TRY(std::string id, new_id());
  fs::path directory = registry.directory_ / ("." + id);
  if (::mkdir(directory.c_str(), 0700) != 0) return io_error("create", directory, errno);
  Fd lock(::open((directory / kLockFile).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  MachineEntry entry(std::move(id), directory, std::move(lock));
  if (!entry.lock_ || ::flock(entry.lock_.get(), LOCK_EX | LOCK_NB) != 0)
    return io_error("lock", directory / kLockFile, errno);
  return entry;
}

MachineEntry::MachineEntry(MachineEntry&& other) noexcept
    : id_(std::move(other.id_)),
      directory_(std::exchange(other.directory_, {})),
      lock_(std::move(other.lock_)),
      published_(other.published_) {}

MachineEntry::~MachineEntry() {
  std::error_code ignored;
  if (!directory_.empty() && !published_) fs::remove_all(directory_, ignored);
}

Result<void> MachineEntry::publish(const MachineRegistry& registry, const DetachedMachine& machine) {
  FAASC_CHECK(update(machine));
  fs::path published = registry.directory_of(id_);
  if (::rename(directory_.c_str(), published.c_str()) != 0) return io_error("create", published, errno);
  directory_ = published;
  published_ = true;
  FAASC_TRY(MachineRegistry::Listing listing, registry.list());
  std::size_t ended = 0;
  for (auto one = listing.machines.rbegin(); one != listing.machines.rend(); ++one)
    if (one->end && ++ended > kEndedToKeep) FAASC_CHECK(registry.remove(one->id));
  return {};
}

Result<void> MachineEntry::update(const DetachedMachine& machine) const {
  return write_file(directory_ / kMachineFile, to_json(machine), 0600);
}

}  // namespace faasc
