#include <memory>

#include <CLI/CLI.hpp>

#include "compiler/driver/commands.h"
#include "compiler/driver/image/image_target.h"
#include "packager/image/codes.h"

namespace faasc {
namespace {

Result<int> print(Session& session, const ImageArguments& arguments) {
  FAASC_TRY(ImageTarget target, open_image_target(arguments, LastLink::Follow));
  if (!target.entry || target.entry->kind != StoredEntry::Kind::File)
    return Error{Fault::Input,
                 kImageWrongKind,
                 "'" + (target.entry ? target.entry->path : "/") + "' is not a file",
                 {},
                 "'faasc image ls' lists what is in a directory"};
  FAASC_CHECK(target.tree().read(*target.entry, [&](std::string_view piece) -> Result<void> {
    session.console().print(piece);
    return session.console().status();
  }));
  return 0;
}

}  // namespace

Action configure_image_cat(CLI::App& app) {
  auto arguments = std::make_shared<ImageArguments>();
  add_image_options(app, *arguments);
  return [arguments](Session& session) { return run_on_image([&] { return print(session, *arguments); }); };
}

}  // namespace faasc
