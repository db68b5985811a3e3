#include "compiler/cpp/detect.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "compiler/cpp/codes.h"
#include "compiler/cpp/handler_words.h"
#include "compiler/cpp/merged_facts.h"

namespace faasc::cpp {
namespace {

constexpr std::size_t kMaxNotes = 10;
constexpr const char* kWhatAHandlerIs =
    "a handler is a function without parameters that returns google::cloud::functions::Function, or "
    "HttpResponse f(HttpRequest), or void f(CloudEvent), or invocation_response f(invocation_request "
    "const&), or, where 'handler' names it, any function of one parameter";

constexpr const char* kLambdaWithoutMain =
    "define 'aws::lambda_runtime::invocation_response f(aws::lambda_runtime::invocation_request const&)', "
    "for which faasc makes the main(), or a main() that calls aws::lambda_runtime::run_handler with what "
    "serves an invocation";
constexpr const char* kLambdaMain =
    "let main() call aws::lambda_runtime::run_handler with the function that serves an invocation; or leave "
    "main() out, and faasc makes one for 'invocation_response f(invocation_request const&)'";

std::string_view last_part(std::string_view name) {
  std::size_t at = name.rfind("::");
  return at == std::string_view::npos ? name : name.substr(at + 2);
}

Diagnostic note_at(const FunctionFact& function, std::string message) {
  Diagnostic note;
  note.severity = Severity::Note;
  note.message = std::move(message);
  note.place = function.place;
  note.line_text = function.line_text;
  return note;
}

Diagnostic error_at(const FunctionFact& function, const char* code, std::string message, std::string hint) {
  Diagnostic error = note_at(function, std::move(message));
  error.severity = Severity::Error;
  error.code = code;
  error.hint = std::move(hint);
  return error;
}

// The value in faas.yaml becomes another one.
void fix_in_manifest(Diagnostic& error, std::string_view value) {
  const SourcePlace& place = error.place;
  if (place.column > 0 && place.end_column > place.column) error.fixes.push_back({place, std::string(value)});
}

Diagnostic error_in_manifest(const SourcePlace& place, const char* code, std::string message,
                             std::string hint) {
  Diagnostic error;
  error.code = code;
  error.message = std::move(message);
  error.place = place;
  error.hint = std::move(hint);
  return error;
}

class Chooser {
 public:
  Chooser(const std::vector<UnitFacts>& units, const WantedHandler& wanted, Diagnostics& diagnostics)
      : merged_(units), unit_count_(units.size()), wanted_(wanted), diagnostics_(diagnostics) {}

  std::optional<ChosenHandler> choose() {
    static constexpr std::array<std::string_view, 6> kSignatures = {"auto",   "http",  "cloudevent",
                                                                    "lambda", "typed", "server"};
    if (std::find(kSignatures.begin(), kSignatures.end(), wanted_.signature) == kSignatures.end()) {
      diagnostics_.add(
          error_in_manifest(wanted_.signature_place, kCppSignatureMismatch,
                            "signature " + quoted(wanted_.signature) +
                                " is not one of C++: auto, http, cloudevent, lambda, typed, server",
                            "remove 'signature', the code says which it is"));
      return std::nullopt;
    }
    if (wanted_.signature == "server") return own_main();
    if (wanted_.signature == "auto" || wanted_.signature == "lambda") {
      auto runs_lambda = [](const MainFact& main) { return main.runs_lambda; };
      if (std::any_of(merged_.mains().begin(), merged_.mains().end(), runs_lambda)) return lambda_main();
    }
    const FunctionFact* function = wanted_.handler.empty() ? only_candidate() : named();
    if (!function) return std::nullopt;
    bool sound = defined_once(*function);
    sound = no_main(*function) && sound;
    auto chosen = with_kind(*function);
    return sound ? chosen : std::nullopt;
  }

 private:
  std::optional<ChosenHandler> own_main() {
    if (merged_.mains().empty()) {
      diagnostics_.add(error_in_manifest(
          wanted_.signature_place, kCppMainMissing,
          "signature 'server' needs a main(), and there is none in " + counted(unit_count_, "source"),
          "add the source that defines main(), or remove 'signature' to have one made for a handler"));
      return std::nullopt;
    }
    if (!one_main()) return std::nullopt;
    return ChosenHandler{as_function(merged_.mains().front()), Shape::OwnMain, "server",
                         "signature 'server': main() is the program"};
  }

  std::optional<ChosenHandler> lambda_main() {
    if (!one_main()) return std::nullopt;
    const MainFact& main = merged_.mains().front();
    std::string_view wanted = wanted_.handler;
    if (wanted.starts_with("::")) wanted.remove_prefix(2);
    if (!wanted.empty() && !main.lambda_handler.empty() && wanted != main.lambda_handler) {
      Diagnostic error = error_in_manifest(
          wanted_.handler_place, kCppMainServesAnother,
          "main() hands " + quoted(main.lambda_handler) + " to run_handler, not " + quoted(wanted),
          "set 'handler: " + main.lambda_handler + "', or remove it");
      fix_in_manifest(error, main.lambda_handler);
      error.notes.push_back(note_at(as_function(main), "main() is here"));
      diagnostics_.add(std::move(error));
      return std::nullopt;
    }
    ChosenHandler chosen{as_function(main), Shape::OwnMain, "lambda", "main() calls run_handler"};
    // What it is called is what the function finds in _HANDLER.
    if (!wanted.empty())
      chosen.function.name = wanted;
    else if (!main.lambda_handler.empty())
      chosen.function.name = main.lambda_handler;
    return chosen;
  }

  bool one_main() {
    if (merged_.mains().size() == 1) return true;
    Diagnostic error = error_at(as_function(merged_.mains()[1]), kCppMainTwice, "main() is defined twice",
                                "leave one of the two files out with '!file' in 'build.cpp.sources'");
    error.notes.push_back(note_at(as_function(merged_.mains()[0]), "the other one is here"));
    diagnostics_.add(std::move(error));
    return false;
  }

  static FunctionFact as_function(const MainFact& main) {
    FunctionFact function;
    function.name = "main";
    function.symbol = "main";
    function.place = main.place;
    function.line_text = main.line_text;
    return function;
  }

  const FunctionFact* only_candidate() {
    bool typed = wanted_.signature == "typed";
    std::vector<const FunctionFact*> candidates;
    for (const FunctionFact& function : merged_.functions())
      if (typed ? is_typed(function) : shape_of(function).has_value()) candidates.push_back(&function);
    if (candidates.size() == 1) {
      reason_ = "the only candidate";
      return candidates[0];
    }
    auto used = [&](const FunctionFact* function) {
      return std::any_of(candidates.begin(), candidates.end(), [&](const FunctionFact* user) {
        return user != function &&
               std::find(user->uses.begin(), user->uses.end(), function->symbol) != user->uses.end();
      });
    };
    std::vector<const FunctionFact*> unused;
    std::remove_copy_if(candidates.begin(), candidates.end(), std::back_inserter(unused), used);
    if (unused.size() == 1) {
      reason_ = "the only candidate that no other uses";
      return unused[0];
    }
    // All of them use each other: then none is left out.
    if (!unused.empty()) candidates = std::move(unused);
    if (candidates.empty()) {
      Diagnostic error = error_in_manifest(
          {}, kCppHandlerNotFound, "no handler in " + counted(unit_count_, "source"), kWhatAHandlerIs);
      bool of_lambda = wanted_.signature == "lambda" ||
                       std::any_of(merged_.functions().begin(), merged_.functions().end(), speaks_of_lambda);
      if (of_lambda)
        error.hint = merged_.mains().empty() ? kLambdaWithoutMain : kLambdaMain;
      else if (!merged_.mains().empty())
        error.hint =
            "for a main() that serves HTTP itself set 'signature: server'; " + std::string(kWhatAHandlerIs);
      if (of_lambda)
        for (const MainFact& main : merged_.mains())
          add_note(error, note_at(as_function(main), "this main() does not call run_handler"));
      for (const FunctionFact& function : merged_.functions())
        if (speaks_of_handlers(function)) add_note(error, note_at(function, describe(function)));
      diagnostics_.add(std::move(error));
      return nullptr;
    }
    if (wanted_.signature != "auto" && !typed) {
      std::vector<const FunctionFact*> of_kind;
      for (const FunctionFact* function : candidates)
        if (kind_of(*function, *shape_of(*function)) == wanted_.signature) of_kind.push_back(function);
      if (of_kind.size() == 1) {
        reason_ = "the only candidate of kind " + wanted_.signature;
        return of_kind[0];
      }
    }
    Diagnostic error = error_in_manifest(
        {}, kCppHandlerAmbiguous, counted(candidates.size(), "function") + " could be the handler",
        "name one of them in faas.yaml: 'handler: " + candidates[0]->name + "'");
    for (const FunctionFact* function : candidates) add_note(error, note_at(*function, describe(*function)));
    diagnostics_.add(std::move(error));
    return nullptr;
  }

  const FunctionFact* named() {
    std::string_view name = wanted_.handler;
    if (name.starts_with("::")) name.remove_prefix(2);
    std::vector<const FunctionFact*> found, fitting;
    for (const FunctionFact& function : merged_.functions()) {
      if (function.name != name) continue;
      found.push_back(&function);
      if (wanted_.signature == "typed" ? is_typed(function) : shape_of(function).has_value())
        fitting.push_back(&function);
    }
    if (fitting.empty() && wanted_.signature == "auto")
      std::copy_if(found.begin(), found.end(), std::back_inserter(fitting), [](const FunctionFact* function) {
        return is_typed(*function) && function->parameters.size() == 1;
      });
    if (fitting.size() == 1) {
      reason_ = "named in the manifest";
      return fitting[0];
    }
    if (fitting.size() > 1) {
      Diagnostic error =
          error_in_manifest(wanted_.handler_place, kCppHandlerOverloaded,
                            quoted(name) + " is overloaded: " + counted(fitting.size(), "function") +
                                " of this name are handlers",
                            "give the one that is meant a name of its own");
      for (const FunctionFact* function : fitting) add_note(error, note_at(*function, describe(*function)));
      diagnostics_.add(std::move(error));
    } else if (found.size() == 1) {
      diagnostics_.add(complaint_about(*found[0]));
    } else {
      diagnostics_.add(not_found(name, found));
    }
    return nullptr;
  }

  // The handler that was meant is there, but cannot be one.
  Diagnostic complaint_about(const FunctionFact& function) {
    std::string name = quoted(function.name);
    if (function.is_template)
      return error_at(function, kCppHandlerIsTemplate, name + " is a template, which nothing instantiates",
                      "add a function that is none and returns what the template makes");
    if (function.is_member)
      return error_at(
          function, kCppHandlerIsMember, name + " is a member function, which needs an object",
          "add a function outside the class that returns MakeFunction of a lambda which calls it");
    if (shape_of_type(function) || function.typed) {
      auto with_fixes = [&](Diagnostic error) {
        error.fixes = function.fixes;
        return error;
      };
      if (function.linkage == Linkage::Static)
        return with_fixes(error_at(function, kCppHandlerNotExported,
                                   name + " is static: the rest of the program cannot call it",
                                   "remove 'static'"));
      if (function.linkage == Linkage::UnnamedNamespace)
        return with_fixes(
            error_at(function, kCppHandlerNotExported,
                     name + " is in an unnamed namespace: the rest of the program cannot call it",
                     "move it out of the unnamed namespace"));
      if (!function.defined)
        return error_at(function, kCppHandlerNotDefined, name + " is declared here, but no source defines it",
                        "add the source that defines it to 'build.cpp.sources'");
    }
    if (function.returns.name == TypeName::Function && function.returns.passing == Passing::Value)
      return error_at(function, kCppFactoryTakesParameters,
                      name + " takes " + counted(function.parameters.size(), "parameter") +
                          "; a factory of Function takes none",
                      "add a function without parameters that calls it, and name that one");
    return not_found(function.name, {&function});
  }

  static bool is_handler_but_for_fixes(FunctionFact function) {
    if (function.fixes.empty() || function.is_template || function.is_member || !function.defined)
      return false;
    for (Type& parameter : function.parameters)
      if (parameter.passing == Passing::Reference) parameter.passing = Passing::Value;
    return shape_of_type(function).has_value();
  }

  Diagnostic not_found(std::string_view name, const std::vector<const FunctionFact*>& same_name) {
    Diagnostic error = error_in_manifest(
        wanted_.handler_place, kCppHandlerNotFound,
        "no handler " + quoted(name) + " in " + counted(unit_count_, "source"), kWhatAHandlerIs);
    std::vector<std::string_view> handlers;
    for (const FunctionFact& function : merged_.functions())
      if (shape_of(function)) handlers.push_back(function.name);
    std::vector<const FunctionFact*> near = same_name;
    if (!near.empty()) {
      // What has the right name will not do, so the hint names what would.
      if (std::string_view meant = nearest(name, handlers); !meant.empty())
        error.hint = "did you mean " + quoted(meant) + "? " + error.hint;
      else if (near.size() == 1 && is_handler_but_for_fixes(*near[0]))
        error.fixes = near[0]->fixes;  // of the function, which the note shows
    } else {
      for (const FunctionFact& function : merged_.functions())
        if (last_part(function.name) == last_part(name) || speaks_of_handlers(function))
          near.push_back(&function);
      auto elsewhere = std::find_if(near.begin(), near.end(), [&](const FunctionFact* function) {
        return last_part(function->name) == last_part(name) && shape_of(*function);
      });
      std::string_view meant =
          elsewhere != near.end() ? std::string_view((*elsewhere)->name) : nearest(name, handlers);
      if (!meant.empty())
        error.hint = "did you mean " + quoted(meant) + "?";
      else if (handlers.size() == 1)
        error.hint = "the only handler is " + quoted(handlers[0]);
      if (!meant.empty() || handlers.size() == 1) fix_in_manifest(error, meant.empty() ? handlers[0] : meant);
    }
    for (const FunctionFact* function : near) {
      Diagnostic note = note_at(*function, describe(*function));
      if (!same_name.empty() && near.size() == 1) note.fixes = error.fixes;
      add_note(error, std::move(note));
    }
    return error;
  }

  bool defined_once(const FunctionFact& function) {
    auto others = merged_.other_definitions(function);
    if (others.empty()) return true;
    bool in_header = order(others[0]->place) == order(function.place);
    Diagnostic error =
        error_at(*others[0], kCppHandlerDefinedTwice,
                 in_header ? quoted(function.name) + " is defined in a header that " +
                                 std::to_string(others.size() + 1) + " sources include"
                           : quoted(function.name) + " is defined twice",
                 in_header ? "declare it 'inline', or define it in one source"
                           : "leave one of the two files out with '!file' in 'build.cpp.sources'");
    if (!in_header) error.notes.push_back(note_at(function, "the other definition is here"));
    diagnostics_.add(std::move(error));
    return false;
  }

  bool no_main(const FunctionFact& function) {
    for (const MainFact& main : merged_.mains())
      diagnostics_.add(error_at(
          as_function(main), kCppMainNotAllowed,
          "main() is in the way of the one that faasc makes for the handler " + quoted(function.name),
          speaks_of_lambda(function)
              ? "let it call aws::lambda_runtime::run_handler(" + function.name +
                    "), or remove it: faasc makes one that does"
              : "leave this file out with '!file' in 'build.cpp.sources', or set 'signature: server' to run "
                "this main()"));
    return merged_.mains().empty();
  }

  /// A plain function that can be called from another file.
  static bool is_typed(const FunctionFact& function) {
    return function.typed && !shape_of(function) && function.linkage == Linkage::External && function.defined;
  }

  std::optional<ChosenHandler> with_kind(const FunctionFact& function) {
    Shape shape = shape_of(function).value_or(Shape::Typed);
    if (shape == Shape::Typed && !function.typed->problems.empty()) {
      for (const Diagnostic& problem : function.typed->problems) diagnostics_.add(problem);
      return std::nullopt;
    }
    ChosenHandler chosen{function, shape, std::string(kind_of(function, shape)),
                         reason_ + "; " + why_this_kind(function, shape)};
    if (wanted_.signature == "auto" || wanted_.signature == chosen.kind) {
      if (chosen.kind == "auto") {
        Diagnostic note =
            note_at(function, "whether " + quoted(function.name) +
                                  " takes HTTP requests or CloudEvents is known only when it starts: it " +
                                  why_this_kind(function, shape));
        note.code = kCppKindAtRunTime;
        note.hint = "set 'signature: http' or 'signature: cloudevent' to say it now";
        diagnostics_.add(std::move(note));
      }
      return chosen;
    }
    if (chosen.kind == "auto") {
      chosen.kind = wanted_.signature;
      chosen.reason = reason_ + "; signature " + quoted(wanted_.signature);
      return chosen;
    }
    Diagnostic error = error_in_manifest(wanted_.signature_place, kCppSignatureMismatch,
                                         "signature is " + quoted(wanted_.signature) + ", but " +
                                             quoted(function.name) + " is " + quoted(chosen.kind),
                                         "set 'signature: " + chosen.kind + "', or remove it");
    fix_in_manifest(error, chosen.kind);
    error.notes.push_back(note_at(function, quoted(function.name) + ": " + why_this_kind(function, shape)));
    diagnostics_.add(std::move(error));
    return std::nullopt;
  }

  static void add_note(Diagnostic& error, Diagnostic note) {
    if (error.notes.size() < kMaxNotes) error.notes.push_back(std::move(note));
  }

  MergedFacts merged_;
  std::size_t unit_count_;
  const WantedHandler& wanted_;
  Diagnostics& diagnostics_;
  std::string reason_;
};

}  // namespace

std::optional<ChosenHandler> choose_handler(const std::vector<UnitFacts>& units, const WantedHandler& wanted,
                                            Diagnostics& diagnostics) {
  return Chooser(units, wanted, diagnostics).choose();
}

}  // namespace faasc::cpp
