#include "compiler/build/root_tuple.h"

#include <algorithm>
#include <string_view>

namespace faasc {
namespace {

TfsValue tfs_value(const FreeValue& value) {
  switch (value.kind) {
    case FreeValue::Kind::Text:
      return value.text;
    case FreeValue::Kind::List: {
      std::vector<TfsValue> items;
      for (const FreeValue& item : value.items) items.push_back(tfs_value(item));
      return items;
    }
    case FreeValue::Kind::Map:
      break;
  }
  TfsTuple tuple;
  for (const auto& [name, member] : value.members) tuple[*name] = tfs_value(member);
  return tuple;
}

// The kernel starts with serial and vga on and net off, and is told what to change.
std::vector<TfsValue> consoles_of(const std::vector<Located<std::string>>& wanted) {
  std::vector<TfsValue> changes;
  for (const char* console : {"serial", "vga", "net"}) {
    bool on = std::any_of(wanted.begin(), wanted.end(), [&](const auto& one) { return *one == console; });
    if (on || std::string_view(console) != "net") changes.push_back((on ? "+" : "-") + std::string(console));
  }
  return changes;
}

}  // namespace

TfsTuple root_tuple_options(const Manifest& manifest) {
  TfsTuple tuple;
  for (const auto& [name, value] : manifest.image.tuples) tuple[*name] = tfs_value(value);
  if (manifest.image.consoles.written()) tuple["consoles"] = consoles_of(*manifest.image.consoles);
  if (manifest.image.coredumplimit)
    // Without a unit the kernel reads past the end of the text.
    tuple["coredumplimit"] = std::to_string((**manifest.image.coredumplimit + 1023) / 1024) + "k";
  return tuple;
}

}  // namespace faasc
