# Functions as targets of a CMake project. Included by find_package(faasc); docs/build-systems.md shows how.

# faasc_add_function(<name>
#   [SOURCE_DIR dir]        # the function's directory [the current source directory]
#   [MANIFEST faas.yaml]    # its manifest, relative to that
#   [OUTPUT file]           # the image [<name>.img in the current binary directory]
#   [KERNEL kernel]         # as --kernel of faasc build
#   [OPTIONS ...]           # for faasc build
#   [DEPENDS ...]           # files and targets that must be there before
#   [ACCEL auto|kvm|tcg]    # how the smoke test runs the machine
#   [SMOKE_TIMEOUT seconds] [LABELS ...] [NO_SMOKE_TEST] [EXCLUDE_FROM_ALL])
#
# A target <name> that writes the image and its .vm.json, and a test <name>.smoke that boots it and runs the
# tests of the manifest, where BUILD_TESTING is on. Target properties FAASC_IMAGE and FAASC_VM_SPEC name the
# outputs. What the function is made from is faasc's to know: the image is made again when any of it changes.
function(faasc_add_function name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "NO_SMOKE_TEST;EXCLUDE_FROM_ALL"
    "SOURCE_DIR;MANIFEST;OUTPUT;KERNEL;ACCEL;SMOKE_TIMEOUT" "OPTIONS;DEPENDS;LABELS")
  _faasc_refuse_unknown(faasc_add_function "${arg_UNPARSED_ARGUMENTS}" "${arg_KEYWORDS_MISSING_VALUES}")
  if(NOT DEFINED arg_SOURCE_DIR)
    set(arg_SOURCE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
  endif()
  if(NOT DEFINED arg_MANIFEST)
    set(arg_MANIFEST faas.yaml)
  endif()
  if(NOT DEFINED arg_OUTPUT)
    set(arg_OUTPUT "${name}.img")
  endif()
  cmake_path(ABSOLUTE_PATH arg_SOURCE_DIR BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
  cmake_path(ABSOLUTE_PATH arg_MANIFEST BASE_DIRECTORY "${arg_SOURCE_DIR}" NORMALIZE OUTPUT_VARIABLE manifest)
  cmake_path(ABSOLUTE_PATH arg_OUTPUT BASE_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}" NORMALIZE OUTPUT_VARIABLE image)
  if(NOT EXISTS "${manifest}")
    message(FATAL_ERROR "faasc_add_function(${name}): there is no '${manifest}'; 'faasc init' makes one")
  endif()
  cmake_path(REPLACE_EXTENSION image LAST_ONLY vm.json OUTPUT_VARIABLE spec)

  set(options ${arg_OPTIONS})
  if(DEFINED arg_KERNEL)
    list(APPEND options --kernel "${arg_KERNEL}")
  endif()
  set(all ALL)
  if(arg_EXCLUDE_FROM_ALL)
    set(all)
  endif()
  set(command faasc::faasc build --quiet --file "${manifest}" --output "${image}" ${options})
  cmake_path(RELATIVE_PATH image BASE_DIRECTORY "${CMAKE_BINARY_DIR}" OUTPUT_VARIABLE shown)
  if(CMAKE_GENERATOR MATCHES "Ninja")
    add_custom_command(OUTPUT "${image}" BYPRODUCTS "${spec}"
      COMMAND ${command} --depfile "${image}.d" --restat
      DEPENDS "${manifest}" faasc::faasc ${arg_DEPENDS}
      DEPFILE "${image}.d"
      COMMENT "Building function ${shown}"
      VERBATIM COMMAND_EXPAND_LISTS)
    add_custom_target("${name}" ${all} DEPENDS "${image}")
  else()
    # make lends its job tokens to recipes that say so.
    set(job_server "")
    if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.28)
      set(job_server JOB_SERVER_AWARE TRUE)
    endif()
    # Of a command's DEPFILE, CMake's makefiles never forget a file, so one that is gone would make the image old for
    # ever. faasc itself tells in milliseconds that there is nothing to do.
    add_custom_target("${name}" ${all}
      COMMAND ${command}
      ${job_server}
      DEPENDS ${arg_DEPENDS}
      BYPRODUCTS "${image}" "${spec}"
      COMMENT "Function ${shown}"
      VERBATIM COMMAND_EXPAND_LISTS)
  endif()
  set_target_properties("${name}" PROPERTIES FAASC_IMAGE "${image}" FAASC_VM_SPEC "${spec}")

  if(arg_NO_SMOKE_TEST OR arg_EXCLUDE_FROM_ALL OR (DEFINED BUILD_TESTING AND NOT BUILD_TESTING))
    return()
  endif()
  set(accelerator)
  if(DEFINED arg_ACCEL)
    set(accelerator --accel "${arg_ACCEL}")
  endif()
  if(NOT DEFINED arg_SMOKE_TIMEOUT)
    set(arg_SMOKE_TIMEOUT 60)
  endif()
  _faasc_add_test("${name}.smoke" "${arg_SMOKE_TIMEOUT}" "faasc;smoke;${arg_LABELS}"
    test --skip-if-no-vm ${accelerator} "${spec}")
endfunction()

# faasc_add_test(<function> NAME <name>
#   [ARGUMENTS ...]   # for faasc invoke: --data, --path, --expect and so on
#   [TIMEOUT seconds] [LABELS ...])
#
# A test <function>.<name> that boots the function, calls it once and fails where it answers with an error, or
# with something else than --expect says.
function(faasc_add_test function)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAME;TIMEOUT" "ARGUMENTS;LABELS")
  _faasc_refuse_unknown(faasc_add_test "${arg_UNPARSED_ARGUMENTS}" "${arg_KEYWORDS_MISSING_VALUES}")
  if(NOT DEFINED arg_NAME)
    message(FATAL_ERROR "faasc_add_test(${function}): NAME is missing")
  endif()
  set(spec)
  if(TARGET "${function}")
    get_property(spec TARGET "${function}" PROPERTY FAASC_VM_SPEC)
  endif()
  if(NOT spec)
    message(FATAL_ERROR "faasc_add_test(${function}): '${function}' was not made by faasc_add_function()")
  endif()
  if(NOT DEFINED arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  _faasc_add_test("${function}.${arg_NAME}" "${arg_TIMEOUT}" "faasc;${arg_LABELS}" invoke --skip-if-no-vm ${arg_ARGUMENTS} "${spec}")
endfunction()

function(_faasc_refuse_unknown function unknown without_value)
  if(unknown)
    message(FATAL_ERROR "${function}(): unknown arguments '${unknown}'")
  endif()
  if(without_value)
    message(FATAL_ERROR "${function}(): nothing follows '${without_value}'")
  endif()
endfunction()

# Every test has its own machine and takes whatever port is free, so they may run side by side.
function(_faasc_add_test test timeout labels)
  add_test(NAME "${test}" COMMAND faasc::faasc ${ARGN})
  set_tests_properties("${test}" PROPERTIES
    TIMEOUT "${timeout}" SKIP_RETURN_CODE 77 PROCESSORS 1 LABELS "${labels}")
endfunction()
