#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/build/function_build.h"
#include "packager/rootfs/file_list.h"
#include "packager/spec/vm_spec.h"

namespace faasc {

/// What was decided about a function, and from what.
struct Inspection {
  const BuiltFunction& built;
  const VmSpec& spec;
  const std::vector<ListedFile>& files;
};

/// For people; with the files one by one where `list_files`, else by reason with the largest first.
std::string to_text(const Inspection& inspection, bool list_files);

/// The members of the result with `--format json`, as JSON text by name.
std::map<std::string, std::string> to_json_members(const Inspection& inspection);

}  // namespace faasc
