#include "compiler/driver/import_file.h"

#include "base/file.h"
#include "compiler/driver/codes.h"
#include "compiler/driver/installation.h"
#include "compiler/driver/session.h"
#include "manifests/importers/importer.h"
#include "manifests/json_text.h"
#include "manifests/schema_line.h"

namespace faasc {

namespace fs = std::filesystem;

namespace {

std::string counted(int count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

// What leads from the directory of the new manifest to that of the file: "." where they are the same, "../…"
// where the file is not below it. Only a current directory that is gone gives an error.
Result<std::string> way_between(const fs::path& directory, const fs::path& file) {
  std::error_code error;
  fs::path here = fs::current_path(error);
  if (error) return io_error("find", "the current directory", error.value());
  fs::path from = (here / directory).lexically_normal(), to = (here / file).lexically_normal();
  return to.parent_path().lexically_relative(from / "").string();
}

}  // namespace

std::string installed_schema_line(const Installation& installation) {
  Result<fs::path> schema = installation.shared("schema/faas.schema.json");
  return schema ? schema_line(*schema) : "";
}

Result<int> import_file(Session& session, const ImportRequest& request) {
  fs::path directory =
      request.directory.empty() ? fs::path(request.file).parent_path() : fs::path(request.directory);
  fs::path target = (directory / "faas.yaml").lexically_normal();
  std::error_code error;
  if (fs::symlink_status(target, error).type() != fs::file_type::not_found) {
    return Error{.fault = Fault::Usage,
                 .code = kWouldOverwrite,
                 .what = "already there: '" + target.string() + "'",
                 .hint = "move it away, or name another directory: faasc init DIR --from " + request.file};
  }
  FAASC_TRY(std::string text, read_file(request.file, kYamlSizeLimit).during("importing"));
  FAASC_TRY(Installation installation, Installation::find());
  FAASC_TRY(std::string way, way_between(directory, request.file));
  bool below = !way.starts_with("..");

  Diagnostics diagnostics;
  std::optional<ImportedManifest> imported =
      import_manifest(text, request.file,
                      {.function = request.function,
                       .first_line = installed_schema_line(installation),
                       .prefix = below && way != "." ? way : ""},
                      diagnostics);
  session.report(diagnostics);
  if (!imported) return session.status();
  FAASC_CHECK(write_file(target, imported->text));

  if (!below) {
    session.console().say("paths in '" + target.string() + "' are as in '" + request.file +
                          "': bring the function's files to where they point");
  }
  session.console().say("made '" + target.string() + "' of the " + imported->format + " '" + request.file +
                        "': " + counted(imported->taken, "value") + " taken, " +
                        counted(imported->left_out, "key") + " left out; next: faasc check" +
                        (directory.empty() || directory == "." ? "" : " " + directory.string()));
  session.set_result("manifest", json_quoted(target.string()));
  session.set_result("format", json_quoted(imported->format));
  session.set_result("taken", std::to_string(imported->taken));
  session.set_result("left_out", std::to_string(imported->left_out));
  return 0;
}

}  // namespace faasc
