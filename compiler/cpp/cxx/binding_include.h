#pragma once

#include <functional>
#include <memory>
#include <string>

#include <clang/Frontend/CompilerInstance.h>

namespace faasc::cpp {

/// Makes the main file of `invocation` end with a line that includes faasc/rt/typed_binding.h, whose text is
/// generated while the file is being compiled: of what stands before that line Clang has the whole AST then,
/// and nothing is parsed twice. Places in the user's text stay what they are. False where that cannot be: the
/// source is no C++17, or cannot be read.
bool append_binding_include(clang::CompilerInvocation& invocation);

/// `generate` is called when the front end of `instance` gets to that line, unless there were errors; it
/// returns what stands in the line's place.
void watch_binding_include(clang::CompilerInstance& instance, std::function<std::string()> generate);

}  // namespace faasc::cpp
