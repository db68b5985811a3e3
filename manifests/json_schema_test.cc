#include "manifests/json_schema.h"

#include <cstdlib>

#include <gtest/gtest.h>

#include "base/file.h"

namespace faasc {
namespace {

TEST(JsonSchema, IsTheOneThatIsPublished) {
  std::string path = std::string(FAASC_SOURCE_DIR) + "/schema/faas.schema.json";
  std::string schema = manifest_json_schema();
  if (std::getenv("FAASC_UPDATE_GOLDEN") != nullptr) {
    ASSERT_TRUE(write_file_if_changed(path, schema));
    return;
  }
  Result<std::string> published = read_file(path);
  ASSERT_TRUE(published) << published.error().what;
  EXPECT_EQ(schema, *published) << "FAASC_UPDATE_GOLDEN=1 writes it anew";
}

}  // namespace
}  // namespace faasc
