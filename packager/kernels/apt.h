#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace faasc {

// The distribution's packages, through apt's own programs: they know the mirrors, check signatures and
// digests, and need no root for what is asked of them here.

/// FAASC0635 where this host has no apt. `purpose` completes "cannot …: there is no apt-get on this host".
Result<void> check_apt(const std::string& purpose, const std::string& hint);

/// What apt knows of the newest version of a package (`apt-cache show`, deb-control(5)); nothing where it
/// does not know it.
Result<std::optional<std::string>> apt_record(const std::string& package);

/// One field of such a record; empty where it has none.
std::string apt_field(const std::string& record, const std::string& name);

/// The package names in a Depends field: "a (= 1), b | c" is a, b, c.
std::vector<std::string> apt_dependencies(const std::string& depends);

/// Downloads packages, "name" or "name=version", into `into`, which is created: the files, by name. FAASC0637
/// where apt fails.
Result<std::vector<std::filesystem::path>> apt_download(const std::vector<std::string>& packages,
                                                        const std::filesystem::path& into);

/// The packages whose names match `pattern`, a regular expression of apt's.
Result<std::vector<std::string>> apt_names(const std::string& pattern);

/// "12 MiB"
std::string in_mebibytes(std::uint64_t bytes);

}  // namespace faasc
