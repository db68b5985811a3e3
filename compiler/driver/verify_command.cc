#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/sha256.h"
#include "compiler/driver/commands.h"
#include "compiler/driver/provenance/codes.h"
#include "compiler/driver/provenance/signature.h"
#include "compiler/driver/provenance/statement.h"
#include "compiler/driver/session.h"
#include "compiler/driver/target.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

struct VerifyArguments {
  std::string image, provenance, signature;
  std::string allowed, identity, public_key;
};

Error differs(const fs::path& file, const fs::path& provenance) {
  return Error{Fault::Input,
               kImageDiffers,
               "'" + file.string() + "' is not what '" + provenance.string() +
                   "' was written for: its sha256 is another",
               {},
               "do not use it: it was changed after it was built, or belongs to another provenance"};
}

Result<int> verify_image(Session& session, const VerifyArguments& arguments) {
  fs::path image = arguments.image;
  fs::path provenance =
      arguments.provenance.empty() ? provenance_path(image) : fs::path(arguments.provenance);
  Signers signers{
      .allowed = arguments.allowed, .identity = arguments.identity, .public_key = arguments.public_key};
  // Nothing of the statement is believed before its signature was checked.
  std::string signer;
  if (!signers.empty()) {
    FAASC_TRY(signer, verify_signature(provenance, arguments.signature, signers));
  }
  std::error_code error;
  if (!fs::is_regular_file(provenance, error))
    return Error{Fault::Input,
                 kNothingSigned,
                 "there is no provenance '" + provenance.string() + "'",
                 {},
                 "'faasc provenance' writes it where the image is built; keep the two together"};
  FAASC_TRY(std::string text, read_file(provenance, std::uint64_t{64} << 20));
  FAASC_TRY(std::vector<DigestedFile> subjects, subjects_of(text, provenance));

  FAASC_TRY(Sha256Digest digest, sha256_of_file(image));
  std::string found = to_hex(digest);
  // An image may be renamed: what counts is what is in it.
  bool known = std::any_of(subjects.begin(), subjects.end(),
                           [&](const DigestedFile& subject) { return subject.sha256 == found; });
  if (!known) return differs(image, provenance);
  // The spec decides what is run with the image, so it is checked where it lies beside it.
  fs::path spec = vm_spec_path(fs::absolute(image));
  for (const DigestedFile& subject : subjects) {
    if (!subject.name.ends_with(".vm.json") || !fs::exists(spec, error)) continue;
    FAASC_TRY(Sha256Digest of_spec, sha256_of_file(spec));
    if (to_hex(of_spec) != subject.sha256) return differs(as_typed(spec), provenance);
  }
  session.set_result("sha256", nlohmann::json(found).dump());
  session.set_result("signed", signers.empty() ? "false" : "true");
  if (!signer.empty()) session.set_result("signer", nlohmann::json(signer).dump());
  session.console().say("'" + image.string() + "' is what its provenance says" +
                        (signers.empty()
                             ? "; no signature was checked, name the signers with --allowed-signers"
                         : signer.empty() ? ", and that was signed with '" + arguments.public_key + "'"
                                          : ", and that was signed by " + signer));
  return 0;
}

}  // namespace

Action configure_verify(CLI::App& app) {
  auto arguments = std::make_shared<VerifyArguments>();
  app.add_option("image", arguments->image, "the image")->type_name("IMAGE")->required();
  app.add_option("--provenance", arguments->provenance, "its provenance [IMAGE.provenance.json]")
      ->type_name("FILE");
  app.add_option("--signature", arguments->signature,
                 "the provenance's signature [beside it: .sig, .minisig]")
      ->type_name("FILE");
  auto* allowed = app.add_option("--allowed-signers", arguments->allowed,
                                 "whom to believe, in the format of ssh-keygen(1)")
                      ->type_name("FILE");
  app.add_option("--identity", arguments->identity, "only this one of them")
      ->type_name("NAME")
      ->needs(allowed);
  app.add_option("--public-key", arguments->public_key, "whom to believe: minisign's public key")
      ->type_name("FILE")
      ->excludes(allowed);
  return [arguments](Session& session) { return verify_image(session, *arguments); };
}

}  // namespace faasc
