# Compiler settings shared by every target, and the functions that declare targets.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_C_STANDARD 11)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_CXX_SCAN_FOR_MODULES OFF)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

# The build tree has the shape of the install tree, so a program finds its companions the same way in both:
#   bin/faasc   libexec/faasc/<helper programs>   lib/faasc/<guest libraries>   share/faasc/<headers, templates>
include(GNUInstallDirs)
set(FAASC_BIN_DIR "${PROJECT_BINARY_DIR}/bin")
set(FAASC_LIBEXEC_DIR "${PROJECT_BINARY_DIR}/libexec/faasc")
set(FAASC_GUEST_LIB_DIR "${PROJECT_BINARY_DIR}/lib/faasc")
set(FAASC_SHARE_DIR "${PROJECT_BINARY_DIR}/share/faasc")
file(MAKE_DIRECTORY "${FAASC_BIN_DIR}" "${FAASC_LIBEXEC_DIR}" "${FAASC_GUEST_LIB_DIR}" "${FAASC_SHARE_DIR}")

set(FAASC_SANITIZE "" CACHE STRING "Sanitizers for host code, as -fsanitize= takes them (address,undefined)")
option(FAASC_WERROR "Treat warnings as errors" OFF)

# Host code only: guest code (runtimes/) has settings of its own.
add_library(faasc_settings INTERFACE)
target_include_directories(faasc_settings INTERFACE "${PROJECT_SOURCE_DIR}")
target_compile_options(faasc_settings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wno-missing-field-initializers -ffunction-sections -fdata-sections
  $<$<BOOL:${FAASC_WERROR}>:-Werror>)
target_link_options(faasc_settings INTERFACE -Wl,--gc-sections)
# The linker that comes with the required LLVM, where it is: these are large programs, and there are many.
find_program(FAASC_LLD NAMES ld.lld PATHS /usr/lib/llvm-19/bin NO_DEFAULT_PATH)
if(FAASC_LLD)
  cmake_path(GET FAASC_LLD PARENT_PATH lld_directory)
  target_link_options(faasc_settings INTERFACE "-B${lld_directory}" -fuse-ld=lld)
endif()
if(FAASC_SANITIZE)
  target_compile_options(faasc_settings INTERFACE -fsanitize=${FAASC_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(faasc_settings INTERFACE -fsanitize=${FAASC_SANITIZE})
endif()

if(FAASC_BUILD_FUZZERS)
  # Coverage of the libraries is what guides a fuzzer.
  target_compile_options(faasc_settings INTERFACE -fsanitize=fuzzer-no-link)
endif()

# faasc_library(<room> SOURCES a.cc ... [DEPS faasc::base ...] [PRIVATE_DEPS ...]) declares faasc_<room>, alias faasc::<room>.
function(faasc_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;DEPS;PRIVATE_DEPS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "faasc_library(${name}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  add_library(faasc_${name} STATIC ${arg_SOURCES})
  add_library(faasc::${name} ALIAS faasc_${name})
  target_link_libraries(faasc_${name} PUBLIC faasc_settings ${arg_DEPS} PRIVATE ${arg_PRIVATE_DEPS})
endfunction()

# faasc_test(<name> SOURCES a_test.cc ... [DEPS ...] [LABELS ...] [TIMEOUT seconds]) declares one GoogleTest program;
# each of its cases is a ctest test of its own. A case that calls GTEST_SKIP() shows up as skipped.
function(faasc_test name)
  if(NOT FAASC_BUILD_TESTS)
    return()
  endif()
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;DEPS;LABELS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "faasc_test(${name}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  # What is tested is compiled as it ships; the tests themselves should compile fast. GoogleTest's macros hold an
  # if of their own, which is no mistake of whoever puts one below another if.
  target_compile_options(${name} PRIVATE -O0 -Wno-dangling-else)
  target_link_libraries(${name} PRIVATE faasc_settings ${arg_DEPS} GTest::gtest_main GTest::gmock)
  target_compile_definitions(${name} PRIVATE FAASC_SOURCE_DIR="${PROJECT_SOURCE_DIR}" FAASC_PREFIX="${PROJECT_BINARY_DIR}")
  gtest_discover_tests(${name} TEST_PREFIX "${name}/" DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${arg_TIMEOUT})
  if(arg_LABELS)
    # gtest_discover_tests() takes a list of two labels apart, so they are set once the cases are known.
    set(labels_file "${CMAKE_CURRENT_BINARY_DIR}/${name}_labels.cmake")
    file(CONFIGURE OUTPUT "${labels_file}" @ONLY CONTENT
      "foreach(case IN LISTS @name@_TESTS)\n  set_tests_properties(\"\${case}\" PROPERTIES LABELS \"@arg_LABELS@\")\nendforeach()\n")
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labels_file}")
  endif()
endfunction()
