#include "manifests/manifest.h"

#include "manifests/source_text.h"

namespace faasc {

std::string_view name_of(Language language) {
  switch (language) {
    case Language::Cpp:
      return "cpp";
    case Language::Python:
      return "python";
    case Language::Go:
      return "go";
    case Language::Binary:
      break;
  }
  return "binary";
}

std::string_view name_of(Signature signature) {
  switch (signature) {
    case Signature::Auto:
      return "auto";
    case Signature::Http:
      return "http";
    case Signature::CloudEvent:
      return "cloudevent";
    case Signature::Lambda:
      return "lambda";
    case Signature::Typed:
      return "typed";
    case Signature::Event:
      return "event";
    case Signature::Asgi:
      return "asgi";
    case Signature::OpenFaas:
      return "openfaas";
    case Signature::Server:
      break;
  }
  return "server";
}

Diagnostic Manifest::finding(Severity severity, std::string_view code, std::string message,
                             const SourcePlace& place, std::string hint) const {
  Diagnostic diagnostic{.severity = severity,
                        .code = std::string(code),
                        .message = std::move(message),
                        .place = place,
                        .hint = std::move(hint)};
  if (diagnostic.place.line > 0) {
    diagnostic.line_text = SourceText(text, "").line(place.line);
  } else {
    diagnostic.place.file = path.string();
  }
  return diagnostic;
}

int default_concurrency(std::string_view kind) {
  return kind == "lambda" ? 1 : 80;
}

}  // namespace faasc
