#include "manifests/substitution.h"

#include "manifests/codes.h"
#include "manifests/text_checks.h"
#include "manifests/utf8.h"

namespace faasc {
namespace {

constexpr std::string_view kOpen = "${env:";

// A shell's or a template's way to name a variable is text here, which may surprise.
void warn_of_other_syntax(const NamedText& variable, const Manifest& manifest, Diagnostics& diagnostics) {
  std::string_view text = variable.value.value;
  std::string name;
  for (std::string_view open : {"${", "{{"}) {
    std::size_t start = text.find(open);
    std::size_t end = start == std::string_view::npos ? start : text.find('}', start);
    if (end == std::string_view::npos) continue;
    std::string_view inside = text.substr(start + 2, end - start - 2);
    while (inside.starts_with(' ')) inside.remove_prefix(1);
    while (inside.ends_with(' ')) inside.remove_suffix(1);
    if (open == "{{" && inside.starts_with("env:")) inside.remove_prefix(4);
    if (is_variable_name(inside)) name = inside;
  }
  if (name.empty()) return;
  diagnostics.add(manifest.finding(Severity::Warning, kBadSubstitution,
                                   "this is taken as it stands: no variable of the host is put in",
                                   variable.value.place, "write '${env:" + name + "}', if that is meant"));
}

void substitute(NamedText& variable, const Manifest& manifest, const ManifestEnvironment& environment,
                Diagnostics& diagnostics) {
  std::string_view rest = variable.value.value;
  std::string result;
  auto report = [&](std::string message, std::string hint) {
    diagnostics.add(manifest.finding(Severity::Error, kBadSubstitution, std::move(message),
                                     variable.value.place, std::move(hint)));
  };
  warn_of_other_syntax(variable, manifest, diagnostics);
  while (true) {
    std::size_t open = rest.find(kOpen);
    result.append(rest.substr(0, open));
    if (open == std::string_view::npos) break;
    variable.secret = true;
    rest.remove_prefix(open + kOpen.size());
    std::size_t close = rest.find('}');
    if (close == std::string_view::npos) return report("'${env:' is never closed", "write '${env:NAME}'");
    std::string name(rest.substr(0, close));
    rest.remove_prefix(close + 1);
    if (!is_variable_name(name))
      return report("'${env:" + name + "}' names no variable",
                    "use letters, digits and '_', with no digit first");
    std::optional<std::string> value = environment.lookup ? environment.lookup(name) : std::nullopt;
    if (!value) {
      report("variable '" + name + "' is not set on this host",
             "export it before faasc is started, or write the value into the manifest");
      continue;
    }
    if (find_invalid_utf8(*value)) {
      report("the value of variable '" + name + "' is not UTF-8", "guests are given text only");
      continue;
    }
    result.append(*value);
  }
  variable.value.value = std::move(result);
}

}  // namespace

bool has_substitution(std::string_view text) {
  return text.find(kOpen) != std::string_view::npos;
}

void substitute(Manifest& manifest, const ManifestEnvironment& environment, Diagnostics& diagnostics) {
  for (NamedText& variable : manifest.environment) substitute(variable, manifest, environment, diagnostics);
  for (NamedText& variable : manifest.build.args) substitute(variable, manifest, environment, diagnostics);
}

}  // namespace faasc
