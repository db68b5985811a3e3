#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "compiler/driver/session.h"
#include "packager/image/opened_image.h"

namespace CLI {
class App;
}

namespace faasc {

/// "shop.img:/app/x" taken apart. What is the name of a file as a whole is an image without a path.
struct ImagePath {
  std::string image;
  std::string path;  ///< with its slash; empty where none was given
};
ImagePath split_image_path(const std::string& text);

/// What the commands that look into an image are pointed at.
struct ImageArguments {
  std::string target;  ///< IMAGE or IMAGE:PATH
  std::string path;    ///< the same path as an argument of its own
  std::string part = "root";
};

/// Declares IMAGE[:PATH] and --part.
void add_image_options(CLI::App& app, ImageArguments& arguments);

/// One place in an image.
struct ImageTarget {
  OpenedImage image;
  const ImagePart* part = nullptr;     ///< of the image
  const StoredEntry* entry = nullptr;  ///< null: the root directory
  const StoredTree& tree() const { return *part->tree; }
};
Result<ImageTarget> open_image_target(const ImageArguments& arguments, LastLink last);

/// Runs what a command of `faasc image` does. Names come from the image and may hold anything; messages that
/// hold them are made fit for a terminal here.
Result<int> run_on_image(const std::function<Result<int>()>& command);

/// The entry as an object of JSON text, and all of them as an array.
std::string to_json(const StoredEntry& entry);
/// `text` as JSON text; what is not UTF-8 is replaced.
std::string json_string(const std::string& text);

}  // namespace faasc
