#include "compiler/cpp/link_messages.h"

#include <charconv>
#include <filesystem>
#include <optional>
#include <string>

#include "base/codes.h"
#include "base/file.h"
#include "compiler/cpp/codes.h"

// The three shapes of the same complaint (recorded from lld 19, mold 1.10 and binutils 2.40):
//   lld    ld.lld: error: undefined symbol: shop::missing()
//          >>> referenced by a.cc:4 (./src/a.cc:4)
//          >>>               /w/a.o:(main)
//          >>> did you mean: shop::missing(int)
//   mold   mold: error: undefined symbol: shop::missing()
//          >>> referenced by a.cc
//   GNU    /usr/bin/ld: ././src/a.cc:4: undefined reference to `shop::missing()'

namespace faasc::cpp {
namespace {

constexpr std::size_t kMaxFindings = 50;
constexpr std::size_t kMaxPlaces = 4;

std::optional<std::string_view> after(std::string_view line, std::string_view marker) {
  std::size_t at = line.find(marker);
  if (at == std::string_view::npos) return std::nullopt;
  return line.substr(at + marker.size());
}

std::string_view until(std::string_view text, std::string_view end) {
  return text.substr(0, text.find(end));
}

std::string readable(std::string_view symbol) {
  std::string out(symbol);
  for (std::string_view spelled :
       {"std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char>>",
        "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >"})
    for (std::size_t at; (at = out.find(spelled)) != std::string::npos;)
      out.replace(at, spelled.size(), "std::string");
  return out;
}

// "a.cc:4 (./src dir/a.cc:4)", "././a.cc:4", "a.cc", "a.cc:(.text+0x5)".
SourcePlace place_in(std::string_view text) {
  if (text.ends_with(')') && text.find(" (") != std::string_view::npos) {
    text = text.substr(text.find(" (") + 2);
    text.remove_suffix(1);
  }
  text = until(text, ":(");
  SourcePlace place;
  if (std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    std::string_view digits = text.substr(colon + 1);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), place.line);
    if (error == std::errc() && end == digits.data() + digits.size())
      text = text.substr(0, colon);
    else
      place.line = 0;
  }
  place.file = std::filesystem::path(text).lexically_normal().string();
  return place;
}

class LinkMessages {
 public:
  std::vector<Diagnostic> read(std::string_view text) {
    while (!text.empty()) {
      std::size_t end = text.find('\n');
      read_line(text.substr(0, end));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return std::move(findings_);
  }

 private:
  void read_line(std::string_view line) {
    if (line.empty()) {
      current_ = nullptr;
    } else if (line.starts_with(">>> ")) {
      read_detail(line.substr(4));
    } else if (auto undefined = after(line, "error: undefined symbol: ")) {
      start_undefined(*undefined);
    } else if (auto reference = after(line, ": undefined reference to `")) {
      start_undefined(until(*reference, "'"));
      add_place(place_of_gnu(line, ": undefined reference to `"), "referenced here too");
    } else if (auto duplicate = after(line, "error: duplicate symbol: ")) {
      // mold puts the two object files before the symbol.
      std::string_view symbol = *duplicate;
      if (line.starts_with("mold:"))
        for (int objects = 0; objects < 2 && symbol.find(".o: ") != std::string_view::npos; ++objects)
          symbol = symbol.substr(symbol.find(".o: ") + 4);
      start_duplicate(symbol);
    } else if (auto definition = after(line, ": multiple definition of `")) {
      start_duplicate(until(*definition, "'"));
      add_place(place_of_gnu(line, ": multiple definition of `"), {});
      if (auto first = after(line, "'; "))
        add_place(place_of_gnu(until(*first, ": first defined here"), {}), "also defined here");
    } else if (auto library = library_in(line)) {
      start(kCppLibraryMissing, "there is no static library '" + std::string(*library) + "'",
            "install the package that has lib" + std::string(*library) +
                ".a, or add its directory to 'build.cpp.link' as -L");
    } else if (auto warning = after(line, "warning: ")) {
      start({}, std::string(*warning), {});
      if (current_) current_->severity = Severity::Warning;
    } else if (line.find(": in function `") == std::string_view::npos &&
               line.find("linker command failed") == std::string_view::npos) {
      auto error = after(line, "error: ");
      std::string message(error ? *error : line);
      if (says_disk_is_full(message))
        start(kDiskFull, std::move(message), kMakeRoom);
      else
        start(kCppLinkFailed, std::move(message), {});
    }
  }

  void read_detail(std::string_view detail) {
    if (!current_) return;
    if (detail.starts_with("referenced by ")) {
      add_place(place_in(detail.substr(14)), "referenced here too");
    } else if (detail.starts_with("defined at ")) {
      add_place(place_in(detail.substr(11)), "also defined here");
    } else if (detail.starts_with("did you mean: ")) {
      current_->hint = "did you mean '" + readable(detail.substr(14)) + "'?";
    }
  }

  static std::optional<std::string_view> library_in(std::string_view line) {
    for (std::string_view marker : {"unable to find library -l", "library not found: ", "cannot find -l"})
      if (auto name = after(line, marker)) return until(*name, ": ");
    return std::nullopt;
  }

  // Without the name of the program and of the object file.
  static SourcePlace place_of_gnu(std::string_view line, std::string_view marker) {
    std::string_view text = marker.empty() ? line : until(line, marker);
    if (std::size_t at = text.find(": "); at != std::string_view::npos) text = text.substr(at + 2);
    if (auto source = after(text, ".o:")) text = *source;
    return place_in(text);
  }

  void start_undefined(std::string_view symbol) {
    start(kCppUndefinedSymbol, "'" + readable(symbol) + "' is used, but nothing defines it",
          "add the source that defines it to 'build.cpp.sources', or its library to 'build.cpp.link'");
  }

  void start_duplicate(std::string_view symbol) {
    start(kCppDuplicateSymbol, "'" + readable(symbol) + "' is defined twice",
          "declare it 'inline' or 'static', or leave one of the two files out with '!file' in "
          "'build.cpp.sources'");
  }

  // One finding per message: GNU ld repeats it at each use.
  void start(std::string_view code, std::string message, std::string hint) {
    for (Diagnostic& known : findings_)
      if (known.message == message) return void(current_ = &known);
    current_ = nullptr;
    if (findings_.size() >= kMaxFindings) return;
    Diagnostic finding;
    finding.code = code;
    finding.message = std::move(message);
    finding.hint = std::move(hint);
    findings_.push_back(std::move(finding));
    current_ = &findings_.back();
  }

  void add_place(SourcePlace place, std::string_view message) {
    if (!current_) return;
    if (current_->place.file.empty()) {
      current_->place = std::move(place);
    } else if (current_->notes.size() + 1 < kMaxPlaces) {
      Diagnostic note;
      note.severity = Severity::Note;
      note.message = message;
      note.place = std::move(place);
      current_->notes.push_back(std::move(note));
    }
  }

  std::vector<Diagnostic> findings_;
  Diagnostic* current_ = nullptr;  // the finding that ">>>" lines belong to
};

}  // namespace

std::vector<Diagnostic> read_link_messages(std::string_view text) {
  return LinkMessages().read(text);
}

}  // namespace faasc::cpp
