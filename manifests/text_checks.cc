#include "manifests/text_checks.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <regex>
#include <string>

#include "base/diagnostics.h"
#include "manifests/advice.h"
#include "manifests/glob.h"
#include "manifests/ip_address.h"

namespace faasc {
namespace {

bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return is_lower(c) || (c >= 'A' && c <= 'Z');
}
bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

std::string did_you_mean(std::string_view word, const std::vector<std::string_view>& candidates) {
  std::string_view near = nearest(word, candidates);
  return near.empty() ? "" : "; did you mean '" + std::string(near) + "'?";
}

// The parts of a text between separators; false as soon as `each` says so.
template <typename Each>
bool for_each_part(std::string_view text, char separator, Each each) {
  while (true) {
    std::size_t end = text.find(separator);
    if (!each(text.substr(0, end))) return false;
    if (end == std::string_view::npos) return true;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::optional<Complaint> check_api_version(std::string_view text) {
  if (text == "faasc/v1") return std::nullopt;
  return Complaint{"is not supported; this faasc reads 'faasc/v1'", "write 'apiVersion: faasc/v1'"};
}

std::optional<Complaint> check_function_name(std::string_view text) {
  constexpr std::string_view kHint = "use lower-case letters, digits and '-', for example 'hello-world'";
  if (text.empty()) return Complaint{"is empty", std::string(kHint)};
  if (text.size() > 63)
    return Complaint{"has " + std::to_string(text.size()) + " characters; at most 63 are allowed", ""};
  for (char c : text) {
    if (!is_lower(c) && !is_digit(c) && c != '-') {
      bool visible = static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) < 0x7f;
      std::string which = c == ' '  ? "a space"
                          : visible ? "'" + std::string(1, c) + "'"
                                    : "a character that is not ASCII";
      return Complaint{"contains " + which, std::string(kHint)};
    }
  }
  if (text.front() == '-' || text.back() == '-')
    return Complaint{"begins or ends with '-'", std::string(kHint)};
  return std::nullopt;
}

std::optional<Complaint> check_runtime(std::string_view text) {
  std::size_t colon = text.find(':');
  std::string_view language = text.substr(0, colon);
  if (language != "cpp" && language != "python" && language != "go" && language != "binary") {
    std::string meant = meant_runtime(text);
    return Complaint{"is unknown" + (meant.empty() ? did_you_mean(language, {"cpp", "python", "go", "binary"})
                                                   : "; did you mean '" + meant + "'?"),
                     meant == "binary" ? "runtimes are cpp, python, go, and binary for a finished program"
                                       : "runtimes are cpp, python, go and binary"};
  }
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view version = text.substr(colon + 1);
  if (language == "binary")
    return Complaint{"has a version", "write 'binary' alone: the program is as it is"};
  if (language == "cpp") {
    constexpr std::string_view kStandards[] = {"11", "14", "17", "20", "23"};
    if (std::find(std::begin(kStandards), std::end(kStandards), version) == std::end(kStandards))
      return Complaint{"names no C++ standard", "write one of cpp:11, cpp:14, cpp:17, cpp:20, cpp:23"};
    return std::nullopt;
  }
  bool plausible =
      version.starts_with(language == "python" ? "3." : "1.") && version.size() > 2 &&
      is_digit(version.back()) &&
      std::all_of(version.begin(), version.end(), [](char c) { return is_digit(c) || c == '.'; }) &&
      version.find("..") == std::string_view::npos && version.size() <= 10;
  if (plausible) return std::nullopt;
  return Complaint{"names no version of " + std::string(language == "python" ? "Python" : "Go"),
                   language == "python" ? "write for example python:3.11" : "write for example go:1.22"};
}

std::optional<Complaint> check_handler(std::string_view text) {
  constexpr std::string_view kHint =
      "write a function's name: 'shop::price' (C++), 'main.handle' (Python), 'Handle' (Go)";
  if (text.empty()) return Complaint{"is empty", std::string(kHint)};
  if (text.ends_with("()")) {
    return Complaint{"is a call; the name alone is wanted",
                     "write '" + std::string(text.substr(0, text.size() - 2)) + "'"};
  }
  bool plausible = std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_' || c == ':' || c == '.' || c == '/' || c == '-' ||
           (c & 0x80) != 0;
  });
  if (!plausible || is_digit(text.front()))
    return Complaint{"is not the name of a function", std::string(kHint)};
  return std::nullopt;
}

std::optional<Complaint> check_module_name(std::string_view text) {
  bool at_start = true;
  for (char c : text) {
    bool letter = is_letter(c) || c == '_' || (c & 0x80) != 0;  // those of all scripts
    bool digit = is_digit(c);
    if (at_start ? !letter : !letter && !digit && c != '.')
      return Complaint{"is no name of a module", "write it as in an import: 'email.mime.text'"};
    at_start = c == '.';
  }
  if (at_start) return Complaint{"is no name of a module", "write it as in an import: 'email.mime.text'"};
  return std::nullopt;
}

std::optional<Complaint> check_not_empty(std::string_view text) {
  if (text.empty()) return Complaint{"is empty", "remove the key, or give it a value"};
  if (has_control(text)) return Complaint{"contains a control character", "keep it on one line"};
  return std::nullopt;
}

std::optional<Complaint> check_project_path(std::string_view text) {
  if (auto complaint = check_not_empty(text)) return complaint;
  if (text.front() == '/')
    return Complaint{"is an absolute path", "write a path relative to the directory of the manifest"};
  if (text.front() == '~')
    return Complaint{"begins with '~', which is not expanded here",
                     "write a path relative to the directory of the manifest"};
  int depth = 0;
  bool inside = for_each_part(text, '/', [&](std::string_view part) {
    if (part == "..") return --depth >= 0;
    if (!part.empty() && part != ".") ++depth;
    return true;
  });
  if (!inside)
    return Complaint{"leads out of the project", "move what it names into the project, next to the manifest"};
  return std::nullopt;
}

std::optional<Complaint> check_glob(std::string_view text) {
  if (auto complaint = check_not_empty(text)) return complaint;
  Result<Glob> glob = Glob::compile(text);
  if (glob) return std::nullopt;
  return Complaint{glob.error().what, glob.error().hint};
}

std::optional<Complaint> check_guest_path(std::string_view text) {
  if (text.empty() || text.front() != '/')
    return Complaint{"is not absolute", "begin the guest's path with '/'"};
  if (has_control(text)) return Complaint{"contains a control character", "keep it on one line"};
  if (text == "/") return Complaint{"is the root itself", "name a path below '/'"};
  if (text.size() > 4095) return Complaint{"is longer than 4095 bytes", ""};
  std::string problem;
  for_each_part(text.substr(1), '/', [&](std::string_view part) {
    if (part.empty()) problem = "contains an empty part";
    if (part == "." || part == "..") problem = "contains '" + std::string(part) + "'";
    if (part.size() > 255) problem = "contains a name of more than 255 bytes";
    return problem.empty();
  });
  if (!problem.empty())
    return Complaint{problem, "write it as the guest will see it, for example '/etc/app/allow.json'"};
  return std::nullopt;
}

std::optional<Complaint> check_cpp_flag(std::string_view text) {
  if (auto complaint = check_not_empty(text)) return complaint;
  if (text.front() != '-')
    return Complaint{"does not begin with '-'",
                     "sources go under build.cpp.sources, libraries under build.cpp.link"};
  constexpr std::string_view kDenied[] = {"-o", "-c", "-shared", "-static", "-pie", "-m32"};
  for (std::string_view denied : kDenied) {
    if (text == denied || (denied == "-o" && text.starts_with("-o") && !text.starts_with("-openmp"))) {
      return Complaint{"is not allowed: faasc decides what is compiled and how it is linked",
                       "remove the flag"};
    }
  }
  if (text.find(" -") != std::string_view::npos)
    return Complaint{"holds several flags", "write each as an item of its own: [-Wall, -O2]"};
  if (text.starts_with("-std="))
    return Complaint{"is not allowed here", "write the standard under build.cpp.standard"};
  return std::nullopt;
}

std::optional<Complaint> check_cpp_define(std::string_view text) {
  if (text.starts_with("-D"))
    return Complaint{"is written as a flag", "write '" + std::string(text.substr(2)) + "'"};
  if (is_variable_name(text.substr(0, text.find('=')))) return std::nullopt;
  return Complaint{"does not define a macro", "write 'NAME' or 'NAME=value'"};
}

bool is_variable_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_';
  });
}

std::optional<Complaint> check_variable_name(std::string_view text) {
  if (is_variable_name(text)) return std::nullopt;
  return Complaint{"is not a name of a variable", "use letters, digits and '_', with no digit first"};
}

std::optional<Complaint> check_kernel_choice(std::string_view text) {
  constexpr std::string_view kHint =
      "write auto, nanos, nanos@0.1.55, nanos-aarch64, linux, a version, or a path with a '/'";
  if (auto complaint = check_not_empty(text)) return complaint;
  if (text.find('/') != std::string_view::npos || text == "auto" || is_digit(text.front()))
    return std::nullopt;
  std::size_t at = text.find('@');
  std::string_view family = text.substr(0, at);
  if (family != "nanos" && family != "linux" && family != "nanos-aarch64" && family != "nanos-x86_64")
    return Complaint{"names no kernel" + did_you_mean(family, {"auto", "nanos", "linux", "nanos-aarch64"}),
                     std::string(kHint)};
  if (at != std::string_view::npos && at + 1 == text.size())
    return Complaint{"lacks the version after '@'", std::string(kHint)};
  return std::nullopt;
}

std::optional<Complaint> check_klib(std::string_view text) {
  std::vector<std::string_view> known(std::begin(kKnownKlibs), std::end(kKnownKlibs));
  if (std::find(known.begin(), known.end(), text) != known.end()) return std::nullopt;
  std::string list;
  for (std::string_view klib : known) list.append(list.empty() ? "" : ", ").append(klib);
  return Complaint{"is unknown" + did_you_mean(text, known), "klibs are " + list};
}

std::optional<Complaint> check_tuple_name(std::string_view text) {
  struct Owned {
    std::string_view name, instead;
  };
  constexpr Owned kOwned[] = {{"children", "files"},
                              {"program", "handler"},
                              {"arguments", "handler"},
                              {"environment", "env"},
                              {"klibs", "image.klibs"},
                              {"consoles", "image.consoles"},
                              {"coredumplimit", "image.coredumplimit"},
                              {"ipaddr", "network.address"},
                              {"netmask", "network.netmask"},
                              {"gateway", "network.gateway"},
                              {"debug_exit", ""},
                              {"imagesize", "image.size"},
                              {"boot", ""},
                              {"mounts", "mounts"},
                              {"readonly_rootfs", ""}};
  for (const Owned& owned : kOwned) {
    if (text != owned.name) continue;
    return Complaint{"is set by faasc",
                     owned.instead.empty() ? "remove it"
                                           : "use the key '" + std::string(owned.instead) + "' of this file"};
  }
  if (text.empty() || has_control(text)) return Complaint{"is not a name", "use letters, digits and '_'"};
  return std::nullopt;
}

std::optional<Complaint> check_console(std::string_view text) {
  if (text == "serial" || text == "vga" || text == "net") return std::nullopt;
  if (!text.empty() && (text.front() == '+' || text.front() == '-'))
    return Complaint{"has a sign", "name the consoles that are to be used; those that are not named are not"};
  return Complaint{"is unknown" + did_you_mean(text, {"serial", "vga", "net"}),
                   "consoles are serial, vga and net"};
}

std::optional<Complaint> check_ipv4_address(std::string_view text) {
  if (parse_ipv4(text)) return std::nullopt;
  return Complaint{"is not an IPv4 address", "write for example '10.0.2.2'"};
}

std::optional<Complaint> check_ip_address(std::string_view text) {
  if (is_ip_address(text)) return std::nullopt;
  return Complaint{"is not an IP address", "write for example '10.0.2.3' or 'fd00::3'; names do not do here"};
}

std::optional<Complaint> check_guest_address(std::string_view text) {
  constexpr std::string_view kHint = "write 'dhcp', or for example '10.0.2.15/24'";
  if (text == "dhcp") return std::nullopt;
  std::size_t slash = text.find('/');
  if (!parse_ipv4(text.substr(0, slash)))
    return Complaint{text.find(':') != std::string_view::npos
                         ? "is not an IPv4 address, and others cannot be set"
                         : "is not an IPv4 address",
                     std::string(kHint)};
  if (slash == std::string_view::npos) return std::nullopt;
  std::string_view prefix = text.substr(slash + 1);
  unsigned length = 0;
  auto [end, error] = std::from_chars(prefix.data(), prefix.data() + prefix.size(), length);
  if (error == std::errc{} && end == prefix.data() + prefix.size() && length >= 1 && length <= 30)
    return std::nullopt;
  return Complaint{"has a prefix length outside 1–30", std::string(kHint)};
}

std::optional<Complaint> check_guest_address6(std::string_view text) {
  constexpr std::string_view kHint = "write for example 'fd00::2/64'";
  std::size_t slash = text.find('/');
  std::string_view address = text.substr(0, slash);
  if (!is_ip_address(address) || parse_ipv4(address))
    return Complaint{"is not an IPv6 address", std::string(kHint)};
  std::string_view prefix = slash == std::string_view::npos ? "" : text.substr(slash + 1);
  unsigned length = 0;
  auto [end, error] = std::from_chars(prefix.data(), prefix.data() + prefix.size(), length);
  if (error == std::errc{} && end == prefix.data() + prefix.size() && length >= 1 && length <= 128)
    return std::nullopt;
  return Complaint{"has no prefix length in 1–128", std::string(kHint)};
}

std::optional<Complaint> check_network_device(std::string_view text) {
  constexpr std::size_t kMostBytes = 15;  // IFNAMSIZ, less its NUL
  const bool plain = !text.empty() && text.size() <= kMostBytes && text != "." && text != ".." &&
                     std::none_of(text.begin(), text.end(), [](char c) {
                       return c == '/' || c == ':' || static_cast<unsigned char>(c) <= ' ' || c == 0x7f;
                     });
  if (plain) return std::nullopt;
  return Complaint{"is not the name of a network device",
                   "write the name that 'ip link' shows, of at most 15 bytes"};
}

std::optional<Complaint> check_netmask(std::string_view text) {
  if (auto complaint = check_ipv4_address(text)) return complaint;
  if (prefix_of_netmask(*parse_ipv4(text))) return std::nullopt;
  return Complaint{"is not the mask of a network", "write for example '255.255.255.0'"};
}

std::optional<Complaint> check_host_name(std::string_view text) {
  constexpr std::string_view kHint = "use letters, digits, '-' and '.'";
  bool plain = !text.empty() && text.size() <= 253 && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.';
  });
  plain = plain && for_each_part(text, '.', [](std::string_view part) {
            return !part.empty() && part.size() <= 63 && part.front() != '-' && part.back() != '-';
          });
  if (!plain) return Complaint{"is not a name of a host", std::string(kHint)};
  if (text == "localhost") return Complaint{"is always there", "remove it"};
  return std::nullopt;
}

std::optional<Complaint> check_timezone(std::string_view text) {
  bool plain = !text.empty() && is_letter(text.front()) && text.size() <= 100 &&
               std::all_of(text.begin(), text.end(), [](char c) {
                 return is_letter(c) || is_digit(c) || c == '-' || c == '+' || c == '_' || c == '/';
               });
  plain = plain && for_each_part(text, '/', [](std::string_view part) { return !part.empty(); });
  if (plain) return std::nullopt;
  return Complaint{"is not a name of a time zone", "write for example 'Europe/Berlin' or 'UTC'"};
}

std::optional<Complaint> check_ca_certificates(std::string_view text) {
  auto complaint = check_project_path(text);
  if (complaint && text.starts_with('/'))
    complaint->hint = "write 'host' for those of the machine that builds, or a path relative to the manifest";
  return complaint;
}

std::optional<Complaint> check_request_path(std::string_view text) {
  if (text.empty() || text.front() != '/')
    return Complaint{"does not begin with '/'", "write for example '/' or '/orders?limit=3'"};
  bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!plain)
    return Complaint{"contains a space or a character that is not ASCII",
                     "write it percent-encoded: '%20' for a space"};
  return std::nullopt;
}

std::optional<Complaint> check_http_token(std::string_view text) {
  bool token = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return is_letter(c) || is_digit(c) ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
  });
  if (token) return std::nullopt;
  return Complaint{"is not a word that HTTP allows here", "use letters, digits and '-'"};
}

std::optional<Complaint> check_header_value(std::string_view text) {
  if (has_control(text)) return Complaint{"contains a control character", "keep the value on one line"};
  return std::nullopt;
}

std::optional<Complaint> check_event_attribute(std::string_view text) {
  bool name = !text.empty() &&
              std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c); });
  if (name) return std::nullopt;
  return Complaint{"is not a name of a CloudEvents attribute", "use lower-case letters and digits only"};
}

std::optional<Complaint> check_regex(std::string_view text) {
  constexpr std::size_t kLongest = 1000;
  if (text.size() > kLongest) {
    return Complaint{"has " + std::to_string(text.size()) + " characters; at most " +
                         std::to_string(kLongest) + " are allowed",
                     ""};
  }
  try {
    std::regex compiled(text.begin(), text.end(), std::regex::ECMAScript);
    return std::nullopt;
  } catch (const std::regex_error& error) {
    using namespace std::regex_constants;
    std::string_view why = error.code() == error_brack   ? "a '[' is not closed"
                           : error.code() == error_paren ? "a '(' is not closed, or a ')' not opened"
                           : error.code() == error_brace || error.code() == error_badbrace
                               ? "what stands in '{}' is no count"
                           : error.code() == error_badrepeat ? "a '*', '+' or '?' has nothing to repeat"
                           : error.code() == error_escape ? "a '\\' is followed by something that needs none"
                           : error.code() == error_range  ? "a range such as 'a-z' runs backwards"
                                                          : "it is too complex or malformed";
    return Complaint{"is not a regular expression: " + std::string(why), "the syntax is that of ECMAScript"};
  }
}

}  // namespace faasc
