#include "manifests/importers/importer.h"

#include <algorithm>
#include <filesystem>
#include <tuple>
#include <vector>

#include "manifests/codes.h"
#include "manifests/importers/formats.h"
#include "manifests/importers/import.h"
#include "manifests/source_text.h"

namespace faasc {
namespace {

constexpr Importer kImporters[] = {
    {.format = "AWS SAM template",
     .file_name = "template.yaml",
     .recognises = is_sam_template,
     .import = import_sam_template},
    {.format = "Knative function",
     .file_name = "func.yaml",
     .recognises = is_knative_function,
     .import = import_knative_function},
    {.format = "OpenFaaS stack",
     .file_name = "stack.yaml",
     .recognises = is_openfaas_stack,
     .import = import_openfaas_stack},
    {.format = "OPS configuration",
     .file_name = "config.json",
     .recognises = is_ops_configuration,
     .import = import_ops_configuration},
    {.format = "Kraftfile", .file_name = "Kraftfile", .recognises = is_kraftfile, .import = import_kraftfile},
    // Known by name, so that one is not told that the file is unknown.
    {.format = "Fn function",
     .file_name = "func.yaml",
     .recognises = is_fn_function,
     .refusal =
         "Fn calls a function through a Unix socket that its server makes, and a VM has no such server",
     .way_out = "write the handler as an HTTP function, and begin with 'faasc init --template …'"},
    {.format = "Serverless Framework service",
     .file_name = "serverless.yml",
     .recognises = is_serverless_service,
     .refusal = "its plugins and variables decide what it means",
     .way_out = "import the SAM template, or begin with 'faasc init --template …'"},
    {.format = "Kubernetes object",
     .file_name = "service.yaml",
     .recognises = is_kubernetes_object,
     .refusal = "it deploys a container image, which is no source of a function",
     .way_out = "import the func.yaml that the image was built from"},
    {.format = "Compose project",
     .file_name = "compose.yaml",
     .recognises = is_compose_project,
     .refusal = "it starts containers, which are no source of a function",
     .way_out = "begin with 'faasc init --template …'"},
    {.format = "faas.yaml",
     .file_name = "faas.yaml",
     .recognises = is_faas_manifest,
     .refusal = "there is nothing to import: it is a manifest already",
     .way_out = "copy it"},
};

std::string formats_list() {
  std::string list;
  for (const Importer& one : kImporters) {
    if (one.import == nullptr) continue;
    list.append(list.empty() ? "" : ", ").append(one.format).append(" (").append(one.file_name).append(")");
  }
  return list;
}

const Importer* choose(const YamlNode& root, const std::string& path, Diagnostics& diagnostics) {
  std::vector<const Importer*> found;
  for (const Importer& one : kImporters) {
    if (one.recognises(root)) found.push_back(&one);
  }
  SourcePlace file{.file = path};
  if (found.size() == 1 && found[0]->import != nullptr) return found[0];
  if (found.size() == 1) {
    diagnostics.add(Diagnostic{.code = kNeverImported,
                               .message = "files of this kind (" + std::string(found[0]->format) +
                                          ") are not imported: " + std::string(found[0]->refusal),
                               .place = file,
                               .hint = std::string(found[0]->way_out)});
    return nullptr;
  }
  if (found.empty() && is_any_function(root)) {
    diagnostics.add(Diagnostic{
        .code = kAmbiguousFormat,
        .message =
            "this may be a function of Knative or of Fn: both call the file func.yaml, and nothing in it "
            "tells which",
        .place = file,
        .hint = "add 'specVersion: 0.36.0' if it is Knative's, 'schema_version: 20180708' if it is Fn's"});
    return nullptr;
  }
  if (found.empty()) {
    diagnostics.add(Diagnostic{.code = kUnknownFormat,
                               .message = root.kind == YamlNode::Kind::Null
                                              ? "the file is empty"
                                              : "this is no file that faasc can import",
                               .place = file,
                               .hint = "it takes " + formats_list()});
    return nullptr;
  }
  std::string list;
  for (const Importer* one : found)
    list.append(list.empty() ? "" : one == found.back() ? " and " : ", ").append(one->format);
  diagnostics.add(Diagnostic{.code = kAmbiguousFormat,
                             .message = "this file has keys of several formats: " + list,
                             .place = file,
                             .hint = "remove the keys of the one that it is not"});
  return nullptr;
}

}  // namespace

std::span<const Importer> importers() {
  return kImporters;
}

namespace {

std::optional<ImportedManifest> import_unordered(std::string_view text, const std::string& path,
                                                 const ImportOptions& options, Diagnostics& diagnostics) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  SourceText source(text, path);
  int errors_before = diagnostics.error_count();
  std::optional<YamlNode> root = parse_foreign_yaml(source, diagnostics);
  if (!root && diagnostics.error_count() == errors_before) {
    diagnostics.add(
        Diagnostic{.code = kNotYaml, .message = "this is not YAML", .place = SourcePlace{.file = path}});
  }
  if (!root || diagnostics.error_count() > errors_before) return std::nullopt;
  const Importer* importer = choose(*root, path, diagnostics);
  if (importer == nullptr) return std::nullopt;

  Import import(source, options, diagnostics);
  import.draft.head("Made of " + std::filesystem::path(path).filename().string() + " (" +
                    std::string(importer->format) + ") by 'faasc init --from'.");
  importer->import(import, *root);
  if (diagnostics.error_count() > errors_before) return std::nullopt;
  for (const ManifestDraft::Refused& refused : import.draft.settle())
    import.leave_out(refused.origin, refused.why, Severity::Warning);
  return ImportedManifest{.text = import.draft.render(options.first_line),
                          .format = std::string(importer->format),
                          .taken = import.draft.size(),
                          .left_out = import.left_out()};
}

}  // namespace

std::optional<ImportedManifest> import_manifest(std::string_view text, const std::string& path,
                                                const ImportOptions& options, Diagnostics& diagnostics) {
  Diagnostics found;
  std::optional<ImportedManifest> imported = import_unordered(text, path, options, found);
  // Told from top to bottom, whatever was looked at first.
  std::vector<const Diagnostic*> ordered;
  for (const Diagnostic& diagnostic : found.all()) ordered.push_back(&diagnostic);
  // The addresses are in the order of telling.
  std::sort(ordered.begin(), ordered.end(), [](const Diagnostic* a, const Diagnostic* b) {
    return std::tuple(a->place.line, a->place.column, a) < std::tuple(b->place.line, b->place.column, b);
  });
  for (const Diagnostic* diagnostic : ordered) diagnostics.add(*diagnostic);
  return imported;
}

}  // namespace faasc
