#include "manifests/schema_line.h"

namespace faasc {

std::string schema_line(const std::filesystem::path& schema) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string text = schema.string(), escaped;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte != 0x7f && c != '%') {
      escaped += c;
    } else {
      escaped.append({'%', kHex[byte >> 4], kHex[byte & 15]});
    }
  }
  // Editors take what follows up to the next space; only in a URL can a space be written otherwise.
  if (escaped != text) text = "file://" + escaped;
  return std::string(kSchemaLine) + text + "\n";
}

}  // namespace faasc
