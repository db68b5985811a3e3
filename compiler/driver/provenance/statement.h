#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "compiler/build/pins.h"

namespace faasc {

/// A file, and what it holds.
struct DigestedFile {
  std::string name;
  std::string sha256;  ///< hexadecimal
};

/// How an image came to be. https://slsa.dev/spec/v1.0/provenance in an in-toto statement,
/// https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md.
struct Provenance {
  std::vector<DigestedFile>
      subjects;  ///< the image first, then what lies beside it; names without directories
  std::string function, handler, runtime, kernel;
  std::vector<DigestedFile> materials;  ///< what was read, by a URI that no host's directories are in
  std::vector<Pin> pins;                ///< the same of what others made
  std::string faasc_version;
  /// "2026-11-28T05:10:00Z"; empty: nobody asked for it, and the same build gives the same bytes.
  std::string finished_on;
};

inline constexpr std::string_view kStatementType = "https://in-toto.io/Statement/v1";
inline constexpr std::string_view kProvenanceType = "https://slsa.dev/provenance/v1";

/// Where an image's provenance lies unless somebody says otherwise: IMAGE.provenance.json.
std::filesystem::path provenance_path(const std::filesystem::path& image);

/// JSON, with a line break at its end.
std::string to_statement(const Provenance& provenance);

/// The subjects of a statement that is a provenance; FAASC0876 for anything else. `path` is for the message.
Result<std::vector<DigestedFile>> subjects_of(std::string_view statement, const std::filesystem::path& path);

/// What the build that wrote this image read. FAASC0883 where that has changed since, so that nobody can tell
/// any more, and where there is no record of the build.
Result<Provenance> provenance_of(const std::filesystem::path& image);

}  // namespace faasc
