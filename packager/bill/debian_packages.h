#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/result.h"

namespace faasc {

/// A package of this host's distribution.
struct DebianPackage {
  std::string name, version, architecture;
  std::string source, source_version;  ///< what it was built from
};

/// "pkg:deb/debian/libc6@2.36-9%2Bdeb12u7?arch=amd64&upstream=glibc%402.36-9", "debian" being the ID of
/// /etc/os-release.
std::string purl_of(const DebianPackage& package, const std::string& distribution);
/// The ID of /etc/os-release; "debian" where there is none.
std::string host_distribution();

/// Which package each of these files of the host belongs to, by dpkg's own records; absent for one of none.
/// Nothing at all where there is no dpkg.
Result<std::map<std::string, DebianPackage>> packages_of(const std::vector<std::string>& files);

/// A path without what a merged /usr puts in front of it: dpkg knows a file by the name its package gave it.
std::string other_name_of(const std::string& path);

/// Characters that have a meaning in a package URL as %XX.
std::string percent_encoded(const std::string& text);

}  // namespace faasc
