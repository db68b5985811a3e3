#include "compiler/build/function_identity.h"

#include "base/sha256.h"

namespace faasc {

Result<std::string> function_identity(const Program& program) {
  Sha256 hash;
  const std::string inside = program.working_directory + "/";
  for (const auto& [path, node] : program.rootfs.nodes()) {
    const bool own = program.working_directory != "/" && path.starts_with(inside);
    if (!own && path != program.executable) continue;
    // Bytes that lie in the tree are in the UUID already.
    const auto* file = std::get_if<HostFile>(&program.rootfs.behind(node).content);
    if (!file) continue;
    FAASC_TRY(Sha256Digest digest, sha256_of_file(file->path));
    hash.update(path + '\0' + to_hex(digest));
  }
  return to_hex(hash.finish());
}

}  // namespace faasc
