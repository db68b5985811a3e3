#include <string>
#include <vector>

#include "manifests/codes.h"
#include "manifests/importers/foreign_units.h"
#include "manifests/importers/formats.h"

// OpenFaaS' stack.yaml. Keys: the YAML reference of faas-cli; variables that are meant for the watchdog: the
// README of of-watchdog.

namespace faasc {
namespace {

constexpr std::string_view kRegistry = "no container image is made";
constexpr std::string_view kCluster = "it is the cluster's, not the VM's";
constexpr std::string_view kTemplates = "faasc needs no templates of OpenFaaS";
constexpr std::string_view kWatchdog = "it is for the watchdog, which an image does not have";

// The functions of a stack, or null.
const YamlNode* functions_of(const YamlNode& root) {
  const YamlNode* functions = root.find("functions");
  return functions != nullptr && functions->kind == YamlNode::Kind::Mapping ? functions : nullptr;
}

class OpenFaasReader {
 public:
  OpenFaasReader(Import& import, const YamlNode& root) : import_(import), root_(root) {}
  void read();

 private:
  const YamlMember* choose_function();
  void take_functions(const YamlMember& member, const Origin& origin);
  void take_provider(const YamlMember& member, const Origin& origin);
  void take_configuration(const YamlMember& member, const Origin& origin);
  void take_language(const YamlMember& member, const Origin& origin);
  void take_handler(const YamlMember& member, const Origin& origin);
  void take_environment(const YamlMember& member, const Origin& origin);
  void take_build_args(const YamlMember& member, const Origin& origin);
  void take_labels(const YamlMember& member, const Origin& origin);
  void take_limits(const YamlMember& member, const Origin& origin);
  void take_memory(const YamlMember& member, const Origin& origin);
  void take_cpu(const YamlMember& member, const Origin& origin);
  bool take_watchdog(const std::string& name, const std::string& value, const Origin& origin);
  std::optional<std::string> substituted(const std::string& value, const Origin& origin, bool& host);

  Import& import_;
  const YamlNode& root_;
  const YamlMember* function_ = nullptr;
};

using OpenFaas = OpenFaasReader;
using Row = ForeignKey<OpenFaas>;

const YamlMember* OpenFaas::choose_function() {
  const YamlNode* functions = functions_of(root_);
  const std::string& wanted = import_.options.function;
  std::string list;
  std::vector<std::string_view> names;
  if (functions != nullptr) {
    for (const YamlMember& function : functions->members) {
      if (function.name.text == wanted) return &function;
      if (names.size() < 20) list.append(list.empty() ? "" : ", ").append(function.name.text);
      names.push_back(function.name.text);
    }
  }
  if (names.size() == 1 && wanted.empty()) return &functions->members[0];
  if (names.empty()) {
    import_.error(kWhichFunction, "the stack has no functions", root_.place,
                  "see whether it is the right file");
  } else if (wanted.empty()) {
    import_.error(kWhichFunction, "the stack has " + std::to_string(names.size()) + " functions: " + list,
                  functions->members[1].name.place, "say which: --function " + std::string(names[0]));
  } else {
    std::string_view near = nearest(wanted, names);
    import_.error(kWhichFunction,
                  "the stack has no function '" + wanted + "'" +
                      (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"),
                  functions->place, "its functions are " + list);
  }
  return nullptr;
}

void OpenFaas::read() {
  function_ = choose_function();
  if (function_ == nullptr) return;
  static const Row kKeys[] = {
      {.name = "version"},
      {.name = "provider", .take = &OpenFaas::take_provider},
      {.name = "functions", .take = &OpenFaas::take_functions},
      {.name = "configuration", .take = &OpenFaas::take_configuration},
  };
  read_foreign_section(*this, import_, root_, "", kKeys, "key of a stack");
}

void OpenFaas::take_provider(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {
      {.name = "name"}, Row::left("gateway", kCluster), Row::left("network", kCluster)};
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of 'provider'");
}

void OpenFaas::take_configuration(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {
      Row::left("templates", kTemplates),
      Row::left("copy", "name files that the function needs under 'files' in faas.yaml", Severity::Warning)};
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of 'configuration'");
}

void OpenFaas::take_functions(const YamlMember& member, const Origin&) {
  static const Row kKeys[] = {
      {.name = "lang", .take = &OpenFaas::take_language},
      {.name = "handler", .take = &OpenFaas::take_handler},
      {.name = "environment", .take = &OpenFaas::take_environment},
      {.name = "build_args", .take = &OpenFaas::take_build_args},
      {.name = "labels", .take = &OpenFaas::take_labels},
      {.name = "limits", .take = &OpenFaas::take_limits},
      Row::left("annotations", kCluster),
      Row::left("build_options", "packages of a container image; a VM has what the function needs",
                Severity::Warning),
      Row::left("build_secrets", "no container image is made", Severity::Warning),
      Row::left("constraints", "where VMs run is for whoever starts them"),
      Row::left("environment_file", "write its variables below 'env'", Severity::Warning),
      Row::left("fprocess", "no process is started for a request", Severity::Warning),
      Row::left("image", kRegistry),
      Row::left("namespace", kCluster),
      Row::left("platforms", "which machine the image is for is said when it is built"),
      Row::left("publish", kRegistry),
      Row::left("readonly_root_filesystem",
                "a function writes to its VM's own disk; nothing of it outlives the VM"),
      Row::left("requests", "a VM gets what 'limits' says"),
      Row::left("secrets", "secrets are the cluster's; give them to the VM when it is started",
                Severity::Warning),
      Row::left("skip_build", "an image is always built"),
  };
  for (const YamlMember& function : member.value.members) {
    if (&function == function_) continue;
    import_.leave_out({"functions." + function.name.text, function.name.place},
                      "another function: import it with --function " + function.name.text);
  }
  import_.name(function_->name.text, {function_->name.text, function_->name.place});
  read_foreign_section(*this, import_, function_->value, "", kKeys, "key of a function");
}

void OpenFaas::take_language(const YamlMember& member, const Origin& origin) {
  const std::string* language = import_.text(member.value, origin);
  if (language == nullptr) return;
  std::string_view name = *language;
  auto take = [&](std::string_view runtime, std::string_view signature, std::string_view handler) {
    import_.draft.put("runtime", runtime, origin, "was " + *language);
    import_.draft.put("signature", signature, origin);
    import_.draft.put("handler", handler, origin);
  };
  if (name.starts_with("python") && name.find("http") != std::string_view::npos) {
    take("python", "openfaas", "handler.handle");
  } else if (name.starts_with("golang-middleware")) {
    take("go", "http", "Handle");
  } else if (name.starts_with("golang-http")) {
    take("go", "openfaas", "Handle");
  } else if (name.starts_with("python") || name == "go" || name.starts_with("go-")) {
    import_.draft.put("runtime", name.starts_with("go") ? "go" : "python", origin, "was " + *language);
    import_.leave_out(
        origin,
        "its template starts a process for each request, which a unikernel cannot; write the handler "
        "as in " +
            std::string(name.starts_with("go") ? "golang-middleware" : "python3-http"),
        Severity::Warning);
  } else {
    import_.leave_out(origin,
                      name == "dockerfile" || name == "Dockerfile"
                          ? "the function is a container, which is no source"
                          : "faasc builds C++, Python and Go, not " + *language,
                      Severity::Warning);
  }
}

void OpenFaas::take_handler(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin)) import_.source_directory(*text, origin);
}

// faas-cli replaces ${NAME} and ${NAME:-default} by its own environment's; faas.yaml has ${env:NAME}.
std::optional<std::string> OpenFaas::substituted(const std::string& value, const Origin& origin, bool& host) {
  host = false;
  std::string result;
  std::string_view rest = value;
  while (true) {
    std::size_t open = rest.find("${");
    result.append(rest.substr(0, open));
    if (open == std::string_view::npos) return result;
    std::size_t close = rest.find('}', open);
    std::string_view inside =
        rest.substr(open + 2, close == std::string_view::npos ? close : close - open - 2);
    std::size_t colon = inside.find(':');
    bool fallback = colon != std::string_view::npos && inside.substr(colon).starts_with(":-");
    if (close == std::string_view::npos || (colon != std::string_view::npos && !fallback)) {
      import_.leave_out(origin, "its '${…}' has no meaning in faas.yaml", Severity::Warning);
      return std::nullopt;
    }
    if (fallback) {
      result.append(inside.substr(colon + 2));
    } else {
      host = true;
      result.append("${env:").append(inside).append("}");
    }
    rest.remove_prefix(close + 1);
  }
}

// Variables that of-watchdog reads. True where this is one.
bool OpenFaas::take_watchdog(const std::string& name, const std::string& value, const Origin& origin) {
  if (name == "exec_timeout") {
    import_.duration("limits.timeout", parse_go_duration(value), value, origin);
    return true;
  }
  if (name == "max_inflight") {
    import_.number("limits.concurrency", value, origin);
    return true;
  }
  constexpr std::string_view kOthers[] = {"fprocess",
                                          "mode",
                                          "upstream_url",
                                          "read_timeout",
                                          "write_timeout",
                                          "healthcheck_interval",
                                          "port",
                                          "content_type",
                                          "prefix_logs",
                                          "log_buffer_size",
                                          "log_callid",
                                          "ready_path",
                                          "suppress_lock",
                                          "static_path",
                                          "http_upstream_url",
                                          "http_buffer_req_body",
                                          "write_debug",
                                          "read_debug",
                                          "combine_output",
                                          "jwt_auth",
                                          "jwt_auth_debug",
                                          "jwt_auth_local"};
  for (std::string_view other : kOthers) {
    if (name != other) continue;
    import_.leave_out(origin, kWatchdog);
    return true;
  }
  return false;
}

void OpenFaas::take_environment(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  for (const YamlMember& variable : member.value.members) {
    Origin one{origin.key + "." + variable.name.text, variable.name.place};
    const std::string* text = import_.text(variable.value, one);
    if (text == nullptr || take_watchdog(variable.name.text, *text, one)) continue;
    bool host = false;
    if (std::optional<std::string> value = substituted(*text, one, host)) {
      import_.variable(variable.name.text, *value, one,
                       host ? Import::Substitution::Meant : Import::Substitution::Refused);
    }
  }
}

void OpenFaas::take_build_args(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  for (const YamlMember& argument : member.value.members) {
    Origin one{origin.key + "." + argument.name.text, argument.name.place};
    const std::string* text = import_.text(argument.value, one);
    bool host = false;
    std::optional<std::string> value = text == nullptr ? std::nullopt : substituted(*text, one, host);
    if (!value) continue;
    if (import_.draft.size() > 1000) {
      import_.leave_out(one, "there are too many values");
    } else {
      import_.draft.put_member("build.args", argument.name.text, *value, one);
    }
  }
}

void OpenFaas::take_labels(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  for (const YamlMember& label : member.value.members) {
    Origin one{origin.key + "." + label.name.text, label.name.place};
    if (const std::string* text = import_.text(label.value, one)) import_.label(label.name.text, *text, one);
  }
}

void OpenFaas::take_limits(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {{.name = "memory", .take = &OpenFaas::take_memory},
                              {.name = "cpu", .take = &OpenFaas::take_cpu}};
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of 'limits'");
}

void OpenFaas::take_memory(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin)) {
    // Docker's spelling "128m" means MiB here, where Kubernetes would take it for a thousandth of a byte.
    bool docker = text->ends_with('m') || text->ends_with('g');
    import_.bytes("resources.memory", docker ? parse_qemu_bytes(*text) : parse_kubernetes_bytes(*text), *text,
                  origin);
  }
}

void OpenFaas::take_cpu(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin)) import_.processors(*text, origin);
}

}  // namespace

bool is_openfaas_stack(const YamlNode& root) {
  const YamlNode* provider = root.find("provider");
  const YamlNode* name = provider == nullptr ? nullptr : provider->find("name");
  if (name != nullptr && root.find("service") == nullptr &&
      (name->text == "openfaas" || name->text == "faas"))
    return true;
  const YamlNode* functions = functions_of(root);
  if (functions == nullptr || root.find("service") != nullptr || functions->members.empty()) return false;
  const YamlNode& first = functions->members[0].value;
  return first.find("lang") != nullptr && first.find("handler") != nullptr;
}

void import_openfaas_stack(Import& import, const YamlNode& root) {
  OpenFaasReader(import, root).read();
}

}  // namespace faasc
