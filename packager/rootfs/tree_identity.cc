#include "packager/rootfs/tree_identity.h"

#include <algorithm>
#include <variant>

#include "base/endian.h"

namespace faasc {

std::array<std::uint8_t, 16> as_uuid(const Sha256Digest& digest) {
  std::array<std::uint8_t, 16> uuid;
  std::copy_n(digest.begin(), uuid.size(), uuid.begin());
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0f) | 0x80);
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3f) | 0x80);
  return uuid;
}

void TreeIdentity::add(std::uint64_t number) {
  le64 bytes(number);
  hash_.update({reinterpret_cast<const char*>(&bytes), sizeof bytes});
}

void TreeIdentity::add(std::string_view text) {
  add(std::uint64_t{text.size()});
  hash_.update(text);
}

void TreeIdentity::add_node(std::string_view path, std::uint32_t mode, std::uint64_t size_bytes,
                            const RootfsNode* source) {
  add(path);
  add(std::uint64_t{mode});
  add(size_bytes);
  if (!source) return;
  if (const auto* link = std::get_if<Symlink>(&source->content)) add(link->target);
  if (const auto* file = std::get_if<InlineBytes>(&source->content)) add(file->bytes);
}

}  // namespace faasc
