#include "packager/disk/formats/zst_disk.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <unistd.h>
#include <zstd.h>

#include "base/file.h"
#include "base/interrupt.h"
#include "packager/disk/formats/block_map.h"
#include "packager/disk/formats/codes.h"
#include "packager/disk/formats/format_errors.h"
#include "packager/disk/formats/raw_disk.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

constexpr int kLevel =
    9;  // a build waits for it; whoever has the time takes 'zstd -19 --ultra' to the raw disk
constexpr std::size_t kPieceBytes = std::size_t{1} << 20;

struct FreeCompressor {
  void operator()(ZSTD_CCtx* context) const { ::ZSTD_freeCCtx(context); }
};
struct FreeDecompressor {
  void operator()(ZSTD_DCtx* context) const { ::ZSTD_freeDCtx(context); }
};

Error zstd_failed(std::size_t code) {
  return {Fault::Internal, kFormatDamaged, std::string("zstd: ") + ::ZSTD_getErrorName(code), {}, {}};
}

// A file that goes when its last descriptor is closed.
Result<Fd> temporary_file() {
  std::error_code error;
  fs::path directory = fs::temp_directory_path(error);
  if (error) directory = "/tmp";
  Fd file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file) return file;
  if (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL)
    return io_error("create a temporary file in", directory, errno);
  std::string name = (directory / "faasc-XXXXXX").string();
  Fd named(::mkostemp(name.data(), O_CLOEXEC));
  if (!named) return io_error("create a temporary file in", directory, errno);
  ::unlink(name.c_str());
  return named;
}

// Puts what comes out of the decompressor where it belongs; zeros stay holes.
class SparseFile {
 public:
  SparseFile(const Fd& file, std::uint64_t limit) : file_(file), limit_(limit) {}

  std::uint64_t size() const { return at_; }
  bool is_full() const { return at_ > limit_; }

  Result<void> append(std::string_view bytes) {
    at_ += bytes.size();
    if (is_full()) return {};
    std::uint64_t offset = at_ - bytes.size();
    while (!bytes.empty()) {
      std::string_view page = bytes.substr(0, kPage - offset % kPage);
      if (!is_all_zeros(page)) FAASC_CHECK(write_all_at(file_, page, offset, "a temporary file"));
      offset += page.size();
      bytes.remove_prefix(page.size());
    }
    return {};
  }

  Result<void> finish() {
    if (::ftruncate(file_.get(), static_cast<off_t>(at_)) != 0)
      return io_error("write", "a temporary file", errno);
    return {};
  }

 private:
  static constexpr std::size_t kPage = 4096;
  const Fd& file_;
  std::uint64_t limit_, at_ = 0;
};

}  // namespace

Result<std::shared_ptr<const DiskContents>> open_zst(std::shared_ptr<const ByteSource> file,
                                                     const std::string& name) {
  std::unique_ptr<ZSTD_DCtx, FreeDecompressor> context(::ZSTD_createDCtx());
  if (!context) std::abort();  // no memory
  FAASC_TRY(Fd unpacked, temporary_file());
  SparseFile sparse(unpacked, kMaxDiskBytes);
  std::string in(kPieceBytes, '\0'), out(kPieceBytes, '\0');
  std::size_t needed = 1;  // 0: a frame has ended, and its checksum was right
  for (std::uint64_t at = 0; at < file->size();) {
    FAASC_CHECK(check_interrupt());
    ZSTD_inBuffer input{in.data(), std::min<std::uint64_t>(in.size(), file->size() - at), 0};
    FAASC_CHECK(file->read_at(at, in.data(), input.size));
    at += input.size;
    // A full output buffer may mean that there is more to come of the same input.
    for (bool more = true; more || input.pos < input.size;) {
      ZSTD_outBuffer output{out.data(), out.size(), 0};
      needed = ::ZSTD_decompressStream(context.get(), &output, &input);
      if (::ZSTD_isError(needed))
        return damaged(name, std::string("it does not unpack: ") + ::ZSTD_getErrorName(needed));
      FAASC_CHECK(sparse.append({out.data(), output.pos}));
      if (sparse.is_full())
        return Error{Fault::Input,
                     kFormatTooLarge,
                     "'" + name + "' unpacks to more than " + std::to_string(kMaxDiskBytes) + " bytes",
                     {},
                     {}};
      more = output.pos == output.size && needed != 0;
    }
  }
  if (needed != 0) return damaged(name, "its end is missing");
  FAASC_CHECK(sparse.finish());
  return open_raw_disk(std::move(unpacked), name);
}

Result<std::uint64_t> write_zst(const DiskContents& disk, SequentialOutput& out) {
  std::unique_ptr<ZSTD_CCtx, FreeCompressor> context(::ZSTD_createCCtx());
  if (!context) std::abort();  // no memory
  ::ZSTD_CCtx_setParameter(context.get(), ZSTD_c_compressionLevel, kLevel);
  ::ZSTD_CCtx_setParameter(context.get(), ZSTD_c_checksumFlag, 1);
  ::ZSTD_CCtx_setPledgedSrcSize(context.get(), disk.size());
  std::string in(kPieceBytes, '\0'), packed(::ZSTD_CStreamOutSize(), '\0');
  std::uint64_t at = 0;
  do {
    FAASC_CHECK(check_interrupt());
    ZSTD_inBuffer input{in.data(), std::min<std::uint64_t>(in.size(), disk.size() - at), 0};
    FAASC_CHECK(disk.read_at(at, in.data(), input.size));
    at += input.size;
    bool last = at == disk.size();
    for (std::size_t left = 1; last ? left != 0 : input.pos < input.size;) {
      ZSTD_outBuffer output{packed.data(), packed.size(), 0};
      left = ::ZSTD_compressStream2(context.get(), &output, &input, last ? ZSTD_e_end : ZSTD_e_continue);
      if (::ZSTD_isError(left)) return zstd_failed(left);
      FAASC_CHECK(out.write({packed.data(), output.pos}));
    }
  } while (at < disk.size());
  FAASC_CHECK(out.flush());
  return out.position();
}

}  // namespace faasc
