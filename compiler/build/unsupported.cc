#include "compiler/build/unsupported.h"

#include "compiler/build/codes.h"

namespace faasc {

void report_unsupported(const Manifest& manifest, Diagnostics& diagnostics) {
  auto refuse = [&](const SourcePlace& place, std::string what, std::string hint) {
    diagnostics.add(
        manifest.finding(Severity::Error, kNotInThisVersion, std::move(what), place, std::move(hint)));
  };
  Language language = manifest.runtime ? (*manifest.runtime)->language : Language::Cpp;
  if (language == Language::Cpp) switch (*manifest.signature) {
      case Signature::Auto:
      case Signature::Http:
      case Signature::CloudEvent:
      case Signature::Lambda:
      case Signature::Typed:
      case Signature::Server:
        break;
      default:
        refuse(manifest.signature.place,
               "this version of faasc does not build '" + std::string(name_of(*manifest.signature)) +
                   "' functions in C++",
               "http, cloudevent, lambda, typed and server are what it builds");
    }
}

}  // namespace faasc
