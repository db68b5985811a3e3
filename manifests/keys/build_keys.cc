// The keys of `build`: how each language is built.

#include "manifests/codes.h"
#include "manifests/keys/member.h"
#include "manifests/keys/patterns.h"
#include "manifests/keys/sections.h"
#include "manifests/text_checks.h"

namespace faasc {
namespace {

using M = Manifest;
constexpr std::string_view kStandards[] = {"11", "14", "17", "20", "23"};
constexpr std::string_view kGoAmd64[] = {"v1", "v2", "v3", "v4"};
constexpr std::string_view kGoModules[] = {"auto", "readonly", "vendor"};
constexpr std::string_view kPythonPrune[] = {"none", "stdlib", "all"};

constexpr Key kCMakeKeys[] = {
    {.name = "dir",
     .help = "Directory of the CMakeLists.txt, relative to source",
     .fallback = ".",
     .store = store<&CMakeTarget::directory>,
     .code = kPathEscapes,
     .pattern = kPathPattern,
     .check = check_project_path},
    {.name = "target",
     .help = "The library or object target that holds the handler",
     .fallback = "functions_framework_cpp_function",
     .store = store<&CMakeTarget::target>,
     .code = kBadBuildOption,
     .check = check_not_empty},
};

constexpr std::string_view kLaunchers[] = {"none", "ccache", "sccache", "distcc", "icecc"};

constexpr Key kCppKeys[] = {
    {.name = "sources",
     .form = Form::TextList,
     .help = "Globs of the files to compile",
     .fallback = "every *.cc, *.cpp and *.cxx that is not a test",
     .store = store<&M::CppBuild::sources>,
     .code = kBadGlob,
     .check = check_glob},
    {.name = "standard",
     .form = Form::Choice,
     .help = "The C++ standard",
     .fallback = "17",
     .store = store<&M::CppBuild::standard>,
     .code = kCppStandard,
     .choices = kStandards},
    {.name = "includes",
     .form = Form::TextList,
     .help = "Directories searched for headers",
     .store = store<&M::CppBuild::includes>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "defines",
     .form = Form::TextList,
     .help = "Macros, NAME or NAME=value",
     .store = store<&M::CppBuild::defines>,
     .code = kBadBuildOption,
     .pattern = "^[A-Za-z_][A-Za-z0-9_]*(=.*)?$",
     .check = check_cpp_define},
    {.name = "flags",
     .form = Form::TextList,
     .help = "Further flags for the compiler",
     .store = store<&M::CppBuild::flags>,
     .code = kDeniedCppFlag,
     .pattern = "^-",
     .check = check_cpp_flag},
    {.name = "link",
     .form = Form::TextList,
     .help = "Libraries to link: -lz, or a path to an archive",
     .store = store<&M::CppBuild::link>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "launcher",
     .form = Form::Choice,
     .help = "The program that runs clang++: on other hosts, or out of a cache of its own",
     .fallback = "none",
     .store = store<&M::CppBuild::launcher>,
     .code = kBadBuildOption,
     .choices = kLaunchers},
    {.name = "cmake",
     .form = Form::Section,
     .help = "Take sources and flags from a CMake project instead",
     .open = open<&M::CppBuild::cmake>,
     .members = kCMakeKeys},
};

constexpr Key kPythonKeys[] = {
    {.name = "requirements",
     .help = "File of the requirements",
     .fallback = "requirements.txt where there is one, then pyproject.toml",
     .store = store<&M::PythonBuild::requirements>,
     .code = kPathEscapes,
     .pattern = kPathPattern,
     .check = check_project_path},
    {.name = "wheels",
     .help = "Directory of wheels to install from",
     .store = store<&M::PythonBuild::wheels>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "index",
     .help = "URL of the package index",
     .store = store<&M::PythonBuild::index>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "prune",
     .form = Form::Choice,
     .help = "What to leave out where no import reaches it: nothing, of the standard library, of "
             "requirements, too",
     .fallback = "stdlib",
     .store = store<&M::PythonBuild::prune>,
     .code = kBadBuildOption,
     .choices = kPythonPrune},
    {.name = "include",
     .form = Form::TextList,
     .help = "Modules that are staged although no import of them is seen",
     .store = store<&M::PythonBuild::include>,
     .code = kBadBuildOption,
     .pattern = "^[A-Za-z_][A-Za-z0-9_]*(\\.[A-Za-z_][A-Za-z0-9_]*)*$",
     .check = check_module_name},
    {.name = "bytecode",
     .form = Form::Boolean,
     .help = "Compile modules ahead of time",
     .fallback = "true",
     .store = store<&M::PythonBuild::bytecode>},
};

constexpr Key kGoKeys[] = {
    {.name = "package",
     .help = "Import path or directory of the package",
     .fallback = ".",
     .store = store<&M::GoBuild::package>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "tags",
     .form = Form::TextList,
     .help = "Build tags",
     .store = store<&M::GoBuild::tags>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "ldflags",
     .form = Form::TextList,
     .help = "Flags for the linker",
     .store = store<&M::GoBuild::ldflags>,
     .code = kBadBuildOption,
     .check = check_not_empty},
    {.name = "cgo",
     .form = Form::Boolean,
     .help = "Allow packages that need a C compiler",
     .fallback = "false",
     .store = store<&M::GoBuild::cgo>},
    {.name = "goamd64",
     .form = Form::Choice,
     .help = "The x86-64 processors that the program runs on: v1 is all, v3 has AVX2",
     .fallback = "v1",
     .store = store<&M::GoBuild::goamd64>,
     .code = kBadBuildOption,
     .choices = kGoAmd64},
    {.name = "mod",
     .form = Form::Choice,
     .help = "Where modules come from",
     .fallback = "vendor where there is a vendor directory",
     .store = store<&M::GoBuild::modules>,
     .code = kBadBuildOption,
     .choices = kGoModules},
};

constexpr Key kBuildKeys[] = {
    {.name = "cpp",
     .form = Form::Section,
     .help = "How C++ is built",
     .open = open<&M::Build::cpp>,
     .members = kCppKeys},
    {.name = "python",
     .form = Form::Section,
     .help = "How Python is built",
     .open = open<&M::Build::python>,
     .members = kPythonKeys},
    {.name = "go",
     .form = Form::Section,
     .help = "How Go is built",
     .open = open<&M::Build::go>,
     .members = kGoKeys},
    {.name = "args",
     .form = Form::TextMap,
     .help = "Variables for the build; may use ${env:NAME}",
     .store = store<&M::Build::args>,
     .code = kBadBuildOption,
     .pattern = kVariablePattern,
     .check_name = check_variable_name,
     .name_code = kBadBuildOption},
    {.name = "locked",
     .form = Form::Boolean,
     .help = "Refuse dependencies that are not pinned",
     .fallback = "false",
     .store = store<&M::Build::locked>},
    {.name = "reproducible",
     .form = Form::Boolean,
     .help = "Same input, same bytes",
     .fallback = "true",
     .store = store<&M::Build::reproducible>},
};

}  // namespace

std::span<const Key> build_keys() {
  return kBuildKeys;
}

}  // namespace faasc
