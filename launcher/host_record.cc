#include "launcher/host_record.h"

#include <cerrno>
#include <charconv>

#include <sys/stat.h>

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"

namespace faasc {
namespace {

constexpr std::string_view kFirstLine = "faasc-host 1";
constexpr std::string_view kLastLine = "end";
constexpr std::size_t kMostBytes = 4096;

std::string moment_text(const HostMoment& moment) {
  return std::to_string(moment.counter) + " " + std::to_string(moment.time.count());
}

bool read_moment(std::string_view text, HostMoment& moment) {
  const char* end = text.data() + text.size();
  auto [after, error] = std::from_chars(text.data(), end, moment.counter);
  if (error != std::errc() || after == end || *after != ' ') return false;
  std::int64_t time = 0;
  auto [last, time_error] = std::from_chars(after + 1, end, time);
  moment.time = std::chrono::nanoseconds(time);
  return time_error == std::errc() && last == end;
}

}  // namespace

std::chrono::system_clock::time_point HostRecord::measured_at() const {
  return std::chrono::system_clock::time_point(
      std::chrono::duration_cast<std::chrono::system_clock::duration>(then.time));
}

std::string to_text(const HostRecord& record) {
  std::string text(kFirstLine);
  auto add = [&](std::string_view word, const std::string& value) {
    text.append("\n").append(word).append(" ").append(value);
  };
  add("about", record.about);
  add("value", record.value);
  add("boot", record.then.boot_id);
  add("system", record.then.system);
  add("processor", record.then.processor);
  add("before", moment_text(record.before));
  add("then", moment_text(record.then));
  return text.append("\n").append(kLastLine).append("\n");
}

std::optional<HostRecord> read_host_record(std::string_view text) {
  auto next = [&]() -> std::optional<std::string_view> {
    std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
  };
  auto after = [&](std::string_view word) -> std::optional<std::string_view> {
    auto line = next();
    if (!line || line->size() <= word.size() || !line->starts_with(word) || (*line)[word.size()] != ' ')
      return std::nullopt;
    return line->substr(word.size() + 1);
  };
  HostRecord record;
  if (next() != kFirstLine) return std::nullopt;
  auto about = after("about"), value = after("value"), boot = after("boot"), system = after("system"),
       processor = after("processor"), before = after("before"), then = after("then");
  if (!about || !value || !boot || !system || !processor || !before || !then) return std::nullopt;
  if (!read_moment(*before, record.before) || !read_moment(*then, record.then)) return std::nullopt;
  if (next() != kLastLine || !text.empty()) return std::nullopt;
  record.about = *about;
  record.value = *value;
  record.then.boot_id = *boot;
  record.then.system = *system;
  record.then.processor = *processor;
  return record;
}

std::optional<HostRecord> recall(const std::filesystem::path& file, std::string_view about,
                                 const HostMoment& now, std::chrono::nanoseconds oldest) {
  // Whatever else may be at this place is neither waited for nor followed.
  Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!fd) return std::nullopt;
  struct stat status{};
  if (::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode) || status.st_uid != ::geteuid() ||
      status.st_size > static_cast<off_t>(kMostBytes))
    return std::nullopt;
  std::string text(kMostBytes, '\0');
  std::size_t size = 0;
  for (;;) {
    auto count = read_some(fd, text.data() + size, text.size() - size, file);
    if (!count) return std::nullopt;
    if (*count == 0) break;
    size += *count;
  }
  auto record = read_host_record(std::string_view(text).substr(0, size));
  if (!record || record->about != about || !has_gone_on(record->before, record->then, now))
    return std::nullopt;
  if (now.time - record->then.time > oldest) return std::nullopt;
  return record;
}

Result<void> keep(const std::filesystem::path& file, const HostRecord& record) {
  return write_file(file, to_text(record), 0644);
}

}  // namespace faasc
