#include <memory>

#include <CLI/CLI.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/grouped_number.h"
#include "compiler/driver/image/image_target.h"
#include "launcher/terminal_text.h"
#include "packager/image/codes.h"
#include "packager/image/image_check.h"

namespace faasc {
namespace {

struct Arguments {
  std::string image;
  bool digests = false;
};

Result<int> verify(Session& session, const Arguments& arguments) {
  FAASC_TRY(OpenedImage image, open_image(arguments.image));
  FAASC_TRY(ImageCheck check, check_image(image));
  Diagnostics diagnostics;
  for (const std::string& problem : check.problems)
    diagnostics.add({.severity = Severity::Error,
                     .code = kImageProblem,
                     .message = terminal_text(problem),
                     .place = {.file = arguments.image}});
  session.report(diagnostics);
  if (session.options().format != ReportFormat::Text) {
    std::string json;
    for (const FileDigest& file : check.digests)
      json += (json.empty() ? "{" : ",{") + ("\"part\":" + json_string(file.part)) +
              ",\"path\":" + json_string(file.path) + ",\"bytes\":" + std::to_string(file.size_bytes) +
              ",\"sha256\":" + json_string(file.sha256) + "}";
    session.set_result("files", "[" + json + "]");
    std::string parts;
    for (const ImagePart& part : image.parts)
      parts += (parts.empty() ? "{" : ",{") + ("\"name\":" + json_string(part.name)) +
               ",\"format\":" + json_string(part.tree->format()) +
               ",\"label\":" + json_string(part.tree->label()) +
               ",\"uuid\":" + json_string(part.tree->uuid_text()) +
               ",\"offset_bytes\":" + std::to_string(part.region.offset_bytes) +
               ",\"bytes\":" + std::to_string(part.tree->size_bytes()) + "}";
    session.set_result("parts", "[" + parts + "]");
    session.set_result("problems", std::to_string(check.problems.size()));
    return session.status();
  }
  if (arguments.digests) {
    std::string text;
    for (const FileDigest& file : check.digests)
      text += (file.sha256.empty() ? std::string(64, '-') : file.sha256) + "  " +
              (file.part == "root" ? "" : file.part + ":") + terminal_text(file.path) + "\n";
    session.console().print(text);
  }
  std::string parts;
  for (const ImagePart& part : image.parts)
    parts += (parts.empty() ? "" : ", ") + part.name + " (" + part.tree->format() + ")";
  if (check.problems.empty())
    session.console().say("nothing is wrong with " + terminal_text(arguments.image) + ": " + parts + ", " +
                          grouped(check.digests.size()) + (check.digests.size() == 1 ? " file" : " files") +
                          " read");
  return session.status();
}

}  // namespace

Action configure_image_verify(CLI::App& app) {
  auto arguments = std::make_shared<Arguments>();
  app.add_option("image", arguments->image, "the image; exits with 1 where something is wrong")
      ->type_name("IMAGE")
      ->required();
  app.add_flag("--digests", arguments->digests, "print the SHA-256 of every file");
  return [arguments](Session& session) { return run_on_image([&] { return verify(session, *arguments); }); };
}

}  // namespace faasc
