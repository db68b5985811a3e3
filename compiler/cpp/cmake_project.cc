#include "compiler/cpp/cmake_project.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/file_clock.h"
#include "base/process.h"
#include "base/sha256.h"
#include "compiler/cpp/cmake_offline.h"
#include "compiler/cpp/cmake_reply.h"
#include "compiler/cpp/codes.h"
#include "compiler/cpp/input_record.h"

// The work directory:
//   cmake/            CMake's own build directory
//   cmake-packages/   what the configuration of the project is given by faasc
//   cmake.json        an InputRecord: what CMake read, and what it said

namespace faasc {
namespace fs = std::filesystem;
namespace {

using cpp::CMakeReply;
using cpp::CMakeSource;
using cpp::CMakeTargetReply;
using cpp::InputRecord;
using Json = nlohmann::ordered_json;

constexpr const char* kHelperTarget = "faasc_link";
constexpr std::size_t kExcerptLines = 20;

// Adds a program that links with the target, whose link line then says what a library needs. Libraries are
// looked for as archives first, since the function is a static program. No directory's name gets into what
// CMake compiles.
constexpr const char* kProjectInclude = R"(# Made by faasc.
set(CMAKE_FIND_LIBRARY_SUFFIXES .a ${CMAKE_FIND_LIBRARY_SUFFIXES})
function(faasc_add_link_line)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(NOT "CXX" IN_LIST languages OR NOT TARGET "${FAASC_TARGET}" OR TARGET faasc_link)
    return()
  endif()
  get_target_property(type "${FAASC_TARGET}" TYPE)
  if(type MATCHES "^(STATIC|OBJECT)_LIBRARY$")
    add_executable(faasc_link EXCLUDE_FROM_ALL "${FAASC_LINK_SOURCE}")
    target_link_libraries(faasc_link PRIVATE "${FAASC_TARGET}")
  endif()
endfunction()
if(CMAKE_CURRENT_SOURCE_DIR STREQUAL CMAKE_SOURCE_DIR)
  add_compile_options("$<$<COMPILE_LANGUAGE:C,CXX>:-ffile-prefix-map=${CMAKE_SOURCE_DIR}=.>"
                      "$<$<COMPILE_LANGUAGE:C,CXX>:-ffile-prefix-map=${CMAKE_BINARY_DIR}=/faasc/cmake>")
  cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL faasc_add_link_line)
endif()
)";

struct Package {
  const char* name;
  const char* config;
};

// The headers come before all others, and the runtime is linked in any case.
constexpr std::array<Package, 2> kPackages = {{
    {"functions_framework_cpp", R"(# Made by faasc.
if(NOT TARGET functions-framework-cpp::framework)
  add_library(functions-framework-cpp::framework INTERFACE IMPORTED)
  set_property(TARGET functions-framework-cpp::framework PROPERTY INTERFACE_COMPILE_FEATURES cxx_std_17)
endif()
)"},
    {"aws-lambda-runtime", R"(# Made by faasc.
if(NOT TARGET AWS::aws-lambda-runtime)
  add_library(AWS::aws-lambda-runtime INTERFACE IMPORTED)
  set_property(TARGET AWS::aws-lambda-runtime PROPERTY INTERFACE_COMPILE_FEATURES cxx_std_11)
endif()
function(aws_lambda_package_target target)
endfunction()
)"},
}};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  while (!lines.empty() && lines.back().empty()) lines.pop_back();
  return lines;
}

// CMake's first error, or else the beginning: what follows comes of it.
std::vector<std::string> first_error(const std::string& said) {
  std::vector<std::string> lines = lines_of(said);
  auto start = std::find_if(lines.begin(), lines.end(),
                            [](const std::string& line) { return line.starts_with("CMake Error"); });
  if (start != lines.end()) lines.erase(lines.begin(), start);
  if (lines.size() > kExcerptLines) lines.resize(kExcerptLines);
  return lines;
}

std::vector<std::string> last_lines(const std::string& said) {
  std::vector<std::string> lines = lines_of(said);
  if (lines.size() > kExcerptLines)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(kExcerptLines));
  return lines;
}

// What is decided by the way a function is linked, or only makes it slower or larger there.
bool is_ours_to_decide(std::string_view flag) {
  for (std::string_view one :
       {"-fPIC", "-fpic", "-fPIE", "-fpie", "-fno-pie", "-fno-PIE", "-ffat-lto-objects"})
    if (flag == one) return true;
  return flag.starts_with("-ffile-prefix-map=") || flag.starts_with("-flto") ||
         flag.starts_with("-fno-lto") || flag.starts_with("-fno-fat-lto");
}

// Words of a link line that have no meaning in a static program.
bool is_dynamic_only(std::string_view word) {
  return word.starts_with("-Wl,-rpath") || word == "-rdynamic" || word == "-static" || word == "-pie" ||
         word == "-Wl,-Bdynamic" || word == "-Wl,-Bstatic" || word == "-static-libstdc++" ||
         word == "-static-libgcc" || word.starts_with("-Wl,--as-needed") ||
         word.starts_with("-Wl,--no-as-needed");
}

std::string text_of_variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

class CMakeReader {
 public:
  CMakeReader(const CMakeRequest& request, Diagnostics& diagnostics,
              const std::function<void(const std::string&)>& progress)
      : request_(request), diagnostics_(diagnostics), progress_(progress) {}

  Result<CMakeProject> read() {
    FAASC_CHECK(prepare());
    FAASC_TRY(CMakeReply reply, current_reply());
    const CMakeTargetReply* target = find_target(reply);
    if (!target) return refused();
    FAASC_CHECK(take_sources(*target));
    FAASC_CHECK(take_libraries(reply, *target));
    if (diagnostics_.has_errors()) return refused();
    FAASC_CHECK(build_parts());
    for (const std::string& input : reply.inputs)
      if (!is_made_here(input)) project_.inputs.emplace_back(input);
    project_.inputs.push_back(program_);
    return std::move(project_);
  }

 private:
  Error refused() const {
    return Error{.fault = Fault::Input,
                 .code = kCppDoesNotCompile,
                 .what = "there is no target to build in the CMake project",
                 .during = {},
                 .hint = {}};
  }

  void complain(const char* code, std::string message, const SourcePlace& place, std::string hint) {
    Diagnostic error;
    error.code = code;
    error.message = std::move(message);
    error.place = place;
    error.hint = std::move(hint);
    diagnostics_.add(std::move(error));
  }

  Result<void> prepare() {
    auto program = find_program("cmake");
    if (!program)
      return Error{.fault = Fault::Missing,
                   .code = kCppCMakeMissing,
                   .what = "'build.cpp.cmake' needs CMake, and there is no 'cmake' in PATH",
                   .during = {},
                   .hint = "install it: apt install cmake"};
    program_ = *program;
    std::error_code error;
    project_dir_ = fs::canonical(request_.project_dir, error);
    if (error) return io_error("find", request_.project_dir, error.value());
    source_ = (project_dir_ / request_.directory).lexically_normal();
    if (source_.filename().empty()) source_ = source_.parent_path();
    if (!fs::is_regular_file(source_ / "CMakeLists.txt", error)) {
      complain(kCppCMakeNoProject, "there is no CMakeLists.txt in '" + request_.directory + "'",
               request_.directory_place,
               "'build.cpp.cmake.dir' is the directory of the project's topmost CMakeLists.txt");
      return refused();
    }
    FAASC_CHECK(make_directories(request_.work_dir));
    work_ = fs::canonical(request_.work_dir, error);
    if (error) return io_error("find", request_.work_dir, error.value());
    build_ = work_ / "cmake";
    packages_ = work_ / "cmake-packages";
    arguments_ = arguments();
    Sha256 digest;
    for (const std::string& argument : arguments_) digest.update(argument + '\0');
    for (const char* name : {"CMAKE_PREFIX_PATH", "PKG_CONFIG_PATH", "CC", "CXX"})
      digest.update(text_of_variable(name) + '\0');
    digest.update(std::string_view(kProjectInclude));
    digest.update(request_.file_names);
    digest_ = to_hex(digest.finish());
    return {};
  }

  std::vector<std::string> arguments() const {
    std::vector<std::string> arguments = {program_.string(),
                                          "-S",
                                          source_.string(),
                                          "-B",
                                          build_.string(),
                                          "-Wno-dev",
                                          "-DCMAKE_BUILD_TYPE=Release",
                                          "-DBUILD_SHARED_LIBS=OFF",
                                          "-DBUILD_TESTING=OFF",
                                          "-DCMAKE_PROJECT_INCLUDE=" + (packages_ / "link.cmake").string(),
                                          "-DFAASC_TARGET=" + request_.target,
                                          "-DFAASC_LINK_SOURCE=" + (packages_ / "link.cc").string()};
    if (find_program("ninja")) arguments.insert(arguments.end(), {"-G", "Ninja"});
    // The compiler that compiles the function: what the project asks it, is asked of the same one.
    if (text_of_variable("CXX").empty())
      for (std::array<const char*, 2> names : {std::array{"clang-19", "clang++-19"}, {"clang", "clang++"}})
        if (auto cpp = find_program(names[1]), c = find_program(names[0]); cpp && c) {
          arguments.push_back("-DCMAKE_C_COMPILER=" + c->string());
          arguments.push_back("-DCMAKE_CXX_COMPILER=" + cpp->string());
          break;
        }
    for (const Package& package : kPackages)
      arguments.push_back("-D" + std::string(package.name) + "_DIR=" + (packages_ / package.name).string());
    if (!request_.launcher.empty())
      for (const char* language : {"C", "CXX"})
        arguments.push_back("-DCMAKE_" + std::string(language) + "_COMPILER_LAUNCHER=" + request_.launcher);
    // What was downloaded before is taken as it is.
    if (request_.offline) arguments.emplace_back("-DFETCHCONTENT_UPDATES_DISCONNECTED=ON");
    return arguments;
  }

  Result<CMakeReply> current_reply() {
    if (InputRecord::load(work_ / "cmake.json").is_current(digest_))
      if (auto kept = cpp::read_cmake_reply(build_)) return kept;
    return configure();
  }

  Result<CMakeReply> configure() {
    tell("configuring the CMake project in '" + request_.directory + "'");
    // Values that an earlier configuration left would make it another project than that of a fresh checkout.
    std::error_code ignored;
    fs::remove(work_ / "cmake.json", ignored);  // first: its reply will be gone, however this ends
    fs::remove(build_ / "CMakeCache.txt", ignored);
    fs::remove_all(build_ / "CMakeFiles", ignored);
    fs::remove_all(build_ / ".cmake/api/v1/reply", ignored);
    for (const char* query : {"codemodel-v2", "cmakeFiles-v1"})
      FAASC_CHECK(write_file(build_ / ".cmake/api/v1/query" / query, ""));
    FAASC_CHECK(write_file(packages_ / "link.cmake", kProjectInclude));
    FAASC_CHECK(write_file(packages_ / "link.cc", "int main() { return 0; }\n"));
    for (const Package& package : kPackages) {
      fs::path base = packages_ / package.name / package.name;
      FAASC_CHECK(write_file(base.string() + "Config.cmake", package.config));
      FAASC_CHECK(
          write_file(base.string() + "ConfigVersion.cmake", "set(PACKAGE_VERSION_COMPATIBLE TRUE)\n"));
    }
    std::int64_t started_ns = file_clock_ns();
    FAASC_TRY(Finished finished,
              run({.argv = arguments_, .working_directory = {}, .environment = environment()}));
    if (!finished.status.ok()) {
      FAASC_CHECK(allowed(finished));
      return Error{.fault = Fault::Input,
                   .code = kCppCMakeConfigure,
                   .what = "CMake cannot configure the project in '" + request_.directory + "'",
                   .during = {},
                   .hint = "mend it until this works: cmake -S " + to_shell({request_.directory}) +
                           " -B /tmp/cmake-build",
                   .excerpt = first_error(finished.err.empty() ? finished.out : finished.err)};
    }
    FAASC_TRY(CMakeReply reply, cpp::read_cmake_reply(build_));
    InputRecord record;
    record.request = digest_;
    for (const std::string& input : reply.inputs)
      if (!is_made_here(input)) record.add_input(input, started_ns);
    record.add_input(program_, started_ns);
    record.add_output(reply.index);
    FAASC_CHECK(record.save(work_ / "cmake.json"));
    return reply;
  }

  std::map<std::string, std::string> environment() const {
    std::map<std::string, std::string> variables = {{"CFLAGS", ""},          {"CXXFLAGS", ""},
                                                    {"CPPFLAGS", ""},        {"LDFLAGS", ""},
                                                    {"CMAKE_GENERATOR", ""}, {"LC_ALL", "C"}};
    if (request_.offline) variables.merge(cpp::without_network());
    return variables;
  }

  /// Whether CMake failed for another reason than that there was no network.
  Result<void> allowed(const Finished& finished) const {
    std::string what =
        request_.offline ? cpp::forbidden_download(finished.out + finished.err) : std::string();
    if (what.empty()) return {};
    return Error{
        .fault = Fault::Input,
        .code = kCppCMakeDownload,
        .what = "the CMake project in '" + request_.directory + "' downloads " + what +
                ", which --offline forbids",
        .during = {},
        .hint =
            "build it once without --offline, which keeps what is downloaded; or let FetchContent take a "
            "copy of the project's own (SOURCE_DIR)"};
  }

  const CMakeTargetReply* find_target(const CMakeReply& reply) {
    std::vector<std::string_view> names;
    for (const CMakeTargetReply& target : reply.targets) {
      if (target.name == request_.target) {
        if (target.type == "EXECUTABLE" || target.type == "STATIC_LIBRARY" || target.type == "OBJECT_LIBRARY")
          return &target;
        complain(kCppCMakeTargetType,
                 "the CMake target '" + target.name + "' is " + kind_of(target.type) +
                     ", of which no function can be made",
                 request_.target_place,
                 "name one that add_executable() or add_library(... STATIC) or OBJECT makes");
        return nullptr;
      }
      if (target.type != "UTILITY" && target.name != kHelperTarget) names.push_back(target.name);
    }
    std::string hint = "there are no targets in it";
    if (std::string_view meant = nearest(request_.target, names); !meant.empty()) {
      hint = "did you mean '" + std::string(meant) + "'?";
    } else if (!names.empty()) {
      hint = "its targets are ";
      for (std::size_t i = 0; i < names.size() && i < 10; ++i)
        hint += (i == 0 ? "'" : ", '") + std::string(names[i]) + "'";
      if (names.size() > 10) hint += ", …";
    }
    complain(kCppCMakeTargetMissing,
             "there is no CMake target '" + request_.target + "' in '" + request_.directory + "'",
             request_.target_place, std::move(hint));
    return nullptr;
  }

  static std::string kind_of(const std::string& type) {
    if (type == "SHARED_LIBRARY" || type == "MODULE_LIBRARY") return "a shared library";
    if (type == "INTERFACE_LIBRARY") return "a library without sources";
    return "a custom target";
  }

  Result<void> take_sources(const CMakeTargetReply& target) {
    for (const std::string& source : target.foreign)
      complain(kCppSourceNotUsable,
               "the CMake target '" + target.name + "' has a source that is neither C nor C++: '" +
                   shown(source) + "'",
               request_.target_place, "move it into a library of its own, which CMake then builds");
    for (const CMakeSource& source : target.sources) {
      std::string path = fs::path(source.path).lexically_relative(project_dir_).string();
      if (source.is_generated) to_build_.insert(target.name);
      std::vector<std::string> arguments;
      bool has_standard = false;
      for (const std::string& argument : source.arguments) {
        has_standard |= argument.starts_with("-std=");
        if (!is_ours_to_decide(argument)) arguments.push_back(argument);
      }
      if (!has_standard && source.is_cpp)
        arguments.insert(arguments.begin(), "-std=c++" + std::to_string(request_.standard));
      project_.arguments[path] = std::move(arguments);
      project_.sources.push_back(std::move(path));
    }
    if (project_.sources.empty() && target.foreign.empty())
      complain(kCppNoSources, "the CMake target '" + target.name + "' has no C++ source",
               request_.target_place, "name the target that has the function's sources");
    return {};
  }

  Result<void> take_libraries(const CMakeReply& reply, const CMakeTargetReply& target) {
    const CMakeTargetReply* linked = &target;
    for (const CMakeTargetReply& other : reply.targets)
      if (other.name == kHelperTarget) linked = &other;
    std::map<std::string, const CMakeTargetReply*> by_artifact, by_name;
    for (const CMakeTargetReply& other : reply.targets) {
      by_name[other.name] = &other;
      for (const std::string& artifact : other.artifacts) by_artifact[artifact] = &other;
    }
    // What is made before the target's own sources can be compiled.
    for (const std::string& name : target.depends_on)
      if (auto other = by_name.find(name); other != by_name.end() && other->second->type == "UTILITY")
        to_build_.insert(name);
    for (const std::string& word : linked->link) {
      if (is_dynamic_only(word)) continue;
      bool is_file = !word.starts_with('-');
      std::string path = is_file ? (build_ / word).lexically_normal().string() : word;
      auto made_by = by_artifact.find(path);
      if (made_by != by_artifact.end() && made_by->second == &target) continue;
      if (made_by != by_artifact.end() && made_by->second->type == "SHARED_LIBRARY") {
        complain(kCppOnlyShared,
                 "the CMake target '" + target.name + "' links with '" + made_by->second->name +
                     "', which is a shared library; a function is one static program",
                 request_.target_place, "make it with add_library(" + made_by->second->name + " STATIC ...)");
        continue;
      }
      if (made_by != by_artifact.end()) to_build_.insert(made_by->second->name);
      std::string shared =
          is_file ? (is_shared(path) ? path : std::string()) : only_shared(word, linked->link);
      if (is_file && !shared.empty()) {
        std::string archive = archive_beside(path);
        if (std::error_code error; fs::exists(archive, error)) path = archive, shared.clear();
      }
      if (!shared.empty()) {
        complain(kCppOnlyShared,
                 "the CMake target '" + target.name + "' links with '" + shared +
                     "', and there is no static library beside it; a function is one static program",
                 request_.target_place,
                 "install or build the library's .a, or take the library out of the target");
        continue;
      }
      project_.link.push_back(std::move(path));
    }
    return {};
  }

  static bool is_shared(const std::string& path) {
    std::string name = fs::path(path).filename().string();
    return name.ends_with(".so") || name.find(".so.") != std::string::npos;
  }

  // The shared library that "-lfoo" means where there is no archive of that name.
  static std::string only_shared(const std::string& word, const std::vector<std::string>& link) {
    if (!word.starts_with("-l") || word.size() < 3) return {};
    std::vector<fs::path> directories;
    for (const std::string& other : link)
      if (other.starts_with("-L") && other.size() > 2) directories.emplace_back(other.substr(2));
    for (const char* directory : {"/usr/local/lib", "/usr/lib/x86_64-linux-gnu", "/usr/lib"})
      directories.emplace_back(directory);
    std::string name = "lib" + word.substr(2), found;
    std::error_code error;
    for (const fs::path& directory : directories) {
      if (fs::exists(directory / (name + ".a"), error)) return {};
      if (found.empty() && fs::exists(directory / (name + ".so"), error)) found = directory / (name + ".so");
    }
    return found;
  }

  static std::string archive_beside(const std::string& path) {
    fs::path file = path;
    std::string name = file.filename().string();
    return (file.parent_path() / (name.substr(0, name.find(".so")) + ".a")).string();
  }

  Result<void> build_parts() {
    if (to_build_.empty()) return {};
    project_.has_built_parts = true;
    std::vector<std::string> command = {
        program_.string(), "--build", build_.string(), "-j", std::to_string(std::max(request_.jobs, 1)),
        "--target"};
    command.insert(command.end(), to_build_.begin(), to_build_.end());
    tell("building " + std::to_string(to_build_.size()) + " targets with CMake");
    FAASC_TRY(Finished finished,
              run({.argv = command, .working_directory = {}, .environment = environment()}));
    if (finished.status.ok()) {
      // Else a header that was generated last would count as changed while it was read.
      file_clock_ns_past_now();
      return {};
    }
    FAASC_CHECK(allowed(finished));
    std::string names;
    for (const std::string& name : to_build_) names += (names.empty() ? "'" : ", '") + name + "'";
    return Error{.fault = Fault::Input,
                 .code = kCppCMakeBuild,
                 .what = "CMake cannot build what the target '" + request_.target + "' needs: " + names,
                 .during = {},
                 .hint = {},
                 .excerpt = last_lines(finished.out + finished.err)};
  }

  bool is_made_here(const std::string& path) const { return path.starts_with(work_.string() + "/"); }

  std::string shown(const std::string& path) const {
    return (request_.project_dir / fs::path(path).lexically_relative(project_dir_))
        .lexically_normal()
        .string();
  }

  void tell(const std::string& what) const {
    if (progress_) progress_(what);
  }

  const CMakeRequest& request_;
  Diagnostics& diagnostics_;
  const std::function<void(const std::string&)>& progress_;
  fs::path program_, project_dir_, source_, work_, build_, packages_;
  std::vector<std::string> arguments_;
  std::string digest_;
  std::set<std::string> to_build_;
  CMakeProject project_;
};

}  // namespace

Result<CMakeProject> read_cmake_project(const CMakeRequest& request, Diagnostics& diagnostics,
                                        const std::function<void(const std::string&)>& progress) {
  return CMakeReader(request, diagnostics, progress).read();
}

}  // namespace faasc
