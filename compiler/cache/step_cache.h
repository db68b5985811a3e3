#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "base/result.h"
#include "compiler/cache/file_digests.h"
#include "compiler/cache/local_store.h"
#include "compiler/cache/path_names.h"
#include "compiler/cache/remote_cache.h"

namespace faasc {

/// What a step has read and found. All paths are absolute.
struct StepInputs {
  std::vector<std::filesystem::path> files;
  std::vector<std::filesystem::path> own;  ///< files, too: made by the build just now, and by nobody else
  std::vector<std::filesystem::path> directories;  ///< of which the names counted
  std::vector<std::filesystem::path> absent;       ///< looked for in vain
};

/// A step's outputs by names of its own: "object" → where it is, or is to be.
using StepOutputs = std::map<std::string, std::filesystem::path>;

/// The same where the step's answer says what outputs there are.
using StepPlaces = std::function<StepOutputs(std::string_view answer)>;

/// What was kept of a step that was done before.
struct KeptStep {
  std::string answer;  ///< as it was given to keep()
  StepInputs inputs;
  std::vector<std::string> outputs;  ///< the names of those that there were, all of which are in place
};

/// Steps that were done before, here or elsewhere, by all that decides their results.
///
/// What a step reads is known only after it was done. So its key is one of what is known before (the command,
/// the sources), and leads to lists of what was read then; the list whose every file has the same digest now
/// leads to the result, as in ccache's direct mode.
///
/// Nothing here fails: what cannot be kept or found is done again, and a store that cannot be used is told of
/// once. Safe for threads.
class StepCache {
 public:
  struct Options {
    std::filesystem::path directory;  ///< LocalStore's
    std::uint64_t most_bytes = 0;
    std::optional<RemoteCache::Options> remote;  ///< asked for what is not there, and told of what is new
    bool keep_all = false;                       ///< however quickly it was made
  };
  explicit StepCache(Options options);
  ~StepCache();
  StepCache(const StepCache&) = delete;
  StepCache& operator=(const StepCache&) = delete;

  /// `text` is all that is known before the step: its command with names for directories, and the digests of
  /// its sources.
  static std::string key(std::string_view kind, std::string_view text);

  /// Puts the outputs in place and returns what else there was. Outputs that the step did not have are left
  /// alone.
  std::optional<KeptStep> find(const std::string& key, const PathNames& names, const StepOutputs& outputs);
  std::optional<KeptStep> find(const std::string& key, const PathNames& names, const StepPlaces& places);

  /// As find(), but asks nobody elsewhere, puts nothing in place and is not counted: what a build would find.
  std::optional<KeptStep> look(const std::string& key, const PathNames& names);

  /// Whether keeping so many bytes takes that share at most of what making them took, so that what is made in
  /// no time pays nothing and fills nothing; always with Options::keep_all.
  bool is_worth_keeping(std::uint64_t bytes, std::int64_t taken_ns, double share) const;

  /// `started_ns`, file_clock_ns() from before the step: where an input changed since, nobody knows which
  /// content the step has read, and nothing is kept. `executable`: outputs with the permission to run.
  void keep(const std::string& key, const PathNames& names, const StepInputs& inputs,
            const StepOutputs& outputs, std::string_view answer, std::int64_t started_ns);

  FileDigests& digests() { return digests_; }

  /// Where faasc keeps whatever serves more than one build: the parent of Options::directory.
  std::filesystem::path shared_directory() const { return store_.root().parent_path().parent_path(); }

  /// Writes what was learned, makes room. To be called once, at the end.
  void settle();

  /// What is to be said of the cache itself; once.
  std::vector<Diagnostic> take_warnings();

  struct Counts {
    unsigned hits = 0, remote_hits = 0, misses = 0;
  };
  Counts counts();

 private:
  bool can_write();
  void warn(std::string_view code, std::string message, std::string hint);
  std::optional<StepInputs> match(std::string_view list, const PathNames& names);
  std::optional<std::string> list_of(const StepInputs& inputs, const PathNames& names,
                                     std::int64_t started_ns);
  std::optional<KeptStep> take(const ActionResult& result, const StepPlaces& places);
  std::optional<KeptStep> find_here(const std::string& key, const PathNames& names, const StepPlaces& places);
  /// Brings what is there for this key into the local store; false where there is nothing that fits.
  bool fetch(const std::string& key, const PathNames& names);
  std::optional<ActionResult> fetch_action(const std::string& key);
  bool fetch_blob(const BlobName& blob);

  LocalStore store_;
  const bool keep_all_;
  FileDigests digests_;
  std::unique_ptr<RemoteCache> remote_;  // null: there is none
  std::mutex mutex_;                     // guards what follows
  std::optional<bool> writable_;
  std::uint64_t grown_ = 0;
  std::set<std::string> there_;  // blobs that the remote cache has, or is being sent
  Counts counts_;
  std::vector<Diagnostic> warnings_;
};

}  // namespace faasc
