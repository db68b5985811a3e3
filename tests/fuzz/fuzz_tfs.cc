#include <cstddef>
#include <cstdint>

#include "packager/tfs/tfs_reader.h"
#include "tests/fuzz/read_tree.h"

// Whatever the bytes of a Nanos file system, the reader ends, and either gives a tree or says why not.

using namespace faasc;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto reader = TfsReader::open(bytes_in_memory(std::string(reinterpret_cast<const char*>(data), size)));
  if (!reader) {
    if (reader.error().code.empty() || reader.error().what.empty()) std::abort();
    return 0;
  }
  read_tree(*reader);
  for (const auto& [name, value] : reader->attributes()) (void)to_text(value);
  return 0;
}
