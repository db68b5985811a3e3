#include <set>

#include "compiler/cpp/cxx/decl_names.h"
#include "compiler/cpp/cxx/typed_binding.h"

namespace faasc::cpp {

std::string binding_source(
    const std::vector<std::pair<const clang::FunctionDecl*, const TypedBinding*>>& bound,
    const clang::ASTContext& context) {
  clang::PrintingPolicy policy = context.getPrintingPolicy();
  policy.SuppressUnwrittenScope = true;
  policy.SuppressTagKeyword = true;
  policy.Bool = true;
  std::set<std::string> headers, known;
  std::string specialisations, chosen, entries;
  for (std::size_t i = 0; i < bound.size(); ++i) {
    const auto& [function, binding] = bound[i];
    headers.insert(binding->headers.begin(), binding->headers.end());
    for (const std::string& one : binding->specialisations)
      if (known.insert(one).second) specialisations += one;
    std::string number = std::to_string(i), handler = "&::" + plain_name(*function);
    if (!function->getDeclContext()->getRedeclContext()->lookup(function->getDeclName()).isSingleResult()) {
      // One of several: its type says which. Outside of our namespace, where only the user's names are found.
      std::string type = context.getPointerType(function->getType().getCanonicalType()).getAsString(policy);
      chosen += "namespace { constexpr auto faasc_handler_" + number + " = static_cast<" + type + ">(" +
                handler + "); }\n";
      handler = "::faasc_handler_" + number;
    }
    std::string signature = "int serve_function_" + number + "(int argc, char** argv, char const* openapi)";
    // Weak: the function may be inline, in a header of several sources.
    entries += "__attribute__((weak)) " + signature + " __asm__(\"" + binding->fact.entry + "\");\n" +
               signature + " {\n  return serve_typed(argc, argv, typed_call<" + handler + ">(" + handler +
               "), " + (function->getNumParams() == 0 ? "false" : "true") + ", openapi);\n}\n";
  }
  std::string source = "#include \"faasc/rt/typed/core.h\"\n";
  for (const std::string& header : headers) source += "#include \"faasc/rt/typed/" + header + ".h\"\n";
  return source + chosen + "namespace faasc::rt {\n" + specialisations + entries +
         "}  // namespace faasc::rt\n";
}

}  // namespace faasc::cpp
