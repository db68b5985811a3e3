#include "compiler/cache/step_cache.h"

#include <algorithm>

#include <sys/stat.h>

#include "base/file.h"
#include "base/file_stamp.h"
#include "base/sha256.h"
#include "compiler/cache/codes.h"

// A list of inputs is a text:
//
//   faasc.inputs/1
//   f <sha256> <path>   a file's content
//   d <sha256> <path>   the names in a directory
//   a <path>            nothing is there
//
// Two entries are kept of each step, both ActionResults. That of its key has a file "inputs" for each list,
// the latest one first. That of key and list has the outputs, and a file "answer". Both say of which key they
// are.

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kListHeader = "faasc.inputs/1\n";
constexpr const char* kInputs = "inputs";
constexpr const char* kAnswer = "answer";
constexpr std::uint64_t kMostActionBytes = 4 << 20;
// Of one source, headers in so many states are kept apart.
constexpr std::size_t kMostLists = 8;

std::string result_key(const std::string& key, const BlobName& list) {
  return to_hex(sha256("faasc.result/1\n" + key + "\n" + list.sha256 + "\n"));
}

std::string signature_of(const std::string& key) {
  return "faasc " + key + "\n";
}

}  // namespace

StepCache::StepCache(Options options)
    : store_(options.directory, options.most_bytes),
      keep_all_(options.keep_all),
      digests_(store_.root() / "digests") {
  if (options.remote) remote_ = std::make_unique<RemoteCache>(std::move(*options.remote));
}

StepCache::~StepCache() = default;

std::string StepCache::key(std::string_view kind, std::string_view text) {
  return to_hex(sha256("faasc.step/1\n" + std::string(kind) + "\n" + std::string(text)));
}

void StepCache::warn(std::string_view code, std::string message, std::string hint) {
  Diagnostic warning;
  warning.severity = Severity::Warning;
  warning.code = code;
  warning.message = std::move(message);
  warning.hint = std::move(hint);
  warnings_.push_back(std::move(warning));
}

bool StepCache::can_write() {
  std::lock_guard lock(mutex_);
  if (!writable_) {
    auto prepared = store_.prepare();
    writable_ = prepared.has_value();
    if (!prepared)
      warn(kCacheUnusable, "the cache of builds is left alone: " + prepared.error().what,
           "name a directory that can be written with FAASC_CACHE_DIR, or build with --no-cache");
  }
  return *writable_;
}

std::optional<StepInputs> StepCache::match(std::string_view list, const PathNames& names) {
  if (!list.starts_with(kListHeader)) return std::nullopt;
  list.remove_prefix(kListHeader.size());
  StepInputs inputs;
  while (!list.empty()) {
    const std::size_t end = list.find('\n');
    if (end == std::string_view::npos || end < 3) return std::nullopt;
    const std::string_view line = list.substr(0, end);
    list.remove_prefix(end + 1);
    if (line.starts_with("a ")) {
      fs::path path = names.path_of(line.substr(2));
      if (stamp_of(path).exists()) return std::nullopt;
      inputs.absent.push_back(std::move(path));
      continue;
    }
    constexpr std::size_t kPathAt = 2 + 64 + 1;
    if (line.size() <= kPathAt) return std::nullopt;
    const std::string_view digest = line.substr(2, 64);
    fs::path path = names.path_of(line.substr(kPathAt));
    if (line[0] == 'f') {
      if (digests_.of(path) != digest) return std::nullopt;
      inputs.files.push_back(std::move(path));
    } else if (line[0] == 'd') {
      if (FileDigests::of_names(path) != digest) return std::nullopt;
      inputs.directories.push_back(std::move(path));
    } else {
      return std::nullopt;
    }
  }
  return inputs;
}

std::optional<std::string> StepCache::list_of(const StepInputs& inputs, const PathNames& names,
                                              std::int64_t started_ns) {
  std::vector<std::string> lines;
  auto add = [&](std::string line) {
    // Nothing that cannot be told from another list.
    if (line.find('\n') != std::string::npos) return false;
    lines.push_back(std::move(line));
    return true;
  };
  for (const fs::path& path : inputs.files) {
    const FileStamp stamp = stamp_of(path);
    if (stamp.changed_ns >= started_ns || stamp.modified_ns >= started_ns) return std::nullopt;
    auto digest = digests_.of(path);
    if (!digest || !add("f " + *digest + " " + names.name_of(path))) return std::nullopt;
  }
  for (const fs::path& path : inputs.own) {
    auto digest = digests_.of(path);
    if (!digest || !add("f " + *digest + " " + names.name_of(path))) return std::nullopt;
  }
  for (const fs::path& path : inputs.directories) {
    auto digest = FileDigests::of_names(path);
    if (!digest || !add("d " + *digest + " " + names.name_of(path))) return std::nullopt;
  }
  for (const fs::path& path : inputs.absent) {
    if (stamp_of(path).exists()) return std::nullopt;
    if (!add("a " + names.name_of(path))) return std::nullopt;
  }
  std::sort(lines.begin(), lines.end());
  lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
  std::string text(kListHeader);
  for (const std::string& line : lines) text.append(line).append("\n");
  return text;
}

std::optional<KeptStep> StepCache::take(const ActionResult& result, const StepPlaces& places) {
  KeptStep kept;
  const ActionResult::File* answer = result.find(kAnswer);
  if (!answer) return std::nullopt;
  auto text = store_.blob_text(answer->blob);
  if (!text) return std::nullopt;
  kept.answer = std::move(*text);
  // All or nothing, as far as a look at the names can tell; the bytes are checked on the way.
  for (const ActionResult::File& file : result.files)
    if (!store_.has_blob(file.blob)) return std::nullopt;
  for (const auto& [name, path] : places(kept.answer)) {
    const ActionResult::File* file = result.find("out/" + name);
    if (!file) continue;
    auto taken = store_.take_blob(file->blob, path, file->executable ? 0755 : 0644);
    if (!taken || !*taken) return std::nullopt;
    kept.outputs.push_back(name);
  }
  return kept;
}

std::optional<KeptStep> StepCache::find_here(const std::string& key, const PathNames& names,
                                             const StepPlaces& places) {
  auto lists = store_.action(key);
  if (!lists || lists->standard_output != signature_of(key)) return std::nullopt;
  for (const ActionResult::File& list : lists->files) {
    auto text = store_.blob_text(list.blob);
    if (!text) continue;
    auto inputs = match(*text, names);
    if (!inputs) continue;
    const std::string second = result_key(key, list.blob);
    auto result = store_.action(second);
    if (!result || result->standard_output != signature_of(second)) continue;
    auto kept = take(*result, places);
    if (!kept) continue;
    kept->inputs = std::move(*inputs);
    return kept;
  }
  return std::nullopt;
}

std::optional<KeptStep> StepCache::find(const std::string& key, const PathNames& names,
                                        const StepOutputs& outputs) {
  return find(key, names, [&](std::string_view) { return outputs; });
}

std::optional<KeptStep> StepCache::find(const std::string& key, const PathNames& names,
                                        const StepPlaces& places) {
  auto kept = find_here(key, names, places);
  bool remote = false;
  if (!kept && remote_ && can_write() && fetch(key, names)) {
    kept = find_here(key, names, places);
    remote = kept.has_value();
  }
  std::lock_guard lock(mutex_);
  ++(!kept ? counts_.misses : remote ? counts_.remote_hits : counts_.hits);
  return kept;
}

std::optional<KeptStep> StepCache::look(const std::string& key, const PathNames& names) {
  return find_here(key, names, [](std::string_view) { return StepOutputs{}; });
}

bool StepCache::is_worth_keeping(std::uint64_t bytes, std::int64_t taken_ns, double share) const {
  // What is read, digested and written in a second.
  constexpr double kBytesPerNanosecond = 0.4;
  return keep_all_ ||
         static_cast<double>(bytes) / kBytesPerNanosecond <= static_cast<double>(taken_ns) * share;
}

std::optional<ActionResult> StepCache::fetch_action(const std::string& key) {
  const fs::path file = store_.temporary_path();
  std::optional<ActionResult> result;
  if (remote_->get(RemoteCache::Kind::ActionResult, key, file, kMostActionBytes)) {
    if (auto bytes = read_file(file, kMostActionBytes)) result = parse_action_result(*bytes);
    if (!result || result->standard_output != signature_of(key)) {
      result.reset();
      remote_->fail("what it has for ac/" + key.substr(0, 8) + "… is no result of that step");
    }
  }
  std::error_code ignored;
  fs::remove(file, ignored);
  return result;
}

bool StepCache::fetch_blob(const BlobName& blob) {
  if (store_.has_blob(blob)) return true;
  const fs::path file = store_.temporary_path();
  std::uint64_t grown = 0;
  bool sound = false;
  if (remote_->get(RemoteCache::Kind::Blob, blob.sha256, file, blob.size_bytes)) {
    auto adopted = store_.adopt_blob(file, blob, grown);
    sound = adopted && *adopted;
    if (adopted && !sound)
      remote_->fail("what it has for cas/" + blob.sha256.substr(0, 8) + "… is not what its name says");
  }
  std::error_code ignored;
  fs::remove(file, ignored);
  std::lock_guard lock(mutex_);
  grown_ += grown;
  if (sound) there_.insert(blob.sha256);
  return sound;
}

bool StepCache::fetch(const std::string& key, const PathNames& names) {
  auto lists = fetch_action(key);
  if (!lists) return false;
  ActionResult merged;
  merged.standard_output = signature_of(key);
  bool fits = false;
  for (ActionResult::File& list : lists->files) {
    if (merged.files.size() >= kMostLists || !fetch_blob(list.blob)) continue;
    merged.files.push_back(list);
    auto text = fits ? std::nullopt : store_.blob_text(list.blob);
    if (!text || !match(*text, names)) continue;
    const std::string second = result_key(key, list.blob);
    auto result = fetch_action(second);
    if (!result || !std::all_of(result->files.begin(), result->files.end(),
                                [&](const ActionResult::File& file) { return fetch_blob(file.blob); }))
      continue;
    std::uint64_t grown = 0;
    fits = store_.put_action(second, *result, grown).has_value();
    std::lock_guard lock(mutex_);
    grown_ += grown;
  }
  // What is known here, too, so that neither side forgets what the other has.
  if (auto before = store_.action(key); before && before->standard_output == merged.standard_output)
    for (ActionResult::File& file : before->files)
      if (merged.files.size() < kMostLists &&
          std::none_of(merged.files.begin(), merged.files.end(),
                       [&](const ActionResult::File& other) { return other.blob == file.blob; }))
        merged.files.push_back(std::move(file));
  std::uint64_t grown = 0;
  const bool stored = store_.put_action(key, merged, grown).has_value();
  std::lock_guard lock(mutex_);
  grown_ += grown;
  return fits && stored;
}

void StepCache::keep(const std::string& key, const PathNames& names, const StepInputs& inputs,
                     const StepOutputs& outputs, std::string_view answer, std::int64_t started_ns) {
  // A clock that went backwards has no say in what changed since.
  if (file_clock_ns() < started_ns || !can_write()) return;
  auto text = list_of(inputs, names, started_ns);
  if (!text) return;
  std::uint64_t grown = 0;
  auto store = [&]() -> Result<void> {
    FAASC_TRY(BlobName list, store_.put_text(*text, grown));
    const std::string second = result_key(key, list);
    ActionResult result;
    result.standard_output = signature_of(second);
    FAASC_TRY(BlobName said, store_.put_text(answer, grown));
    result.files.push_back({kAnswer, said, false});
    for (const auto& [name, path] : outputs) {
      struct stat status{};
      if (::stat(path.c_str(), &status) != 0) continue;
      FAASC_TRY(BlobName blob, store_.put_file(path, grown));
      result.files.push_back({"out/" + name, blob, (status.st_mode & 0100) != 0});
    }
    // From the blobs up, so that whatever is named is there.
    FAASC_CHECK(store_.put_action(second, result, grown));
    ActionResult lists;
    lists.standard_output = signature_of(key);
    lists.files.push_back({kInputs, list, false});
    if (auto before = store_.action(key); before && before->standard_output == lists.standard_output)
      for (ActionResult::File& file : before->files)
        if (!(file.blob == list) && lists.files.size() < kMostLists) lists.files.push_back(std::move(file));
    FAASC_CHECK(store_.put_action(key, lists, grown));
    if (!remote_) return {};
    auto send = [&](const BlobName& blob) {
      if (std::lock_guard lock(mutex_); !there_.insert(blob.sha256).second) return;
      remote_->put(RemoteCache::Kind::Blob, blob.sha256, store_.blob_path(blob.sha256));
    };
    send(list);
    for (const ActionResult::File& file : result.files) send(file.blob);
    remote_->put(RemoteCache::Kind::ActionResult, second, store_.action_path(second));
    remote_->put(RemoteCache::Kind::ActionResult, key, store_.action_path(key));
    return {};
  };
  auto stored = store();
  std::lock_guard lock(mutex_);
  grown_ += grown;
  if (stored || !*writable_) return;
  writable_ = false;
  warn(kCacheUnusable, "nothing more is kept in the cache of builds: " + stored.error().what,
       "make room there, or lower FAASC_CACHE_SIZE and run 'faasc cache clean'");
}

void StepCache::settle() {
  if (remote_)
    if (auto failure = remote_->finish()) {
      std::lock_guard lock(mutex_);
      warn(kRemoteCacheFailed, "went on without the remote cache: " + *failure,
           "the build is right, and what it made is kept here; correct FAASC_REMOTE_CACHE, or leave it out");
    }
  std::uint64_t grown = 0;
  {
    std::lock_guard lock(mutex_);
    if (writable_ && !*writable_) return;
    grown = std::exchange(grown_, 0);
  }
  digests_.save();
  store_.account(grown);
}

std::vector<Diagnostic> StepCache::take_warnings() {
  std::lock_guard lock(mutex_);
  return std::exchange(warnings_, {});
}

StepCache::Counts StepCache::counts() {
  std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace faasc
