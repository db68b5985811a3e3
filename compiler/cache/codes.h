#pragma once

// What is said of the caches: 0850 to 0869. None of it stops a build but a setting that makes no sense.

namespace faasc {

inline constexpr const char* kCacheUnusable = "FAASC0850";      // warning: cannot be written, or not be read
inline constexpr const char* kRemoteCacheFailed = "FAASC0851";  // warning: did without it from there on
inline constexpr const char* kBadCacheSetting = "FAASC0852";    // FAASC_CACHE_SIZE, a URL, a header file
inline constexpr const char* kCacheDamaged = "FAASC0853";       // cache verify found and removed something

}  // namespace faasc
