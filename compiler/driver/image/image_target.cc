#include "compiler/driver/image/image_target.h"

#include <cstdio>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "launcher/terminal_text.h"

namespace faasc {
namespace fs = std::filesystem;

ImagePath split_image_path(const std::string& text) {
  std::error_code error;
  std::size_t colon = text.rfind(":/");
  if (colon == std::string::npos || colon == 0 || fs::exists(text, error)) return {text, ""};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

void add_image_options(CLI::App& app, ImageArguments& arguments) {
  app.add_option("image", arguments.target, "the image, and perhaps a path in it: shop.img:/app")
      ->type_name("IMAGE[:PATH]")
      ->required();
  app.add_option("path", arguments.path, "the path as an argument of its own")->type_name("PATH");
  app.add_option("--part", arguments.part,
                 "the partition: boot holds Nanos' kernel, esp the loader of UEFI [root]")
      ->type_name("root|boot|esp");
}

Result<ImageTarget> open_image_target(const ImageArguments& arguments, LastLink last) {
  ImagePath split = split_image_path(arguments.target);
  if (!arguments.path.empty()) split = {arguments.target, arguments.path};
  ImageTarget target;
  FAASC_TRY(target.image, open_image(split.image));
  FAASC_TRY(target.part, target.image.part(arguments.part));
  FAASC_TRY(target.entry,
            find_in_image(target.tree(), split.path, last).during("reading '" + split.image + "'"));
  return target;
}

Result<int> run_on_image(const std::function<Result<int>()>& command) {
  Result<int> result = command();
  if (result) return result;
  Error error = std::move(result).error();
  error.what = terminal_text(error.what);
  for (std::string& step : error.during) step = terminal_text(step);
  return error;
}

std::string json_string(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string to_json(const StoredEntry& entry) {
  std::string json = "{\"path\":" + json_string(entry.path);
  switch (entry.kind) {
    case StoredEntry::Kind::Directory:
      json += ",\"type\":\"directory\"";
      break;
    case StoredEntry::Kind::File:
      json += ",\"type\":\"file\",\"bytes\":" + std::to_string(entry.size_bytes);
      break;
    case StoredEntry::Kind::Symlink:
      json += ",\"type\":\"symlink\",\"target\":" + json_string(entry.target);
      break;
    case StoredEntry::Kind::Other:
      json += ",\"type\":\"other\"";
      break;
  }
  if (entry.mode) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%04o", *entry.mode & 07777);
    json += ",\"mode\":\"" + std::string(mode) + "\"";
  }
  if (entry.modified) json += ",\"modified\":" + std::to_string(*entry.modified);
  return json + "}";
}

}  // namespace faasc
