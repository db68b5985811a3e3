#include "compiler/build/root_tuple.h"

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

}  // namespace

TfsTuple root_tuple_options(const Manifest& manifest) {
  TfsTuple tuple;
  for (const auto& [name, value] : manifest.image.tuples) tuple[*name] = tfs_value(value);
  return tuple;
}

}  // namespace faasc
