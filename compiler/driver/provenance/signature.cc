#include "compiler/driver/provenance/signature.h"

#include "base/file.h"
#include "base/process.h"
#include "compiler/driver/provenance/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr const char* kNamespace = "faasc";

std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    if (!line.empty()) lines.emplace_back(line);
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return lines;
}

Result<Finished> run_tool(std::vector<std::string> argv, std::string_view input = {}) {
  std::string program = argv.front();
  Command command{.argv = std::move(argv), .working_directory = {}, .environment = {{"LC_ALL", "C"}}};
  auto finished = run(command, {.input = input});
  if (!finished && finished.error().fault == Fault::Missing) {
    Error error = std::move(finished).error();
    error.hint =
        "install it: apt install " + std::string(program == "minisign" ? "minisign" : "openssh-client");
    return error;
  }
  return finished;
}

Result<void> need_file(const fs::path& file, const char* what) {
  std::error_code error;
  if (fs::is_regular_file(file, error)) return {};
  return Error{Fault::Input,
               kNothingSigned,
               std::string("there is no ") + what + " '" + file.string() + "'",
               {},
               "'faasc provenance --sign KEY' writes provenance and signature; keep them beside the image"};
}

Error not_a_signature(const fs::path& signature) {
  return Error{Fault::Input,
               kNotASignature,
               "'" + signature.string() + "' is no signature",
               {},
               "take the file that was written with the provenance; it may have been cut or altered"};
}

Error does_not_fit(const fs::path& file, const fs::path& signature) {
  return Error{
      Fault::Input,
      kSignatureDoesNotFit,
      "'" + signature.string() + "' does not sign what is in '" + file.string() + "'",
      {},
      "one of the two was altered: do not use the image, and get all three from where they were made"};
}

Error not_allowed(const fs::path& signature, const std::string& whom) {
  return Error{Fault::Input,
               kSignerNotAllowed,
               "'" + signature.string() + "' was made by none of " + whom,
               {},
               "add the signer, if you trust it, or get an image that was signed by one of them"};
}

Result<std::string> verify_with_ssh(const fs::path& file, const fs::path& signature, const Signers& signers) {
  FAASC_CHECK(need_file(signers.allowed, "list of signers"));
  FAASC_TRY(std::string bytes, read_file(file));
  FAASC_TRY(
      Finished shape,
      run_tool({"ssh-keygen", "-Y", "check-novalidate", "-n", kNamespace, "-s", signature.string()}, bytes));
  // What is no signature at all cannot be parsed; all else is told apart below.
  if (!shape.status.ok() && shape.err.find("incorrect signature") == std::string::npos &&
      shape.out.find("incorrect signature") == std::string::npos)
    return not_a_signature(signature);
  if (!shape.status.ok()) return does_not_fit(file, signature);
  FAASC_TRY(Finished found, run_tool({"ssh-keygen", "-Y", "find-principals", "-s", signature.string(), "-f",
                                      signers.allowed.string()}));
  std::string whom = "the signers in '" + signers.allowed.string() + "'";
  if (!found.status.ok()) return not_allowed(signature, whom);
  std::string identity = signers.identity.empty() ? first_line(found.out) : signers.identity;
  if (!signers.identity.empty()) whom = "'" + identity + "' in '" + signers.allowed.string() + "'";
  FAASC_TRY(Finished verified, run_tool({"ssh-keygen", "-Y", "verify", "-f", signers.allowed.string(), "-I",
                                         identity, "-n", kNamespace, "-s", signature.string()},
                                        bytes));
  // It fits the bytes, so that what fails is the person: another key, another namespace, a key that has
  // ended.
  if (!verified.status.ok()) {
    Error error = not_allowed(signature, whom);
    error.excerpt = lines_of(verified.err);
    return error;
  }
  return identity;
}

Result<std::string> verify_with_minisign(const fs::path& file, const fs::path& signature,
                                         const Signers& signers) {
  FAASC_CHECK(need_file(signers.public_key, "public key"));
  FAASC_TRY(Finished verified, run_tool({"minisign", "-V", "-p", signers.public_key.string(), "-m",
                                         file.string(), "-x", signature.string()}));
  if (verified.status.ok()) return std::string();
  std::string said = verified.err + verified.out;
  if (said.find("Signature key id") != std::string::npos)
    return not_allowed(signature, "the key '" + signers.public_key.string() + "'");
  if (said.find("verification failed") != std::string::npos) return does_not_fit(file, signature);
  Error error = not_a_signature(signature);
  error.excerpt = lines_of(said);
  return error;
}

}  // namespace

fs::path ssh_signature_path(const fs::path& file) {
  return fs::path(file) += ".sig";
}

fs::path minisign_signature_path(const fs::path& file) {
  return fs::path(file) += ".minisig";
}

Result<fs::path> sign_file(const fs::path& file, const fs::path& key) {
  FAASC_TRY(std::string text, read_file(key, 1 << 20).during("reading the key"));
  bool minisign = text.starts_with("untrusted comment:");
  fs::path signature = minisign ? minisign_signature_path(file) : ssh_signature_path(file);
  std::error_code ignored;
  fs::remove(signature, ignored);  // ssh-keygen asks before it writes over one
  // The trusted comment would be the time.
  std::vector<std::string> argv =
      minisign ? std::vector<std::string>{"minisign", "-S",
                                          "-s",       key.string(),
                                          "-m",       file.string(),
                                          "-x",       signature.string(),
                                          "-t",       "provenance of faasc"}
               : std::vector<std::string>{"ssh-keygen", "-Y", "sign",       "-n",
                                          kNamespace,   "-f", key.string(), file.string()};
  FAASC_TRY(Finished finished, run_tool(argv));
  std::error_code error;
  if (finished.status.ok() && fs::exists(signature, error)) return signature;
  return Error{Fault::Input,
               kNotSigned,
               "'" + file.string() + "' could not be signed with '" + key.string() + "'",
               {},
               minisign
                   ? "the key must be one without a password, for nobody is asked for it: minisign -G -W"
                   : "see that the file is a private key that ssh-keygen can use; one with a passphrase has "
                     "to be in ssh-agent, its public half is named then",
               lines_of(finished.err)};
}

Result<std::string> verify_signature(const fs::path& file, const fs::path& named, const Signers& signers) {
  bool minisign = signers.allowed.empty();
  fs::path signature = !named.empty() ? named
                       : minisign     ? minisign_signature_path(file)
                                      : ssh_signature_path(file);
  FAASC_CHECK(need_file(file, "provenance"));
  FAASC_CHECK(need_file(signature, "signature"));
  return minisign ? verify_with_minisign(file, signature, signers)
                  : verify_with_ssh(file, signature, signers);
}

}  // namespace faasc
