#include "base/sha256.h"

// The plain functions are deprecated in favour of EVP, but EVP's provider machinery costs a millisecond at
// start and megabytes in a static link; faasc needs the one algorithm only.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include "base/file.h"

namespace faasc {

struct Sha256::State {
  SHA256_CTX context;
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  SHA256_Init(&state_->context);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::string_view bytes) {
  SHA256_Update(&state_->context, bytes.data(), bytes.size());
}

Sha256Digest Sha256::finish() {
  Sha256Digest digest;
  SHA256_Final(digest.data(), &state_->context);
  return digest;
}

Sha256Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

Result<Sha256Digest> sha256_of_file(const std::filesystem::path& path) {
  FAASC_TRY(Fd fd, open_for_reading(path));
  Sha256 hash;
  std::string buffer(std::size_t{256} * 1024, '\0');
  for (;;) {
    FAASC_TRY(std::size_t count, read_some(fd, buffer.data(), buffer.size(), path));
    if (count == 0) return hash.finish();
    hash.update(std::string_view(buffer.data(), count));
  }
}

std::string to_hex(const Sha256Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (std::uint8_t byte : digest) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

}  // namespace faasc
