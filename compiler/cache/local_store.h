#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compiler/cache/action_result.h"

namespace faasc {

/// What a store holds, in bytes as the file system counts them.
struct StoreContents {
  std::uint64_t actions = 0, blobs = 0, bytes = 0;
};

/// A content-addressed store in a directory, in the terms of Bazel's caches:
///
///   v1/ac/ab/ab12…   the ActionResult of the step with this key
///   v1/cas/ab/ab12…  a blob, called by its SHA-256
///   v1/digests       FileDigests
///   v1/size          how many bytes all of it takes, roughly
///   v1/lock          held while that is changed
///   v1/tmp/          what is being fetched
///
/// Files appear whole and are never changed, so that builds share the directory without waiting for each
/// other, and one that is killed leaves nothing but, perhaps, a blob that nobody names. Reading one moves its
/// time; the ones that were not read for the longest time go first.
///
/// Nothing in it is believed: a blob's bytes are held against its name whenever it is taken. A damaged one is
/// removed, and counts as one that is not there. Safe for threads as far as const functions go.
class LocalStore {
 public:
  LocalStore(std::filesystem::path directory, std::uint64_t most_bytes);

  const std::filesystem::path& root() const { return root_; }
  std::uint64_t most_bytes() const { return most_bytes_; }

  /// Makes the directories. An error where nothing can be written there.
  Result<void> prepare() const;

  std::optional<ActionResult> action(std::string_view key) const;
  std::optional<std::string> blob_text(const BlobName& blob) const;
  bool has_blob(const BlobName& blob) const;

  /// Copies a blob to `destination`, which appears whole or not at all, sharing blocks where the file system
  /// can. False where it is not there, or was damaged; an error is the destination's.
  Result<bool> take_blob(const BlobName& blob, const std::filesystem::path& destination, unsigned mode) const;

  /// The number of bytes by which the store grew is added to `grown`.
  Result<void> put_action(std::string_view key, const ActionResult& result, std::uint64_t& grown) const;
  Result<BlobName> put_file(const std::filesystem::path& file, std::uint64_t& grown) const;
  Result<BlobName> put_text(std::string_view text, std::uint64_t& grown) const;

  std::filesystem::path action_path(std::string_view key) const;
  std::filesystem::path blob_path(std::string_view sha256) const;
  /// A name for something that is being fetched, in the store's file system.
  std::filesystem::path temporary_path() const;
  /// Takes a fetched file, which is gone afterwards. False where it is not what its name says.
  Result<bool> adopt_blob(const std::filesystem::path& fetched, const BlobName& blob,
                          std::uint64_t& grown) const;

  /// Accounts for what was added, and makes room where there is too much: down to four fifths.
  void account(std::uint64_t grown) const;

  Result<StoreContents> contents() const;
  /// Removes all of it; what a build is just writing may stay.
  Result<StoreContents> clear() const;
  struct Damage {
    std::filesystem::path file;
    std::string what;
  };
  /// Reads all of it, and removes what is not what it says.
  Result<std::vector<Damage>> verify() const;

 private:
  void make_room() const;
  std::filesystem::path root_;
  std::uint64_t most_bytes_;
};

}  // namespace faasc
