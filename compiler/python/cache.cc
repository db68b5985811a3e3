#include "compiler/python/cache.h"

#include <cstdlib>

#include "base/codes.h"

namespace faasc::python {

Result<std::filesystem::path> cache_directory() {
  namespace fs = std::filesystem;
  auto variable = [](const char* name) {
    const char* value = std::getenv(name);
    return fs::path(value ? value : "");
  };
  if (fs::path own = variable("FAASC_CACHE_DIR"); !own.empty()) return fs::absolute(own) / "python";
  if (fs::path cache = variable("XDG_CACHE_HOME"); cache.is_absolute()) return cache / "faasc/python";
  if (fs::path home = variable("HOME"); !home.empty()) return home / ".cache/faasc/python";
  return Error{
      .fault = Fault::Io,
      .code = kCannotAccessFile,
      .what = "there is no place for byte code: neither FAASC_CACHE_DIR, XDG_CACHE_HOME nor HOME is set",
      .during = {},
      .hint = "set FAASC_CACHE_DIR to a directory"};
}

}  // namespace faasc::python
