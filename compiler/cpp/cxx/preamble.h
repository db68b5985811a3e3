#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <clang/Frontend/CompilerInvocation.h>

#include "compiler/cpp/input_record.h"

namespace clang {
class CompilerInstance;
class Decl;
}  // namespace clang

namespace faasc::cpp {

/// The directives that a source begins with, its #include lines above all, parsed once and kept in a file:
/// what Clang calls a precompiled preamble. It stands for exactly these lines in exactly this source, so it
/// changes no meaning, as a header would that is put in front of every source. It is used only where every
/// file that it was made from is unchanged, and nothing depends on there being one: what cannot be read or
/// written is done without.
///
/// Beside the file, as an InputRecord ("….json"), is what it was made from; also where it turned out that
/// none can be made.
class Preamble {
 public:
  /// Whether the source may have a JSON binding, whose own headers come with the source's then, where those
  /// have all of the standard library that they need: so nothing is declared that would not be without them.
  enum class Headers : bool { OfSource, OfBindingToo };

  /// For the compilation that `invocation` describes. `file` is where it is kept; empty: nowhere.
  Preamble(std::string file, const clang::CompilerInvocation& invocation, Headers headers);

  /// The kept one fits.
  bool is_current() const { return current_; }

  /// Parses the directives and keeps the result. Clang finding anything to say about them is a reason not to:
  /// it would be said once and then no more.
  bool make();

  /// Makes `invocation` begin with it. Only where it is current.
  void use_in(clang::CompilerInvocation& invocation) const;

  /// Whether the source still begins with what the preamble stands for.
  bool fits(llvm::StringRef source) const { return source.starts_with(text_); }

  /// The declarations in it that are not a system header's, once the file has been loaded.
  std::vector<clang::Decl*> own_declarations(clang::CompilerInstance& instance) const;

  /// What it was made from.
  std::vector<std::string> inputs() const;
  const std::vector<std::string>& absent() const { return record_.absent(); }

 private:
  std::string file_, record_file_, source_;
  std::shared_ptr<clang::CompilerInvocation> invocation_;
  std::string text_;  // empty: there can be none
  std::string more_;  // what is parsed behind it
  bool ends_at_start_of_line_ = false;
  InputRecord record_;
  // 1: the project's headers are spelled without "./"; then Clang's numbers of the declarations that are not
  // a system header's
  std::vector<std::uint64_t> own_;
  bool current_ = false;
};

}  // namespace faasc::cpp
