#include "manifests/keys.h"

#include "manifests/codes.h"
#include "manifests/keys/member.h"
#include "manifests/keys/patterns.h"
#include "manifests/keys/sections.h"
#include "manifests/text_checks.h"

namespace faasc {
namespace {

using M = Manifest;
constexpr std::string_view kSignatures[] = {"auto",  "http", "cloudevent", "lambda", "typed",
                                            "event", "asgi", "openfaas",   "server"};
constexpr std::string_view kLints[] = {"warn", "strict", "off"};
constexpr std::string_view kCompats[] = {"none", "lambda", "gcf"};

void collect_paths(std::span<const Key> keys, const std::string& prefix, std::string_view name,
                   std::vector<std::string>& out) {
  for (const Key& key : keys) {
    std::string path = prefix + std::string(key.name);
    if (key.name == name) out.push_back(path);
    collect_paths(key.members, path + ".", name, out);
  }
}

}  // namespace

std::span<const Key> manifest_keys() {
  static const Key keys[] = {
      {.name = "apiVersion",
       .help = "Version of this format",
       .required = true,
       .code = kApiVersion,
       .pattern = "^faasc/v1$",
       .check = check_api_version},
      {.name = "name",
       .help = "Name of the function",
       .fallback = "name of the directory",
       .store = store<&M::name>,
       .code = kBadFunctionName,
       .pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
       .check = check_function_name},
      {.name = "version",
       .help = "Version of the function",
       .fallback = "0.0.0",
       .store = store<&M::version>,
       .code = kWrongType,
       .check = check_not_empty},
      {.name = "description", .help = "What the function does", .store = store<&M::description>},
      {.name = "labels",
       .form = Form::TextMap,
       .help = "Labels for whoever deploys the image",
       .store = store<&M::labels>},
      {.name = "runtime",
       .help = "Language, with a version if it matters",
       .fallback = "inferred from the files",
       .store = store<&M::runtime>,
       .code = kUnknownRuntime,
       .pattern = "^(cpp(:(11|14|17|20|23))?|python(:3(\\.[0-9]+)+)?|go(:1(\\.[0-9]+)+)?|binary)$",
       .check = check_runtime},
      {.name = "handler",
       .help = "The function to serve; of a binary the path of the program",
       .fallback = "the only candidate",
       .store = store<&M::handler>,
       .code = kWrongType,
       .check = check_not_empty},
      {.name = "signature",
       .form = Form::Choice,
       .help = "How the function is called",
       .fallback = "auto",
       .store = store<&M::signature>,
       .choices = kSignatures},
      {.name = "args",
       .form = Form::TextList,
       .help = "Arguments of a binary, after its name",
       .store = store<&M::arguments>,
       .code = kArgumentsOfCode},
      {.name = "source",
       .help = "Directory of the source",
       .fallback = ".",
       .store = store<&M::source>,
       .code = kPathEscapes,
       .pattern = kPathPattern,
       .check = check_project_path},
      {.name = "include",
       .form = Form::TextList,
       .help = "Patterns of the files that belong to the function",
       .fallback = "everything",
       .store = store<&M::include>,
       .code = kBadGlob,
       .check = check_glob},
      {.name = "exclude",
       .form = Form::TextList,
       .help = "Patterns of files to leave out",
       .store = store<&M::exclude>,
       .code = kBadGlob,
       .check = check_glob},
      {.name = "build",
       .form = Form::Section,
       .help = "How the function is built",
       .open = open<&M::build>,
       .members = build_keys()},
      {.name = "env",
       .form = Form::TextMap,
       .help = "Environment variables; may use ${env:NAME}",
       .store = store<&M::environment>,
       .pattern = kVariablePattern,
       .check_name = check_variable_name,
       .name_code = kBadVariableName},
      {.name = "resources",
       .form = Form::Section,
       .help = "The machine",
       .open = open<&M::resources>,
       .members = resource_keys()},
      {.name = "limits",
       .form = Form::Section,
       .help = "Limits that the runtime enforces",
       .open = open<&M::limits>,
       .members = limit_keys()},
      {.name = "http",
       .form = Form::Section,
       .help = "How the function is reached",
       .open = open<&M::http>,
       .members = http_keys()},
      {.name = "network",
       .form = Form::Section,
       .help = "The guest's address, name servers and hosts",
       .open = open<&M::network>,
       .members = network_keys()},
      {.name = "timezone",
       .help = "Time zone of the function, as in Europe/Berlin",
       .fallback = "UTC",
       .store = store<&M::timezone>,
       .code = kBadTimezone,
       .pattern = "^[A-Za-z]([-+_/A-Za-z0-9]*[A-Za-z0-9])?$",
       .check = check_timezone},
      {.name = "ca_certificates",
       .help = "Certificates to trust: host, for those of the machine that builds, or a PEM file",
       .fallback = "none",
       .store = store<&M::ca_certificates>,
       .code = kBadCertificates,
       .pattern = kPathPattern,
       .check = check_ca_certificates},
      {.name = "files",
       .form = Form::SectionList,
       .help = "Further files for the image",
       .open = open<&M::files>,
       .members = file_keys()},
      {.name = "mounts",
       .form = Form::SectionList,
       .help = "Volumes and shared directories",
       .open = open<&M::mounts>,
       .members = mount_keys()},
      {.name = "logging",
       .form = Form::Section,
       .help = "The runtime's own log lines",
       .open = open<&M::logging>,
       .members = logging_keys()},
      {.name = "image",
       .form = Form::Section,
       .help = "The disk image",
       .open = open<&M::image>,
       .members = image_keys()},
      {.name = "compat",
       .form = Form::Choice,
       .help = "Hold the function to the limits of a provider",
       .fallback = "none",
       .store = store<&M::compat>,
       .choices = kCompats},
      {.name = "lint",
       .form = Form::Choice,
       .help = "What calls that a unikernel cannot serve are: warnings, errors, or nothing",
       .fallback = "warn",
       .store = store<&M::lint>,
       .choices = kLints},
      {.name = "tests",
       .form = Form::SectionList,
       .help = "Requests and what must come back",
       .open = open<&M::tests>,
       .members = test_keys()},
  };
  return keys;
}

std::vector<std::string> paths_of_key(std::string_view name) {
  std::vector<std::string> paths;
  collect_paths(manifest_keys(), "", name, paths);
  return paths;
}

}  // namespace faasc
