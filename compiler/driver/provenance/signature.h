#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace faasc {

// Detached signatures of a file, made and checked by the programs that people have their keys for: ssh-keygen
// (namespace "faasc", https://man.openbsd.org/ssh-keygen#Y) and minisign
// (https://jedisct1.github.io/minisign/).

/// Whom to believe.
struct Signers {
  std::filesystem::path allowed;     ///< in ssh's format (ALLOWED SIGNERS); empty: none
  std::string identity;              ///< only this one of them; empty: any
  std::filesystem::path public_key;  ///< minisign's; empty: none
  bool empty() const { return allowed.empty() && public_key.empty(); }
};

/// Where the signature of `file` lies: file.sig of ssh, file.minisig of minisign.
std::filesystem::path ssh_signature_path(const std::filesystem::path& file);
std::filesystem::path minisign_signature_path(const std::filesystem::path& file);

/// Signs `file` with a private key of either program, told by its first line, or a public one whose private
/// half an ssh-agent has. The signature's path. FAASC0882 where that fails.
Result<std::filesystem::path> sign_file(const std::filesystem::path& file, const std::filesystem::path& key);

/// Who signed `file`; empty with minisign, whose key says nothing of it. An empty `signature` is the one
/// beside the file. FAASC0878: there is none; 0879: it is none; 0880: of nobody who is allowed; 0877: of
/// other bytes.
Result<std::string> verify_signature(const std::filesystem::path& file,
                                     const std::filesystem::path& signature, const Signers& signers);

}  // namespace faasc
