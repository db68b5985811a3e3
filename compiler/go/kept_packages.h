#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/go/facts.h"
#include "compiler/go/module_file.h"
#include "compiler/go/overlay.h"
#include "compiler/go/packages.h"
#include "compiler/go/toolchain.h"

namespace faasc::go {

/// What `go list` was asked, and what its answer depends on.
struct ListQuestion {
  const std::vector<std::string>& argv;
  const std::map<std::string, std::string>& environment;  ///< on top of ours
  const Toolchain& toolchain;
  const Module& module;
  const Facts& facts;
  const std::filesystem::path& directory;  ///< where the facts were found, absolute
  const Overlay& overlay;
};

/// The answer that keep_packages() put into `file`, if go would give the same again: nothing has changed in
/// what files there are beside each other, in what they import (the facts have that), in go.mod, go.sum,
/// the environment and the Go. An edit of a function's body changes none of these.
///
/// Nothing also where more decides the answer than is looked at: a workspace, vendored packages, a module
/// that is replaced by a directory, packages outside `directory`, embedded files, cgo.
std::optional<std::vector<ListedPackage>> kept_packages(const std::filesystem::path& file,
                                                        const ListQuestion& question);

/// Keeps an answer for the next build. `asked_ns` (file_clock_ns) is from before the facts were collected:
/// where something changed since, the answer may be to another question, and is not kept. That it cannot be
/// written is no failure; then it is asked for again.
void keep_packages(const std::filesystem::path& file, const ListQuestion& question,
                   const std::vector<ListedPackage>& packages, std::string_view answer,
                   std::int64_t asked_ns);

}  // namespace faasc::go
