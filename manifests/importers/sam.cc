#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "manifests/codes.h"
#include "manifests/importers/formats.h"

// AWS SAM: a CloudFormation template whose resources of type AWS::Serverless::Function are functions. Keys:
// the SAM specification, "AWS::Serverless::Function" and "Globals section".

namespace faasc {
namespace {

constexpr std::string_view kFunctionType = "AWS::Serverless::Function";
constexpr std::string_view kCloud = "it is the cloud's, not the VM's";
constexpr std::string_view kPermissions = "permissions are the cloud's, not the VM's";
constexpr std::string_view kDeployment = "versions and deployments are for whoever runs the image";
constexpr std::string_view kPackaging = "the image is made from source, not from a container or archive";

// The intrinsic function that a value is, as it is written: "!Ref", "Fn::Sub"; or empty.
std::string intrinsic_of(const YamlNode& value) {
  if (value.tag.size() > 1 && !value.tag.starts_with("!!")) return value.tag;
  if (value.kind == YamlNode::Kind::Mapping && value.members.size() == 1) {
    const std::string& name = value.members[0].name.text;
    if (name == "Ref" || name == "Condition" || name.starts_with("Fn::")) return name;
  }
  return "";
}

std::string needs_cloudformation(const YamlNode& value) {
  std::string intrinsic = intrinsic_of(value);
  if (intrinsic.empty()) return "";
  if (intrinsic.size() > 40) intrinsic = "an intrinsic function";
  return "its value needs CloudFormation (" + intrinsic + ")";
}

std::string type_of(const YamlNode& resource) {
  const YamlNode* type = resource.find("Type");
  return type == nullptr ? "" : type->text;
}

class SamReader {
 public:
  SamReader(Import& import, const YamlNode& root) : import_(import), root_(root) {}
  void read();

 private:
  const YamlMember* choose_function();
  void read_function(const YamlMember& function);
  void read_language();
  void put_defaults();

  // The template.
  void take_globals(const YamlMember& member, const Origin& origin);
  void take_resources(const YamlMember& member, const Origin& origin);

  // A function's properties.
  void take_properties(const YamlMember& member, const Origin& origin);
  void take_code(const YamlMember& member, const Origin& origin);
  void take_text(const YamlMember& member, const Origin& origin);
  void take_name(const YamlMember& member, const Origin& origin);
  void take_timeout(const YamlMember& member, const Origin& origin);
  void take_memory(const YamlMember& member, const Origin& origin);
  void take_storage(const YamlMember& member, const Origin& origin);
  void take_environment(const YamlMember& member, const Origin& origin);
  void take_variables(const YamlMember& member, const Origin& origin);
  void take_tags(const YamlMember& member, const Origin& origin);
  void take_architectures(const YamlMember& member, const Origin& origin);
  void take_logging(const YamlMember& member, const Origin& origin);
  void take_log_format(const YamlMember& member, const Origin& origin);
  void take_log_level(const YamlMember& member, const Origin& origin);
  void take_url(const YamlMember& member, const Origin& origin);
  void take_events(const YamlMember& member, const Origin& origin);
  void take_package_type(const YamlMember& member, const Origin& origin);

  const YamlNode* property(std::string_view name) const;
  void megabytes(std::string_view path, const YamlNode& value, const Origin& origin);

  static std::span<const ForeignKey<SamReader>> properties();

  Import& import_;
  const YamlNode& root_;
  const YamlNode* function_ = nullptr;    // its resource
  const YamlNode* properties_ = nullptr;  // its own; may be null
  const YamlNode* globals_ = nullptr;     // of all functions; may be null
  std::string logical_id_;
  std::set<std::string, std::less<>> variables_;  // seen, be they taken or not
};

using Sam = SamReader;

using Row = ForeignKey<Sam>;

void Sam::read_function(const YamlMember& function) {
  static const Row kKeys[] = {
      {.name = "Type"},
      {.name = "Properties", .take = &Sam::take_properties},
      {.name = "Metadata"},  // the build method was looked at
      Row::left("Connectors", kPermissions),
      Row::left("Condition", "the image is built in any case"),
      Row::left("CreationPolicy", kCloud),
      Row::left("DeletionPolicy", kCloud),
      Row::left("DependsOn", kCloud),
      Row::left("IgnoreGlobals", "see the values that were taken from 'Globals'", Severity::Warning),
      Row::left("UpdatePolicy", kCloud),
      Row::left("UpdateReplacePolicy", kCloud),
  };
  read_foreign_section(*this, import_, function.value, "", kKeys, "attribute of a resource");
}

std::span<const ForeignKey<Sam>> Sam::properties() {
  static const Row kKeys[] = {
      {.name = "Architectures", .take = &Sam::take_architectures},
      Row::left("AssumeRolePolicyDocument", kPermissions),
      Row::left("AutoPublishAlias", kDeployment),
      Row::left("AutoPublishAliasAllProperties", kDeployment),
      Row::left("AutoPublishCodeSha256", kDeployment),
      Row::left("CapacityProviderConfig", kCloud),
      Row::left("CodeSigningConfigArn", kCloud),
      {.name = "CodeUri", .take = &Sam::take_code},
      Row::left("DeadLetterQueue", kCloud),
      Row::left("DeploymentPreference", kDeployment),
      {.name = "Description", .take = &Sam::take_text},
      Row::left("DurableConfig", kCloud, Severity::Warning),
      {.name = "Environment", .take = &Sam::take_environment},
      {.name = "EphemeralStorage", .take = &Sam::take_storage},
      Row::left("EventInvokeConfig", "retries are for whoever sends the events"),
      {.name = "Events", .take = &Sam::take_events},
      Row::left("FileSystemConfigs", "a file system of the cloud; a VM gets volumes through 'mounts'",
                Severity::Warning),
      {.name = "FunctionName", .take = &Sam::take_name},
      Row::left("FunctionScalingConfig", kCloud),
      {.name = "FunctionUrlConfig", .take = &Sam::take_url},
      {.name = "Handler"},  // with the language
      Row::left("ImageConfig", kPackaging, Severity::Warning),
      Row::left("ImageUri", kPackaging, Severity::Warning),
      Row::left("InlineCode", "put the code into a file of the project", Severity::Warning),
      Row::left("KmsKeyArn", kCloud),
      Row::left("Layers", "what is in the layers must become part of the project", Severity::Warning),
      {.name = "LoggingConfig", .take = &Sam::take_logging},
      {.name = "MemorySize", .take = &Sam::take_memory},
      {.name = "PackageType", .take = &Sam::take_package_type},
      Row::left("PermissionsBoundary", kPermissions),
      Row::left("Policies", kPermissions),
      Row::left("PropagateTags", kCloud),
      Row::left("ProvisionedConcurrencyConfig", "how many VMs run is for whoever starts them"),
      Row::left("PublishToLatestPublished", kDeployment),
      Row::left("RecursiveLoop", kCloud),
      Row::left("ReservedConcurrentExecutions", "how many VMs run is for whoever starts them"),
      Row::left("Role", kPermissions),
      Row::left("RolePath", kPermissions),
      {.name = "Runtime"},  // with the language
      Row::left("RuntimeManagementConfig", "the runtime is the one that the image is built with"),
      Row::left("RuntimePolicy", kCloud),
      Row::left("SnapStart", "a VM starts from its image"),
      Row::left("SourceKMSKeyArn", kCloud),
      {.name = "Tags", .take = &Sam::take_tags},
      Row::left("TenancyConfig", kCloud),
      {.name = "Timeout", .take = &Sam::take_timeout},
      Row::left("Tracing", "X-Ray is a service of the cloud"),
      Row::left("VersionDescription", kDeployment),
      Row::left("VersionDeletionPolicy", kDeployment),
      Row::left("VpcConfig", "the VM's network is for whoever starts it"),
  };
  return kKeys;
}

const YamlNode* Sam::property(std::string_view name) const {
  const YamlNode* found = properties_ == nullptr ? nullptr : properties_->find(name);
  if (found == nullptr && globals_ != nullptr) found = globals_->find(name);
  return found;
}

const YamlMember* Sam::choose_function() {
  const YamlNode* resources = root_.find("Resources");
  std::vector<const YamlMember*> functions;
  for (const YamlMember& resource : resources->members) {
    if (type_of(resource.value) == kFunctionType) functions.push_back(&resource);
  }
  std::string list;
  std::vector<std::string_view> names;
  for (const YamlMember* function : functions) {
    if (function->name.text == import_.options.function) return function;
    if (names.size() < 20) list.append(list.empty() ? "" : ", ").append(function->name.text);
    names.push_back(function->name.text);
  }
  const std::string& wanted = import_.options.function;
  if (wanted.empty() && functions.size() == 1) return functions[0];
  if (functions.empty()) {
    import_.error(
        kWhichFunction, "the template has no resource of type AWS::Serverless::Function", resources->place,
        "functions of plain CloudFormation (AWS::Lambda::Function) are not imported: their code is in S3");
  } else if (wanted.empty()) {
    import_.error(kWhichFunction,
                  "the template has " + std::to_string(functions.size()) + " functions: " + list,
                  functions[1]->name.place, "say which: --function " + std::string(names[0]));
  } else {
    std::string_view near = nearest(wanted, names);
    import_.error(kWhichFunction,
                  "the template has no function '" + wanted + "'" +
                      (near.empty() ? "" : "; did you mean '" + std::string(near) + "'?"),
                  resources->place, "its functions are " + list);
  }
  return nullptr;
}

void Sam::read() {
  import_.needs = needs_cloudformation;
  const YamlMember* function = choose_function();
  if (function == nullptr) return;
  logical_id_ = function->name.text;
  function_ = &function->value;
  properties_ = function_->find("Properties");
  if (properties_ != nullptr && properties_->kind != YamlNode::Kind::Mapping) properties_ = nullptr;
  if (const YamlNode* globals = root_.find("Globals")) globals_ = globals->find("Function");
  if (globals_ != nullptr && globals_->kind != YamlNode::Kind::Mapping) globals_ = nullptr;

  static const Row kTemplate[] = {
      {.name = "AWSTemplateFormatVersion"},
      {.name = "Transform"},
      {.name = "Description"},  // of the whole template; the function has its own
      {.name = "Globals", .take = &Sam::take_globals},
      {.name = "Resources", .take = &Sam::take_resources},
      Row::left("Conditions", "conditions are CloudFormation's"),
      Row::left("Hooks", kCloud),
      Row::left("Mappings", "values that are looked up in it are left out"),
      Row::left("Metadata", "it is for consoles and tools of AWS"),
      Row::left("Outputs", "outputs are of a deployed stack"),
      Row::left("Parameters", "values that refer to them are left out"),
      Row::left("Rules", "they check parameters, which are left out"),
  };
  // The function before what it inherits, wherever they stand.
  read_function(*function);
  read_foreign_section(*this, import_, root_, "", kTemplate, "section of a template");
  if (!import_.draft.has("name")) import_.name(logical_id_, {logical_id_, function->name.place});
  read_language();
  put_defaults();
}

void Sam::take_properties(const YamlMember& member, const Origin&) {
  read_foreign_section(*this, import_, member.value, "", properties(),
                       "property of AWS::Serverless::Function");
}

void Sam::take_globals(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  for (const YamlMember& section : member.value.members) {
    Origin one{"Globals." + section.name.text, section.name.place};
    if (section.name.text != "Function") {
      import_.leave_out(one, "it is about other resources than functions");
      continue;
    }
    if (!import_.is_map(section.value, one)) continue;
    YamlNode inherited = section.value;
    std::erase_if(inherited.members, [&](const YamlMember& global) {
      // What the function says itself counts; only variables and tags are merged one by one.
      return global.name.text != "Environment" && global.name.text != "Tags" && properties_ != nullptr &&
             properties_->find(global.name.text) != nullptr;
    });
    read_foreign_section(*this, import_, inherited, "Globals.Function", properties(),
                         "property of AWS::Serverless::Function");
  }
}

void Sam::take_resources(const YamlMember& member, const Origin&) {
  for (const YamlMember& resource : member.value.members) {
    if (&resource.value == function_) continue;
    std::string type = type_of(resource.value);
    Origin origin{"Resources." + resource.name.text, resource.name.place};
    if (type == kFunctionType) {
      import_.leave_out(origin, "another function: import it with --function " + resource.name.text);
    } else {
      if (type.size() > 80) type.resize(80);
      import_.leave_out(origin,
                        type.empty() ? "it is no function" : "a resource of the cloud (" + type + ")");
    }
  }
}

void Sam::read_language() {
  const YamlNode* runtime = property("Runtime");
  const YamlNode* handler = property("Handler");
  Origin runtime_origin{"Runtime", runtime == nullptr ? function_->place : runtime->place};
  Origin handler_origin{"Handler", handler == nullptr ? function_->place : handler->place};
  const std::string* name = runtime == nullptr ? nullptr : import_.text(*runtime, runtime_origin);
  std::string method;
  if (const YamlNode* metadata = function_->find("Metadata")) {
    if (const YamlNode* build = metadata->find("BuildMethod")) method = build->text;
  }
  bool python = false, own_bootstrap = false;
  if (name != nullptr && name->starts_with("python")) {
    python = true;
    std::string version = name->substr(6);
    import_.draft.put("runtime", version.empty() ? "python" : "python:" + version, runtime_origin);
  } else if (name != nullptr && (*name == "go1.x" || method == "go1.x")) {
    own_bootstrap = true;
    import_.draft.put("runtime", "go", runtime_origin, "was " + *name);
  } else if (name != nullptr && name->starts_with("provided")) {
    own_bootstrap = true;
    import_.draft.remark("runtime", "runtime: found by the files, because " + *name + " names no language");
  } else if (name != nullptr) {
    import_.leave_out(runtime_origin, "faasc builds C++, Python and Go, not " + *name, Severity::Warning);
  }
  import_.draft.put("signature", "lambda", runtime_origin);

  const std::string* entry = handler == nullptr ? nullptr : import_.text(*handler, handler_origin);
  if (entry == nullptr) return;
  if (own_bootstrap) {
    return import_.leave_out(handler_origin,
                             "the handler is the one that the program passes to Lambda's runtime library");
  }
  if (!python) return import_.leave_out(handler_origin, "it is of a language that faasc does not build");
  std::string dotted = *entry;  // Lambda takes a/b.f for the module a.b
  for (char& c : dotted) c = c == '/' ? '.' : c;
  import_.draft.put("handler", dotted, handler_origin);
}

// What Lambda does where the template does not say is part of what the function relies on.
void Sam::put_defaults() {
  Origin origin{logical_id_, function_->place};
  if (property("Timeout") == nullptr)
    import_.draft.put_yaml("limits.timeout", "3s", origin, "Lambda's default");
  if (property("MemorySize") == nullptr)
    import_.draft.put_yaml("resources.memory", "128MiB", origin, "Lambda's default");
}

void Sam::take_code(const YamlMember& member, const Origin& origin) {
  if (member.value.kind == YamlNode::Kind::Mapping && intrinsic_of(member.value).empty()) {
    return import_.leave_out(origin, "the code is in S3; faasc builds from source in the project",
                             Severity::Warning);
  }
  const std::string* path = import_.text(member.value, origin);
  if (path == nullptr) return;
  if (path->find("://") != std::string::npos) {
    return import_.leave_out(origin, "the code is elsewhere; faasc builds from source in the project",
                             Severity::Warning);
  }
  if (path->ends_with(".zip") || path->ends_with(".jar"))
    return import_.leave_out(origin, kPackaging, Severity::Warning);
  import_.source_directory(*path, origin);
}

void Sam::take_text(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin))
    import_.draft.put("description", *text, origin);
}

void Sam::take_name(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin)) import_.name(*text, origin);
}

void Sam::take_timeout(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin))
    import_.draft.put("limits.timeout", *text + "s", origin);
}

void Sam::megabytes(std::string_view path, const YamlNode& value, const Origin& origin) {
  if (const std::string* text = import_.text(value, origin)) import_.draft.put(path, *text + "MiB", origin);
}

void Sam::take_memory(const YamlMember& member, const Origin& origin) {
  megabytes("resources.memory", member.value, origin);
}

void Sam::take_storage(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  if (const YamlNode* size = member.value.find("Size"))
    megabytes("resources.ephemeral_storage", *size, {origin.key + ".Size", size->place});
}

void Sam::take_environment(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {{.name = "Variables", .take = &Sam::take_variables}};
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of Environment");
}

void Sam::take_variables(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  for (const YamlMember& variable : member.value.members) {
    const std::string& name = variable.name.text;
    if (!variables_.insert(name).second) continue;  // a global one that the function overrides
    Origin one{origin.key + "." + name, variable.name.place};
    if (const std::string* value = import_.text(variable.value, one)) {
      import_.variable(name, *value, one);
    } else if (variables_.size() <= 100) {
      std::string intrinsic = intrinsic_of(variable.value);
      std::string what = variable.value.text.size() > 60 ? "…" : variable.value.text;
      import_.draft.remark("env", name + ": …  (was " + (intrinsic.empty() ? "empty" : intrinsic) +
                                      (what.empty() ? "" : " " + what) + ")");
    }
  }
}

void Sam::take_tags(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  for (const YamlMember& tag : member.value.members) {
    Origin one{origin.key + "." + tag.name.text, tag.name.place};
    const std::string* value = import_.text(tag.value, one);
    if (value != nullptr && !import_.draft.has_member("labels", tag.name.text))
      import_.label(tag.name.text, *value, one);
  }
}

void Sam::take_architectures(const YamlMember& member, const Origin& origin) {
  if (!import_.is_list(member.value, origin)) return;
  for (const YamlNode& item : member.value.items) {
    if (item.text != "x86_64")
      import_.leave_out(origin,
                        "the image is for x86_64; 'kernel: nanos-aarch64' under image makes it one for "
                        "arm64, where the language allows it",
                        Severity::Warning);
  }
}

void Sam::take_logging(const YamlMember& member, const Origin& origin) {
  static const Row kKeys[] = {{.name = "LogFormat", .take = &Sam::take_log_format},
                              {.name = "ApplicationLogLevel", .take = &Sam::take_log_level},
                              Row::left("LogGroup", "logs go to the VM's console"),
                              Row::left("SystemLogLevel", "logs go to the VM's console")};
  read_foreign_section(*this, import_, member.value, origin.key, kKeys, "key of LoggingConfig");
}

void Sam::take_log_format(const YamlMember& member, const Origin& origin) {
  if (const std::string* text = import_.text(member.value, origin))
    import_.draft.put("logging.format", *text == "JSON" ? "json" : *text == "Text" ? "text" : *text, origin);
}

void Sam::take_log_level(const YamlMember& member, const Origin& origin) {
  const std::string* text = import_.text(member.value, origin);
  if (text == nullptr) return;
  std::string lower;
  for (char c : *text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  import_.draft.put("logging.level", lower == "trace" ? "debug" : lower, origin);
}

void Sam::take_url(const YamlMember& member, const Origin& origin) {
  import_.draft.put("http.lambda_event", "url-v2", origin, "as a function URL sends it");
  for (const YamlMember& key : member.value.members) {
    import_.leave_out({origin.key + "." + key.name.text, key.name.place},
                      key.name.text == "AuthType"
                          ? "who may call the function is for what stands before the VM"
                      : key.name.text == "Cors" ? "CORS is for the function, or what stands before the VM"
                                                : "function URLs are the cloud's");
  }
}

void Sam::take_events(const YamlMember& member, const Origin& origin) {
  if (!import_.is_map(member.value, origin)) return;
  for (const YamlMember& event : member.value.members) {
    Origin one{origin.key + "." + event.name.text, event.name.place};
    std::string type = type_of(event.value);
    if (type == "HttpApi") {
      import_.draft.put("http.lambda_event", "url-v2", one, "as an HTTP API sends it");
      import_.leave_out(one, "the image serves every path; its events are those of payload version 2.0");
    } else if (type == "Api") {
      import_.leave_out(one, "REST APIs wrap requests in payload version 1.0, and faasc does so in 2.0 only",
                        Severity::Warning);
    } else {
      if (type.size() > 40) type = "other";
      import_.leave_out(one, "events (" + (type.empty() ? "of no type" : type) +
                                 ") are sent by the cloud; the image takes them as HTTP requests");
    }
  }
}

void Sam::take_package_type(const YamlMember& member, const Origin& origin) {
  if (member.value.text != "Zip") import_.leave_out(origin, kPackaging, Severity::Warning);
}

}  // namespace

bool is_sam_template(const YamlNode& root) {
  const YamlNode* resources = root.find("Resources");
  if (resources == nullptr || resources->kind != YamlNode::Kind::Mapping) return false;
  const YamlNode* transform = root.find("Transform");
  if (transform != nullptr && transform->text.starts_with("AWS::Serverless")) return true;
  return root.find("AWSTemplateFormatVersion") != nullptr ||
         std::any_of(resources->members.begin(), resources->members.end(),
                     [](const YamlMember& resource) { return type_of(resource.value).starts_with("AWS::"); });
}

void import_sam_template(Import& import, const YamlNode& root) {
  SamReader(import, root).read();
}

}  // namespace faasc
