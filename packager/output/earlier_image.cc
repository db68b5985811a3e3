#include "packager/output/earlier_image.h"

#include <charconv>

#include <sys/stat.h>

#include <fcntl.h>

namespace faasc {
namespace {

constexpr std::string_view kSchema = "faasc places 1\n";

template <typename Number>
void append_number(std::string& out, Number number) {
  char digits[24];
  auto [end, error] = std::to_chars(digits, digits + sizeof digits, number);
  out.append(digits, end);
  out += ' ';
}

template <typename Number>
bool take_number(std::string_view& text, Number& number) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end == text.data() + text.size() || *end != ' ') return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

void append_stamp(std::string& out, const FileStamp& stamp) {
  append_number(out, stamp.inode);
  append_number(out, stamp.size_bytes);
  append_number(out, stamp.modified_ns);
  append_number(out, stamp.changed_ns);
}

bool take_stamp(std::string_view& text, FileStamp& stamp) {
  return take_number(text, stamp.inode) && take_number(text, stamp.size_bytes) &&
         take_number(text, stamp.modified_ns) && take_number(text, stamp.changed_ns);
}

std::optional<FileStamp> stamp_of_descriptor(const Fd& fd) {
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0) return std::nullopt;
  return stamp_of(status);
}

}  // namespace

std::string ImagePlaces::to_text() const {
  std::string out(kSchema);
  append_stamp(out, image);
  out += '\n';
  for (const auto& [path, place] : files) {
    append_stamp(out, place.stamp);
    append_number(out, place.offset_bytes);
    out += path;
    out += '\0';
  }
  // A file that was cut short would otherwise look like one with fewer files.
  out += "end\n";
  return out;
}

std::optional<ImagePlaces> ImagePlaces::parse(std::string_view text) {
  if (!text.starts_with(kSchema) || !text.ends_with("end\n")) return std::nullopt;
  text.remove_prefix(kSchema.size());
  text.remove_suffix(4);
  ImagePlaces places;
  if (!take_stamp(text, places.image) || !text.starts_with('\n')) return std::nullopt;
  text.remove_prefix(1);
  while (!text.empty()) {
    Place place;
    if (!take_stamp(text, place.stamp) || !take_number(text, place.offset_bytes)) return std::nullopt;
    std::size_t end = text.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    places.files.emplace_hint(places.files.end(), text.substr(0, end), place);
    text.remove_prefix(end + 1);
  }
  return places;
}

std::optional<EarlierImage> EarlierImage::open(const std::filesystem::path& path, ImagePlaces places) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) return std::nullopt;
  EarlierImage earlier(std::move(fd), path, std::move(places));
  if (!earlier.still_good()) return std::nullopt;
  return earlier;
}

bool EarlierImage::still_good() const {
  std::optional<FileStamp> stamp = stamp_of_descriptor(fd_);
  return stamp && stamp->exists() && *stamp == places_.image;
}

std::optional<std::uint64_t> EarlierImage::find(std::string_view host_path, const FileStamp& stamp) const {
  auto found = places_.files.find(host_path);
  if (found == places_.files.end() || found->second.stamp != stamp) return std::nullopt;
  if (found->second.offset_bytes > places_.image.size_bytes ||
      stamp.size_bytes > places_.image.size_bytes - found->second.offset_bytes)
    return std::nullopt;
  return found->second.offset_bytes;
}

}  // namespace faasc
