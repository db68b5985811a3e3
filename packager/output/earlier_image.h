#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/file.h"
#include "base/file_stamp.h"
#include "base/result.h"

namespace faasc {

/// Which files of the host lie where in an image, by the stamps they had when it was written, and the stamp
/// of the image itself. Kept in a file beside the image.
struct ImagePlaces {
  struct Place {
    FileStamp stamp;
    std::uint64_t offset_bytes = 0;  ///< in the image
    bool operator==(const Place&) const = default;
  };
  FileStamp image;
  std::map<std::string, Place, std::less<>> files;  ///< by path on the host

  /// One line of text for each file, a NUL at its end; and the other way round, nothing where the text is not
  /// what to_text makes.
  std::string to_text() const;
  static std::optional<ImagePlaces> parse(std::string_view text);
};

/// An image that was written earlier, from which another one takes what has not changed.
///
/// Whether a file's bytes are still the same is known by its stamp, and whether the image still holds them by
/// the image's: neither is read. So whoever writes by it asks still_good() at the end, and begins again
/// without it where the answer is no.
class EarlierImage {
 public:
  /// Nothing where the file is not the one that `places` is about, to the nanosecond.
  static std::optional<EarlierImage> open(const std::filesystem::path& path, ImagePlaces places);

  /// Where in the image the file lies whose stamp is now `stamp`.
  std::optional<std::uint64_t> find(std::string_view host_path, const FileStamp& stamp) const;

  /// Nothing has changed the image since it was opened.
  bool still_good() const;

  const Fd& fd() const { return fd_; }
  const std::filesystem::path& path() const { return path_; }

 private:
  EarlierImage(Fd fd, std::filesystem::path path, ImagePlaces places)
      : fd_(std::move(fd)), path_(std::move(path)), places_(std::move(places)) {}

  Fd fd_;
  std::filesystem::path path_;
  ImagePlaces places_;
};

}  // namespace faasc
