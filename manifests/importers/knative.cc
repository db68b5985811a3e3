#include <string>

#include "manifests/importers/foreign_units.h"
#include "manifests/importers/formats.h"

// Knative's func.yaml. Keys: its JSON schema (func_yaml-schema.json in knative/func). Files of before
// specVersion 0.34 have what is now below `build`, `run` and `deploy` in the first column; they are taken,
// too.

namespace faasc {
namespace {

constexpr std::string_view kRegistry = "no container image is made";
constexpr std::string_view kCluster = "it is the cluster's, not the VM's";
constexpr std::string_view kBuilder = "faasc builds the function itself, without a container builder";
constexpr std::string_view kScale = "how many VMs run is for whoever starts them";

class KnativeReader {
 public:
  explicit KnativeReader(Import& import, const YamlNode& root) : import_(import), root_(root) {}
  void read();

 private:
  using Rows = std::span<const ForeignKey<KnativeReader>>;

  void take_name(const YamlMember& member, const Origin& origin);
  void take_runtime(const YamlMember& member, const Origin& origin);
  void take_invoke(const YamlMember& member, const Origin& origin);
  void take_build(const YamlMember& member, const Origin& origin);
  void take_build_variables(const YamlMember& member, const Origin& origin);
  void take_run(const YamlMember& member, const Origin& origin);
  void take_variables(const YamlMember& member, const Origin& origin);
  void take_volumes(const YamlMember& member, const Origin& origin);
  void take_start_timeout(const YamlMember& member, const Origin& origin);
  void take_deploy(const YamlMember& member, const Origin& origin);
  void take_labels(const YamlMember& member, const Origin& origin);
  void take_health(const YamlMember& member, const Origin& origin);
  void take_options(const YamlMember& member, const Origin& origin);
  void take_resources(const YamlMember& member, const Origin& origin);
  void take_limits(const YamlMember& member, const Origin& origin);
  void take_requests(const YamlMember& member, const Origin& origin);
  void take_memory(const YamlMember& member, const Origin& origin);
  void take_cpu(const YamlMember& member, const Origin& origin);
  void take_concurrency(const YamlMember& member, const Origin& origin);

  // The name and value of one entry of `envs`, `buildEnvs` or `labels`; false where it has not both.
  bool pair(const YamlNode& item, std::string_view name_key, const Origin& list, std::size_t index,
            std::string& name, const YamlNode*& value, Origin& origin);
  // A value in which {{ env:NAME }} became ${env:NAME}; nothing where it asks for more.
  std::optional<std::string> substituted(const std::string& value, const Origin& origin, bool& host);

  Import& import_;
  const YamlNode& root_;
};

using Knative = KnativeReader;
using Row = ForeignKey<Knative>;

void Knative::read() {
  static const Row kKeys[] = {
      {.name = "specVersion"},
      {.name = "name", .take = &Knative::take_name},
      {.name = "runtime", .take = &Knative::take_runtime},
      {.name = "invoke", .take = &Knative::take_invoke},
      {.name = "build", .take = &Knative::take_build},
      {.name = "run", .take = &Knative::take_run},
      {.name = "deploy", .take = &Knative::take_deploy},
      Row::left("created", "it says when the file was made"),
      Row::left("deployer", kCluster),
      Row::left("domain", kCluster),
      Row::left("image", kRegistry),
      Row::left("imageDigest", kRegistry),
      Row::left("namespace", kCluster),
      Row::left("registry", kRegistry),
      Row::left("registryInsecure", kRegistry),
      // Of older files.
      Row::left("annotations", kCluster),
      Row::left("builder", kBuilder),
      Row::left("builders", kBuilder),
      Row::left("buildpacks", kBuilder),
      Row::left("git", "the source is the project's own directory"),
      Row::left("template", "it says what the project began with"),
      {.name = "buildEnvs", .take = &Knative::take_build_variables},
      {.name = "envs", .take = &Knative::take_variables},
      {.name = "healthEndpoints", .take = &Knative::take_health},
      {.name = "labels", .take = &Knative::take_labels},
      {.name = "options", .take = &Knative::take_options},
      {.name = "volumes", .take = &Knative::take_volumes},
  };
  read_foreign_section(*this, import_, root_, "", kKeys, "key of func.yaml");
}

void Knative::take_name(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin)) import_.name(*text, origin);
}

void Knative::take_runtime(const YamlMember& member, const Origin& origin) {
  const std::string* runtime = import_.text(member.value, origin);
  if (runtime == nullptr) return;
  const YamlNode* invoke = root_.find("invoke");
  bool event = invoke != nullptr && invoke->text == "cloudevent";
  if (*runtime == "go") {
    import_.draft.put("runtime", "go", origin);
    import_.draft.put("signature", event ? "cloudevent" : "http", origin);
  } else if (*runtime == "python") {
    import_.draft.put("runtime", "python", origin);
    // Before there was a specVersion, functions had other shapes.
    if (root_.find("specVersion") != nullptr)
      import_.draft.put("signature", "asgi", origin, "new() and handle(scope, receive, send)");
  } else {
    import_.leave_out(origin, "faasc builds C++, Python and Go, not " + *runtime, Severity::Warning);
  }
}

// Read with the runtime.
void Knative::take_invoke(const YamlMember& member, const Origin& origin) {
  const std::string* invoke = import_.text(member.value, origin);
  if (invoke != nullptr && !invoke->empty() && *invoke != "http" && *invoke != "cloudevent")
    import_.leave_out(origin, "it may be http or cloudevent", Severity::Warning);
}

void Knative::take_build(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {
      {.name = "buildEnvs", .take = &Knative::take_build_variables},
      Row::left("baseImage", kBuilder),
      Row::left("builder", kBuilder),
      Row::left("builderImages", kBuilder),
      Row::left("buildpacks", kBuilder),
      Row::left("git", "the source is the project's own directory"),
      Row::left("pvcSize", kCluster),
      Row::left("remoteStorageClass", kCluster),
      Row::left("volumes", kBuilder),
  };
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of 'build'");
}

void Knative::take_run(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {
      {.name = "envs", .take = &Knative::take_variables},
      {.name = "startTimeout", .take = &Knative::take_start_timeout},
      {.name = "volumes", .take = &Knative::take_volumes},
      Row::left("kafka", "events are sent by the cluster; the image takes them as HTTP requests"),
  };
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of 'run'");
}

void Knative::take_deploy(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {
      {.name = "healthEndpoints", .take = &Knative::take_health},
      {.name = "labels", .take = &Knative::take_labels},
      {.name = "options", .take = &Knative::take_options},
      Row::left("annotations", kCluster),
      Row::left("deployer", kCluster),
      Row::left("image", kRegistry),
      Row::left("imagePullSecret", kRegistry),
      Row::left("managementDisabled", kCluster),
      Row::left("namespace", kCluster),
      Row::left("remote", kCluster),
      Row::left("serviceAccountName", kCluster),
      Row::left("subscriptions", "events are sent by the cluster; the image takes them as HTTP requests"),
  };
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of 'deploy'");
}

bool Knative::pair(const YamlNode& item, std::string_view name_key, const Origin& list, std::size_t index,
                   std::string& name, const YamlNode*& value, Origin& origin) {
  origin = {list.key + "[" + std::to_string(index) + "]", item.place};
  if (!import_.is_map(item, origin)) return false;
  const YamlNode* key = item.find(name_key);
  value = item.find("value");
  if (value == nullptr || value->kind == YamlNode::Kind::Null) {
    import_.leave_out(origin, "it has no value");
    return false;
  }
  if (key == nullptr || key->text.empty()) {
    import_.leave_out(origin, "a whole secret or config map is the cluster's", Severity::Warning);
    return false;
  }
  name = key->text;
  origin = {list.key + "." + name, item.place};
  return true;
}

std::optional<std::string> Knative::substituted(const std::string& value, const Origin& origin, bool& host) {
  host = false;
  std::string result;
  std::string_view rest = value;
  while (true) {
    std::size_t open = rest.find("{{");
    std::string_view before = rest.substr(0, open);
    if (before.find("${env:") != std::string_view::npos) {
      import_.leave_out(origin, "'${env:…}' would be replaced in faas.yaml", Severity::Warning);
      return std::nullopt;
    }
    result.append(before);
    if (open == std::string_view::npos) return result;
    std::size_t close = rest.find("}}", open);
    std::string_view inside =
        rest.substr(open + 2, close == std::string_view::npos ? close : close - open - 2);
    while (inside.starts_with(' ')) inside.remove_prefix(1);
    while (inside.ends_with(' ')) inside.remove_suffix(1);
    if (close == std::string_view::npos || !inside.starts_with("env:")) {
      bool secret = inside.starts_with("secret:") || inside.starts_with("configMap:");
      import_.leave_out(
          origin, secret ? "secrets and config maps are the cluster's" : "its '{{ … }}' has no meaning here",
          Severity::Warning);
      return std::nullopt;
    }
    host = true;
    result.append("${env:").append(inside.substr(4)).append("}");
    rest.remove_prefix(close + 2);
  }
}

void Knative::take_variables(const YamlMember& member, const Origin& origin) {
  if (!import_.is_list(member.value, origin)) return;
  for (std::size_t i = 0; i < member.value.items.size(); ++i) {
    std::string name;
    const YamlNode* value = nullptr;
    Origin one;
    if (!pair(member.value.items[i], "name", origin, i, name, value, one)) continue;
    const std::string* text = import_.text(*value, one);
    if (text == nullptr) continue;
    bool host = false;
    if (std::optional<std::string> result = substituted(*text, one, host)) {
      import_.variable(name, *result, one,
                       host ? Import::Substitution::Meant : Import::Substitution::Refused);
    } else {
      import_.draft.remark("env", name + ": …  (was " + (text->size() > 60 ? "…" : *text) + ")");
    }
  }
}

void Knative::take_build_variables(const YamlMember& member, const Origin& origin) {
  if (!import_.is_list(member.value, origin)) return;
  for (std::size_t i = 0; i < member.value.items.size(); ++i) {
    std::string name;
    const YamlNode* value = nullptr;
    Origin one;
    if (!pair(member.value.items[i], "name", origin, i, name, value, one)) continue;
    const std::string* text = import_.text(*value, one);
    bool host = false;
    std::optional<std::string> result = text == nullptr ? std::nullopt : substituted(*text, one, host);
    if (!result) continue;
    if (import_.draft.has_member("build.args", name) || import_.draft.size() > 1000) {
      import_.leave_out(one, "the variable is set already");
    } else {
      import_.draft.put_member("build.args", name, *result, one);
    }
  }
}

void Knative::take_volumes(const YamlMember& member, const Origin& origin) {
  if (!import_.is_list(member.value, origin)) return;
  for (std::size_t i = 0; i < member.value.items.size(); ++i) {
    const YamlNode& item = member.value.items[i];
    Origin one{origin.key + "[" + std::to_string(i) + "]", item.place};
    if (item.find("emptyDir") != nullptr) {
      import_.leave_out(one, "a VM's own disk has room for files; see resources.ephemeral_storage");
    } else {
      import_.leave_out(one, "volumes are the cluster's; a VM gets its own through 'mounts'",
                        Severity::Warning);
    }
  }
}

void Knative::take_start_timeout(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin))
    import_.duration("limits.init_timeout", parse_go_duration(*text), *text, origin);
}

void Knative::take_labels(const YamlMember& member, const Origin& origin) {
  if (!import_.is_list(member.value, origin)) return;
  for (std::size_t i = 0; i < member.value.items.size(); ++i) {
    std::string name;
    const YamlNode* value = nullptr;
    Origin one;
    if (!pair(member.value.items[i], "key", origin, i, name, value, one)) continue;
    const std::string* text = import_.text(*value, one);
    if (text == nullptr) continue;
    if (text->find("{{") != std::string::npos) {
      import_.leave_out(one, "a label cannot be taken from the host's environment", Severity::Warning);
    } else {
      import_.label(name, *text, one);
    }
  }
}

void Knative::take_health(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  for (const YamlMember& endpoint : member.value.members) {
    Origin one{origin.key + "." + endpoint.name.text, endpoint.name.place};
    if (endpoint.value.text != "/health/" + endpoint.name.text)
      import_.leave_out(one, "the image answers /health/liveness and /health/readiness", Severity::Warning);
  }
}

void Knative::take_options(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {
      {.name = "resources", .take = &Knative::take_resources},
      Row::left("scale", kScale),
  };
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of 'options'");
}

void Knative::take_resources(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {
      {.name = "limits", .take = &Knative::take_limits},
      {.name = "requests", .take = &Knative::take_requests},
  };
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of 'resources'");
}

void Knative::take_limits(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {
      {.name = "concurrency", .take = &Knative::take_concurrency},
      {.name = "cpu", .take = &Knative::take_cpu},
      {.name = "memory", .take = &Knative::take_memory},
  };
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of 'limits'");
}

void Knative::take_requests(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {
      Row::left("cpu", "a VM gets what 'limits' says"),
      Row::left("memory", "a VM gets what 'limits' says"),
  };
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of 'requests'");
}

void Knative::take_memory(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin))
    import_.bytes("resources.memory", parse_kubernetes_bytes(*text), *text, origin);
}

void Knative::take_cpu(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin)) import_.processors(*text, origin);
}

void Knative::take_concurrency(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin))
    import_.number("limits.concurrency", *text, origin);
}

}  // namespace

bool is_knative_function(const YamlNode& root) {
  if (root.find("specVersion") != nullptr) return true;
  // Older files have no specVersion; these keys are Knative's alone.
  for (std::string_view own :
       {"registry", "invoke", "created", "run", "deploy", "builder", "buildpacks", "envs"}) {
    if (is_any_function(root) && root.find("schema_version") == nullptr && root.find(own) != nullptr)
      return true;
  }
  return false;
}

void import_knative_function(Import& import, const YamlNode& root) {
  KnativeReader(import, root).read();
}

}  // namespace faasc
