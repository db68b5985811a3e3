#include "compiler/build/build_place.h"

#include "compiler/build/image_delivery.h"
#include "packager/spec/vm_spec.h"

namespace faasc {
namespace fs = std::filesystem;

BuildPlace build_place(const Manifest& manifest, const fs::path& output) {
  std::string name = *manifest.name;
  if (name.empty()) name = fs::absolute(manifest.directory).lexically_normal().filename().string();
  std::string file = name + std::string(extension_of(image_format(manifest)));
  BuildPlace place;
  place.image =
      fs::absolute(output.empty() ? manifest.directory / "build" / file : output).lexically_normal();
  place.spec = vm_spec_path(place.image);
  place.work_dir = place.image.parent_path() / ".faasc" / place.spec.stem().stem();
  return place;
}

}  // namespace faasc
