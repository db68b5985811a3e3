#include "packager/archive/tree_archive.h"

#include <gtest/gtest.h>

#include "base/diagnostics.h"

namespace faasc {
namespace {

TEST(FileArchive, RefusesAFileThatIsLongerThanItSaid) {
  FileArchive archive([](std::string_view) -> Result<void> { return {}; });
  Result<void> added =
      archive.add("layer.tar", 3, [](const ArchiveSink& sink) -> Result<void> { return sink("hello"); });
  ASSERT_FALSE(added);
  EXPECT_EQ(to_text(added.error(), Color::Off),
            "faasc: error: cannot write the archive: a file has more bytes than it said [FAASC0541]\n");
}

}  // namespace
}  // namespace faasc
