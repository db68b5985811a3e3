#include "compiler/driver/guest_environment_options.h"

#include "launcher/codes.h"
#include "manifests/codes.h"
#include "manifests/reserved_variables.h"
#include "manifests/text_checks.h"

namespace faasc {
namespace {

Error refused(const char* code, std::string what, std::string hint) {
  return {Fault::Usage, code, std::move(what), {}, std::move(hint)};
}

}  // namespace

Result<std::map<std::string, std::string>> guest_environment_of(const std::vector<std::string>& assignments,
                                                                std::string_view kind,
                                                                const EnvironmentLookup& host) {
  std::map<std::string, std::string> environment;
  for (const std::string& assignment : assignments) {
    std::size_t equals = assignment.find('=');
    std::string name = assignment.substr(0, equals);
    if (!is_variable_name(name))
      return refused(kBadVariableName, "'--env " + assignment + "' names no environment variable",
                     "write --env NAME=VALUE, or --env NAME for the value that this host has; names are of "
                     "letters, digits and '_'");
    if (is_reserved_variable(name))
      return refused(
          kReservedVariable, "variable '" + name + "' is set by the runtime",
          name == "PORT" ? "-p says which port of this host leads to the function's" : "choose another name");
    if (kind == "lambda" && is_reserved_for_lambda(name))
      return refused(kReservedVariable, "variable '" + name + "' is set by the runtime of lambda handlers",
                     "choose another name");
    std::optional<std::string> value =
        equals == std::string::npos ? host(name) : std::optional(assignment.substr(equals + 1));
    if (!value)
      return refused(kVariableNotSet,
                     "'--env " + name + "' takes the value of this host's '" + name + "', which is not set",
                     "set it, or write --env " + name + "=VALUE");
    environment.insert_or_assign(std::move(name), std::move(*value));
  }
  std::size_t total = 0;
  for (const auto& [name, value] : environment) total += name.size() + value.size() + 2;
  if (total > kEnvironmentLimit)
    return refused(kEnvironmentTooLarge,
                   "--env takes " + std::to_string(total) + " bytes; at most " +
                       std::to_string(kEnvironmentLimit) + " are allowed",
                   "put large values into a file and name it under 'files'");
  return environment;
}

}  // namespace faasc
