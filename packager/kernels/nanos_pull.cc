#include "packager/kernels/nanos_pull.h"

#include <algorithm>
#include <cctype>
#include <system_error>

// The plain functions, for the same reason as in base/sha256.cc.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/md5.h>

#include "base/sha256.h"
#include "packager/kernels/codes.h"
#include "packager/kernels/http_request.h"
#include "packager/kernels/kernel_version.h"
#include "packager/kernels/nanos_release.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t kMaxTextBytes = 4096;
constexpr std::size_t kMd5Digits = 32;

Result<std::string> md5_of_file(const fs::path& path) {
  FAASC_TRY(Fd fd, open_for_reading(path));
  MD5_CTX context;
  MD5_Init(&context);
  std::string buffer(std::size_t{256} * 1024, '\0');
  for (;;) {
    FAASC_TRY(std::size_t count, read_some(fd, buffer.data(), buffer.size(), path));
    if (count == 0) break;
    MD5_Update(&context, buffer.data(), count);
  }
  unsigned char digest[MD5_DIGEST_LENGTH];
  MD5_Final(digest, &context);
  std::string hex;
  for (unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

/// The first line of a server's answer, as far as a message can show it.
std::string excerpt(std::string_view text) {
  std::string line(text.substr(0, std::min<std::size_t>(text.find('\n'), 60)));
  for (char& c : line)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  return line;
}

std::string_view first_word(std::string_view text) {
  std::size_t start = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  text.remove_prefix(start);
  return text.substr(0, text.find_first_of(" \t\r\n"));
}

Error not_what_was_published(const std::string& url, const std::string& what, const std::string& actual,
                             const std::string& expected) {
  return Error{Fault::Missing,
               kDownloadCorrupt,
               "'" + url + "' is not what was published: its " + what + " is " + actual + " where " +
                   expected + " is expected",
               {},
               "it was deleted; try again later, or pass --url to download from a mirror"};
}

Result<std::string> newest_version(const NanosPull& pull, const std::string& base) {
  std::string url = base + "/latest.txt";
  FAASC_TRY(std::string text, download_text(url, kMaxTextBytes, pull.download));
  std::string version(first_word(text));
  if (!is_release_number(version))
    return Error{Fault::Missing,
                 kDownloadCorrupt,
                 "'" + url + "' does not hold a version number: '" + excerpt(text) + "'",
                 {},
                 "name the version, as in `faasc kernel pull nanos@0.1.55`"};
  return version;
}

Result<std::string> published_md5(const NanosPull& pull, const std::string& url, const std::string& version,
                                  const std::string& base) {
  auto text = download_text(url, kMaxTextBytes, pull.download);
  if (!text && text.error().code == kNotPublished)
    return Error{Fault::Missing,
                 kNotPublished,
                 "Nanos '" + version + "' is not published at '" + base + "': '" + url + "' is not there",
                 {},
                 "run `faasc kernel pull nanos` for the newest release"};
  if (!text) return std::move(text).error();
  // As md5sum writes it, with or without the name of the file.
  std::string digest(first_word(*text));
  std::transform(digest.begin(), digest.end(), digest.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  if (digest.size() != kMd5Digits || digest.find_first_not_of("0123456789abcdef") != std::string::npos)
    return Error{Fault::Missing,
                 kDownloadCorrupt,
                 "'" + url + "' does not hold an MD5: '" + excerpt(*text) + "'",
                 {},
                 "try again later, or pass --url to download from a mirror"};
  return digest;
}

}  // namespace

Result<Added> pull_nanos(const KernelStore& store, const NanosPull& pull) {
  std::string base = pull.base_url;
  while (base.ends_with('/')) base.pop_back();
  std::string version = pull.version;
  if (version.empty()) {
    FAASC_CHECK(check_url(base));
    FAASC_TRY(version, newest_version(pull, base).during("asking for the newest Nanos"));
  }
  FAASC_CHECK(check_supported(KernelFamily::Nanos, version));
  KernelName name{KernelFamily::Nanos, version, pull.architecture};
  if (!pull.force && has_intact(store, name))
    return Added{std::move(name), StagedKernel::Outcome::AlreadyThere};

  FAASC_CHECK(check_url(base));
  std::string stem = base + "/" + version + "/nanos-release-linux-" + version +
                     (pull.architecture == kAarch64 ? "-virt" : "");
  std::string url = stem + ".tar.gz";
  std::string during = "pulling '" + full_name(name) + "'";
  FAASC_TRY(std::string md5, published_md5(pull, stem + ".md5", version, base).during(during));
  pull.say("downloading " + url);
  FAASC_TRY(PartFile archive, download_file(url, store.root() / ".downloads", pull.download).during(during));

  auto refuse = [&](const std::string& what, const std::string& actual, const std::string& expected) {
    std::move(archive).discard();
    Error error = not_what_was_published(url, what, actual, expected);
    error.during.push_back(during);
    return error;
  };
  FAASC_TRY(std::string actual_md5, md5_of_file(archive.path()));
  if (actual_md5 != md5) return refuse("MD5", actual_md5, md5);
  FAASC_TRY(Sha256Digest digest, sha256_of_file(archive.path()));
  if (!pull.sha256.empty() && to_hex(digest) != pull.sha256)
    return refuse("SHA-256", to_hex(digest), pull.sha256);

  FAASC_TRY(StagedKernel staged, StagedKernel::begin(store));
  auto usable = [&]() -> Result<void> {
    FAASC_CHECK(stage_nanos_release(archive.path(), staged.directory()));
    FAASC_TRY(KernelElf kernel, check_nanos_release(staged.directory(), url));
    if (kernel.architecture != pull.architecture)
      return Error{Fault::Missing,
                   kDownloadCorrupt,
                   "'" + url + "' is a release for " + kernel.architecture + " where " + pull.architecture +
                       " was asked for",
                   {},
                   "try again later, or pass --url to download from a mirror"};
    return {};
  };
  if (auto result = usable(); !result) {
    Error error = std::move(result).error();
    // The user knows the archive by its URL.
    std::string path = archive.path();
    for (std::size_t at = error.what.find(path); at != std::string::npos;
         at = error.what.find(path, at + url.size()))
      error.what.replace(at, path.size(), url);
    // It is what the server has; asking again would bring the same.
    if (error.fault == Fault::Input) std::move(archive).discard();
    error.during.push_back(during);
    return error;
  }
  KernelRecord facts;
  facts.family = KernelFamily::Nanos;
  facts.version = version;
  facts.architecture = pull.architecture;
  facts.origin = url;
  auto if_other = pull.force ? StagedKernel::IfOther::Replace : StagedKernel::IfOther::Refuse;
  FAASC_TRY(StagedKernel::Outcome outcome, std::move(staged).commit(store, facts, if_other).during(during));
  std::move(archive).discard();
  return Added{std::move(name), outcome};
}

}  // namespace faasc
