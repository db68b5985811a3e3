#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compiler/python/helper.h"

namespace faasc::python {

/// What the last build found out, so that an edit of one source costs one start of an interpreter, and an
/// edit of data none: the facts of every source by its digest, and what was staged for what they import. One
/// JSON file in the work directory; without it, or with one of another version, everything is found out
/// again.
class KnownSources {
 public:
  /// `key` stands for the interpreter, faasc's scripts and whatever else decides the facts.
  static KnownSources load(const std::filesystem::path& file, std::string key);

  /// The facts of a source, by its path and the digest of its bytes; null where they are not known, or the
  /// byte code is gone.
  const std::string* facts(const std::string& path, std::string_view digest) const;
  void set_facts(const std::string& path, std::string digest, std::string facts);

  /// stage.py's answer to this question about sources that import the same; null where it was not asked.
  const std::string* staged(std::string_view question) const;
  void set_staged(std::string question, std::string answer);

  /// Sources that are not among `paths` are forgotten.
  Result<void> save(const std::vector<std::string>& paths) const;

 private:
  struct Known {
    std::string digest, facts;
  };
  std::filesystem::path file_;
  std::string key_, question_, answer_;
  std::map<std::string, Known> sources_;
};

/// Whether every file that the answer names is still there.
bool all_there(const Staged& staged);

}  // namespace faasc::python
