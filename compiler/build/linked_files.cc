#include "compiler/build/linked_files.h"

#include "compiler/build/build_place.h"
#include "compiler/build/build_record.h"

namespace faasc {

std::vector<std::string> linked_files(const std::filesystem::path& image) {
  std::vector<std::string> files;
  auto record = BuildRecord::load(build_place_of_image(image).record());
  if (!record) return files;
  for (const std::string& input : record->inputs())
    if (input.ends_with(".a") || input.ends_with(".o")) files.push_back(input);
  return files;
}

}  // namespace faasc
