#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "packager/rootfs/file_list.h"

namespace faasc {

/// The files that `name` means: the one at that path, else the Python module of that dotted name, else those
/// that end in it ("libm.so.6", "flask/app.py").
std::vector<const ListedFile*> find_files(const std::vector<ListedFile>& files, std::string_view name);

/// What could have been meant: the files' names, and those of modules instead of their files'.
std::vector<std::string> names_in(const std::vector<ListedFile>& files);

/// Why a file is there, back to something that is there for its own sake: the file, what needs that one, and
/// so on. A reason that ends in the path or the name of another file of the list leads to it.
std::vector<const ListedFile*> reason_chain(const std::vector<ListedFile>& files, const ListedFile& file);

}  // namespace faasc
