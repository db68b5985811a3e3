#include "compiler/driver/provenance/statement.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "base/sha256.h"
#include "compiler/build/build_place.h"
#include "compiler/build/build_record.h"
#include "compiler/driver/installation.h"
#include "compiler/driver/provenance/codes.h"
#include "compiler/driver/version.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::ordered_json;

Json digest_of(const std::string& sha256) {
  return {{"sha256", sha256}};
}

std::string hex_of_base64(std::string_view text) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  unsigned bits = 0, count = 0;
  for (char c : text) {
    std::size_t value = kLetters.find(c);
    if (value == std::string_view::npos) break;
    bits = (bits << 6 | static_cast<unsigned>(value)) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    unsigned byte = bits >> count & 0xff;
    out += {kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

Json digest_of(const Pin& pin) {
  std::size_t colon = pin.digest.find(':');
  std::string algorithm = pin.digest.substr(0, colon), value = pin.digest.substr(colon + 1);
  // https://github.com/in-toto/attestation/blob/main/spec/v1/digest_set.md: go.sum's hash of a module
  if (algorithm == "h1") {
    algorithm = "goModuleH1";
    value = hex_of_base64(value);
  }
  return {{algorithm, value}};
}

// A path as a part of a URI, https://www.rfc-editor.org/rfc/rfc3986#section-3.3.
std::string uri_path(std::string_view path) {
  constexpr std::string_view kPlain = "-._~!$&'()*+,;=:@/";
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (char c : path) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte < 0x80 && std::isalnum(byte)) || kPlain.find(c) != std::string_view::npos;
    if (plain)
      out += c;
    else
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

std::string uri_of(const Pin& pin) {
  if (pin.kind == "wheel") return "pkg:pypi/" + pin.name + "@" + pin.version;
  if (pin.kind == "module") return "pkg:golang/" + pin.name + "@" + pin.version;
  if (pin.kind == "library") return "file://" + uri_path(pin.name);
  return "faasc:" + pin.kind + "/" + uri_path(pin.name) + (pin.version.empty() ? "" : "@" + pin.version);
}

bool is_below(const fs::path& path, const fs::path& directory) {
  return !directory.empty() &&
         std::mismatch(directory.begin(), directory.end(), path.begin(), path.end()).first == directory.end();
}

Error cannot_tell(const fs::path& image, const std::string& why) {
  return Error{
      Fault::Input,
      kOriginUnknown,
      "nobody can tell what '" + image.string() + "' was made of: " + why,
      {},
      "build it again, and ask for its provenance before anything changes; name the project's directory "
      "to have both done in one"};
}

Result<DigestedFile> digested(const fs::path& file, std::string name) {
  FAASC_TRY(Sha256Digest digest, sha256_of_file(file));
  return DigestedFile{std::move(name), to_hex(digest)};
}

Error not_a_statement(const fs::path& path, const std::string& why) {
  return Error{Fault::Input,
               kNotAProvenance,
               "'" + path.string() + "' is no provenance of an image: " + why,
               {},
               "'faasc provenance' writes one"};
}

}  // namespace

fs::path provenance_path(const fs::path& image) {
  return fs::path(image) += ".provenance.json";
}

std::string to_statement(const Provenance& provenance) {
  Json subjects = Json::array(), dependencies = Json::array();
  for (const DigestedFile& file : provenance.subjects)
    subjects.push_back({{"name", file.name}, {"digest", digest_of(file.sha256)}});
  for (const DigestedFile& file : provenance.materials)
    dependencies.push_back({{"uri", file.name}, {"digest", digest_of(file.sha256)}});
  for (const Pin& pin : provenance.pins) {
    Json dependency{{"uri", uri_of(pin)}};
    if (!pin.digest.empty()) dependency["digest"] = digest_of(pin);
    dependencies.push_back(std::move(dependency));
  }
  Json metadata = Json::object();
  if (!provenance.finished_on.empty()) metadata["finishedOn"] = provenance.finished_on;
  Json run{{"builder", {{"id", "urn:faasc:local"}, {"version", {{"faasc", provenance.faasc_version}}}}}};
  if (!metadata.empty()) run["metadata"] = std::move(metadata);
  Json statement{{"_type", kStatementType},
                 {"subject", std::move(subjects)},
                 {"predicateType", kProvenanceType},
                 {"predicate",
                  {{"buildDefinition",
                    {{"buildType", "urn:faasc:build:v1"},
                     {"externalParameters",
                      {{"function", provenance.function},
                       {"runtime", provenance.runtime},
                       {"handler", provenance.handler},
                       {"kernel", provenance.kernel}}},
                     {"resolvedDependencies", std::move(dependencies)}}},
                   {"runDetails", std::move(run)}}}};
  return statement.dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

Result<std::vector<DigestedFile>> subjects_of(std::string_view text, const fs::path& path) {
  Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return not_a_statement(path, "it is not JSON");
  if (json.value("_type", Json()) != kStatementType)
    return not_a_statement(path, "its type is not '" + std::string(kStatementType) + "'");
  if (json.value("predicateType", Json()) != kProvenanceType)
    return not_a_statement(path, "its predicate is not '" + std::string(kProvenanceType) + "'");
  std::vector<DigestedFile> subjects;
  const Json list = json.value("subject", Json());
  if (!list.is_array() || list.empty()) return not_a_statement(path, "it has no subject");
  for (const Json& subject : list) {
    const Json name = subject.is_object() ? subject.value("name", Json()) : Json();
    const Json digest = subject.is_object() ? subject.value("digest", Json()) : Json();
    if (!name.is_string() || !digest.is_object() || !digest.value("sha256", Json()).is_string())
      return not_a_statement(path, "a subject lacks its name or its sha256");
    subjects.push_back({name.get<std::string>(), digest.at("sha256").get<std::string>()});
  }
  return subjects;
}

Result<Provenance> provenance_of(const fs::path& image) {
  BuildPlace place = build_place_of_image(image);
  auto record = BuildRecord::load(place.record());
  if (!record) return cannot_tell(image, "there is no record of its build");
  if (auto changed = record->first_change()) return cannot_tell(image, *changed + " since it was built");

  Provenance provenance;
  provenance.faasc_version = std::string(kVersion);
  provenance.runtime = record->fact("language");
  provenance.handler = record->fact("handler");
  provenance.kernel = record->fact("kernel");
  provenance.function = record->fact("name");
  for (const fs::path& output : {place.image, place.spec}) {
    FAASC_TRY(DigestedFile file, digested(output, output.filename().string()));
    provenance.subjects.push_back(std::move(file));
  }
  FAASC_TRY(KernelStore store, KernelStore::open());
  FAASC_TRY(KernelStore::Resolved resolved, store.resolve(provenance.kernel));
  FAASC_TRY(provenance.pins, pins_of(record->inputs(), resolved.kernel));
  FAASC_TRY(Installation installation, Installation::find());
  fs::path project = record->fact("project");
  if (!project.has_filename()) project = project.parent_path();
  for (const std::string& input : record->inputs()) {
    std::error_code error;
    fs::path path(input);
    if (!fs::is_regular_file(path, error)) continue;
    std::string name;
    if (is_below(path, project)) {
      name = "file:" + uri_path(path.lexically_relative(project).string());
    } else if (is_below(path, installation.prefix())) {
      name = "faasc:" + uri_path(path.lexically_relative(installation.prefix()).string());
    } else if (is_below(path, resolved.kernel.directory) || input.find("/.cache/") != std::string::npos ||
               input.find("/pkg/mod/") != std::string::npos) {
      continue;  // pinned as a whole, or made of what is
    } else {
      name = "file://" + uri_path(input);
    }
    FAASC_TRY(DigestedFile file, digested(path, std::move(name)));
    // Pinned by a name that says more.
    std::string digest = "sha256:" + file.sha256;
    if (std::any_of(provenance.pins.begin(), provenance.pins.end(),
                    [&](const Pin& pin) { return pin.digest == digest; }))
      continue;
    provenance.materials.push_back(std::move(file));
  }
  std::sort(provenance.materials.begin(), provenance.materials.end(),
            [](const DigestedFile& a, const DigestedFile& b) { return a.name < b.name; });
  return provenance;
}

}  // namespace faasc
