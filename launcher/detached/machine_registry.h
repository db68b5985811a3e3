#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "launcher/detached/detached_machine.h"

namespace faasc {

/// The detached machines of this user on this host: a directory for each, named by its id, with
///
///   machine.json    what is known of it (DetachedMachine), written whole whenever that changes
///   lock            held by the machine's keeper as long as it lives: flock(2)
///   console.log     what the guest printed last, and console.log.1 what it printed before that (BoundedLog)
///
/// A keeper that died without a word has left an entry whose lock is free and that does not say how the
/// machine ended. Whoever looks removes it: the machine itself has died with its keeper.
class MachineRegistry {
 public:
  /// $XDG_RUNTIME_DIR/faasc/machines, or /tmp/faasc-UID/machines where there is no such variable. Made if
  /// need be, and refused where it is somebody else's or open to others.
  static Result<MachineRegistry> open(
      const std::function<std::optional<std::string>(std::string_view)>& environment);
  static Result<MachineRegistry> open_directory(const std::filesystem::path& directory);

  struct Listing {
    std::vector<DetachedMachine> machines;  ///< the first that was started comes first; those that ended, too
    std::vector<DetachedMachine> lost;      ///< whose keeper was killed; their entries are gone now
  };
  Result<Listing> list() const;

  /// The one machine of `listing` with that id or name; one that runs counts before those that ended. None,
  /// and more than one, are errors.
  static Result<DetachedMachine> find(const Listing& listing, std::string_view name_or_id);

  /// As it is now. Nothing where the entry is gone.
  std::optional<DetachedMachine> read(const std::string& id) const;
  /// Whether the machine's keeper lives.
  bool is_kept(const std::string& id) const;
  Result<void> remove(const std::string& id) const;
  std::filesystem::path directory_of(const std::string& id) const { return directory_ / id; }

 private:
  friend class MachineEntry;
  explicit MachineRegistry(std::filesystem::path directory) : directory_(std::move(directory)) {}
  std::filesystem::path directory_;
};

/// An entry of the registry in the hands of the machine's keeper, which holds its lock. Nobody sees it before
/// publish(); if it comes to that never, the destructor removes it.
class MachineEntry {
 public:
  static Result<MachineEntry> create(const MachineRegistry& registry);
  MachineEntry(MachineEntry&& other) noexcept;
  MachineEntry& operator=(MachineEntry&&) = delete;
  ~MachineEntry();

  const std::string& id() const { return id_; }
  const std::filesystem::path& directory() const { return directory_; }
  /// Makes it one that others find. Of those that ended, the oldest beyond a few go.
  Result<void> publish(const MachineRegistry& registry, const DetachedMachine& machine);
  /// What is known has changed.
  Result<void> update(const DetachedMachine& machine) const;

 private:
  MachineEntry(std::string id, std::filesystem::path directory, Fd lock)
      : id_(std::move(id)), directory_(std::move(directory)), lock_(std::move(lock)) {}
  std::string id_;
  std::filesystem::path directory_;
  Fd lock_;
  bool published_ = false;
};

}  // namespace faasc
