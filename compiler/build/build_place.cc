#include "compiler/build/build_place.h"

#include "compiler/build/image_delivery.h"
#include "packager/spec/vm_spec.h"

namespace faasc {
namespace fs = std::filesystem;

BuildPlace build_place(const Manifest& manifest, const fs::path& output) {
  if (!output.empty()) return build_place_of_image(output);
  std::string name = *manifest.name;
  if (name.empty()) name = fs::absolute(manifest.directory).lexically_normal().filename().string();
  name += extension_of(image_format(manifest));
  return build_place_of_image(manifest.directory / "build" / name);
}

BuildPlace build_place_of_image(const fs::path& image) {
  BuildPlace place;
  place.image = fs::absolute(image).lexically_normal();
  place.spec = vm_spec_path(place.image);
  place.work_dir = place.image.parent_path() / ".faasc" / place.spec.stem().stem();
  return place;
}

}  // namespace faasc
