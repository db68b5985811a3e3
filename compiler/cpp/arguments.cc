#include "compiler/cpp/arguments.h"

#include <algorithm>
#include <array>

#include "base/file.h"
#include "compiler/cpp/codes.h"

namespace faasc::cpp {
namespace fs = std::filesystem;
namespace {

constexpr std::array<int, 5> kStandards = {11, 14, 17, 20, 23};

struct Denied {
  std::string_view flag;
  bool prefix;  ///< also with something right behind it: "-ofile"
  std::string_view why;
};

constexpr std::string_view kOutput = "faasc decides what is written where";
constexpr std::string_view kLinkage = "a function is one static executable";
constexpr std::string_view kTarget = "images are for x86-64";
constexpr std::string_view kCode = "it would run code inside the compiler";

constexpr Denied kDenied[] = {
    {"-o", false, kOutput},         {"-c", false, kOutput},
    {"-E", false, kOutput},         {"-S", false, kOutput},
    {"-M", true, kOutput},          {"-fsyntax-only", false, kOutput},
    {"-emit-llvm", false, kOutput}, {"-flto", true, kOutput},
    {"-save-temps", true, kOutput}, {"--output", true, kOutput},
    {"-###", false, kOutput},       {"-shared", false, kLinkage},
    {"-static", false, kLinkage},   {"-static-pie", false, kLinkage},
    {"-pie", false, kLinkage},      {"-rdynamic", false, kLinkage},
    {"-m32", false, kTarget},       {"-mx32", false, kTarget},
    {"-m16", false, kTarget},       {"-target", false, kTarget},
    {"--target", true, kTarget},    {"-fplugin", true, kCode},
    {"-fpass-plugin", true, kCode}, {"-load", true, kCode},
    {"-plugin", true, kCode},       {"-std=", true, "'build.cpp.standard' says which it is"},
};

// "-o" alone denies "-ofile" as well, but not "-openmp"-like words of other flags that begin with the letter.
bool is_denied(std::string_view flag, const Denied& denied) {
  if (flag == denied.flag) return true;
  if (denied.flag == "-o") return flag.starts_with("-o") && !flag.starts_with("-object");
  return denied.prefix && flag.starts_with(denied.flag);
}

Result<void> check_flags(const std::vector<std::string>& flags, std::string_view key, bool may_set_standard) {
  for (const std::string& flag : flags) {
    if (may_set_standard && flag.starts_with("-std=")) continue;
    if (flag.starts_with('@'))
      return Error{
          Fault::Input,
          kCppFlagNotAllowed,
          "'" + flag + "' in '" + std::string(key) + "' is not allowed: write the flags of the file out",
          {},
          {}};
    for (const Denied& denied : kDenied)
      if (is_denied(flag, denied))
        return Error{
            Fault::Input,
            kCppFlagNotAllowed,
            "flag '" + flag + "' in '" + std::string(key) + "' is not allowed: " + std::string(denied.why),
            {},
            "remove it"};
  }
  return {};
}

Result<std::string> canonical_name(const fs::path& path) {
  std::error_code error;
  fs::path result = fs::weakly_canonical(path, error);
  if (error) return io_error("find", path, error.value());
  if (!result.has_filename()) result = result.parent_path();
  return result.string();
}

// Everything that holds for the user's sources and the generated main() alike.
Result<std::vector<std::string>> common_arguments(const CppRequest& request) {
  FAASC_TRY(std::string project, canonical_name(request.project_dir));
  FAASC_TRY(std::string work, canonical_name(request.work_dir));
  FAASC_TRY(std::string include, canonical_name(request.installation.include_dir));
  return std::vector<std::string>{
      "-O2", "-g1", "-fno-pie", "-ffunction-sections", "-fdata-sections", "-ferror-limit=0",
      "-fno-color-diagnostics",
      // Debian's Boost trips over this error, which Clang gives in system headers too.
      "-Wno-enum-constexpr-conversion",
      // No directory's name gets into an object. Of several that match, the last one counts.
      "-ffile-compilation-dir=.", "-ffile-prefix-map=" + project + "=.",
      "-ffile-prefix-map=" + work + "=/faasc/work", "-ffile-prefix-map=" + include + "=/faasc/include",
      // Ours come before every other directory, so that an installed framework is not mixed in, and are
      // system headers nevertheless.
      "-I" + include, "--system-header-prefix=google/cloud/functions/", "--system-header-prefix=faasc/",
      "--system-header-prefix=aws/"};
}

bool is_outside(const std::string& directory) {
  fs::path normal = fs::path(directory).lexically_normal();
  return normal.is_absolute() || (!normal.empty() && *normal.begin() == "..");
}

std::string_view parameter_of(Shape shape) {
  switch (shape) {
    case Shape::HttpValue:
      return "google::cloud::functions::HttpRequest";
    case Shape::HttpConstReference:
      return "google::cloud::functions::HttpRequest const&";
    case Shape::HttpRvalue:
      return "google::cloud::functions::HttpRequest&&";
    case Shape::EventValue:
      return "google::cloud::functions::CloudEvent";
    case Shape::EventConstReference:
      return "google::cloud::functions::CloudEvent const&";
    case Shape::EventRvalue:
      return "google::cloud::functions::CloudEvent&&";
    case Shape::LambdaValue:
      return "aws::lambda_runtime::invocation_request";
    case Shape::LambdaConstReference:
      return "aws::lambda_runtime::invocation_request const&";
    case Shape::Factory:
    case Shape::OwnMain:
    case Shape::Typed:
      break;
  }
  return {};
}

std::string_view result_of(Shape shape) {
  if (shape == Shape::Factory) return "google::cloud::functions::Function";
  if (shape == Shape::LambdaValue || shape == Shape::LambdaConstReference)
    return "aws::lambda_runtime::invocation_response";
  bool event =
      shape == Shape::EventValue || shape == Shape::EventConstReference || shape == Shape::EventRvalue;
  return event ? "void" : "google::cloud::functions::HttpResponse";
}

// For source text; control characters as octal escapes, which cannot run into what follows.
std::string c_string(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\' || c == '?') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += '\\';
      for (int shift : {6, 3, 0}) out += static_cast<char>('0' + (c >> shift & 7));
    } else {
      out += c;
    }
  }
  return out + '"';
}

}  // namespace

Result<void> check_arguments(const CppRequest& request) {
  if (std::find(kStandards.begin(), kStandards.end(), request.standard) == kStandards.end())
    return Error{Fault::Input,
                 kCppBadStandard,
                 "C++ standard '" + std::to_string(request.standard) + "' is not one of 11, 14, 17, 20, 23",
                 {},
                 "set 'build.cpp.standard: 17'"};
  for (const auto& [source, arguments] : request.own_arguments)
    FAASC_CHECK(check_flags(arguments, "the CMake target's flags of " + source, true));
  FAASC_CHECK(check_flags(request.flags, "build.cpp.flags", false));
  return check_flags(request.link, "build.cpp.link", false);
}

Result<std::vector<std::string>> compile_arguments(const CppRequest& request, std::string_view source) {
  FAASC_TRY(std::vector<std::string> arguments, common_arguments(request));
  auto own = request.own_arguments.find(std::string(source));
  if (source.ends_with(".c")) {
    arguments.insert(arguments.begin(), {"-x", "c"});
  } else if (own == request.own_arguments.end()) {
    arguments.insert(arguments.begin(), "-std=c++" + std::to_string(request.standard));
  }
  if (own != request.own_arguments.end())
    arguments.insert(arguments.end(), own->second.begin(), own->second.end());
  for (const std::string& directory : request.includes) {
    if (is_outside(directory)) {
      arguments.emplace_back("-isystem");
      arguments.push_back(directory);
    } else {
      arguments.push_back("-I" + directory);
    }
  }
  for (const std::string& define : request.defines) arguments.push_back("-D" + define);
  arguments.insert(arguments.end(), request.flags.begin(), request.flags.end());
  return arguments;
}

Result<std::vector<std::string>> main_arguments(const CppRequest& request) {
  FAASC_TRY(std::vector<std::string> arguments, common_arguments(request));
  arguments.insert(arguments.begin(), "-std=c++17");
  return arguments;
}

Result<std::vector<std::string>> typed_main_arguments(const CppRequest& request, std::string_view source) {
  FAASC_TRY(std::vector<std::string> arguments, compile_arguments(request, source));
  // Of several, the last one counts.
  auto standard = std::find_if(arguments.rbegin(), arguments.rend(),
                               [](const std::string& argument) { return argument.starts_with("-std="); });
  bool is_old = standard != arguments.rend() &&
                (standard->ends_with("++98") || standard->ends_with("++03") || standard->ends_with("++11") ||
                 standard->ends_with("++0x") || standard->ends_with("++14") || standard->ends_with("++1y"));
  if (is_old) arguments.emplace_back("-std=c++17");
  return arguments;
}

Result<std::vector<std::string>> link_arguments(const CppRequest& request,
                                                const std::vector<fs::path>& objects,
                                                const fs::path& main_object) {
  std::vector<std::string> arguments = {"-static", "-pthread", "-Wl,--gc-sections", "-Wl,--build-id=none"};
  for (const fs::path& object : objects) {
    FAASC_TRY(std::string path, canonical_name(object));
    arguments.push_back(std::move(path));
  }
  if (!main_object.empty()) {
    FAASC_TRY(std::string path, canonical_name(main_object));
    arguments.push_back(std::move(path));
  }
  FAASC_TRY(std::string runtime, canonical_name(request.installation.runtime_library));
  // The user's libraries may need the runtime; the runtime never needs them.
  arguments.insert(arguments.end(), request.link.begin(), request.link.end());
  arguments.push_back(std::move(runtime));
  return arguments;
}

std::string main_source(const ChosenHandler& chosen) {
  std::string symbol;
  for (char c : chosen.function.symbol) {
    if (c == '"' || c == '\\') symbol += '\\';
    symbol += c;
  }
  std::string source = "// Made by faasc: hands '" + chosen.function.name +
                       "' to the runtime.\n#include \"faasc/rt/serve.h\"\n\n";
  source.append(result_of(chosen.shape)).append(" faasc_handler(").append(parameter_of(chosen.shape));
  source += ") __asm__(\"" + symbol + "\");\n\n";
  source += "int main(int argc, char** argv) { return faasc::rt::serve(argc, argv, &faasc_handler); }\n";
  return source;
}

std::string typed_main_source(const ChosenHandler& chosen, std::string_view openapi) {
  return "// Made by faasc: serves '" + chosen.function.name +
         "', whose JSON binding is in its own object.\n"
         "int faasc_serve(int argc, char** argv, char const* openapi) __asm__(" +
         c_string(chosen.function.typed->entry) +
         ");\n\nint main(int argc, char** argv) {\n  return faasc_serve(argc, argv, " +
         (openapi.empty() ? "nullptr" : c_string(openapi)) + ");\n}\n";
}

std::string typed_main_with_source(const ChosenHandler& chosen, const fs::path& source,
                                   std::string_view openapi) {
  std::string document = openapi.empty() ? "nullptr" : c_string(openapi);
  std::string handler = "&::" + chosen.function.name;
  return "// Made by faasc: the JSON binding of '" + chosen.function.name +
         "'.\n#include \"faasc/rt/typed.h\"\n\n#include " + c_string(source.string()) +
         "\n\nnamespace faasc::rt {\n" + chosen.function.typed->binding +
         "}  // namespace faasc::rt\n\nint main(int argc, char** argv) {\n"
         "  return faasc::rt::serve_typed(argc, argv, faasc::rt::typed_call<" +
         handler + ">(" + handler + "),\n                                " +
         (chosen.function.parameters.empty() ? "false" : "true") + ", " + document + ");\n}\n";
}

}  // namespace faasc::cpp
