#include "compiler/go/choose.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "compiler/go/codes.h"
#include "compiler/go/framework_paths.h"

namespace faasc::go {
namespace {

constexpr std::size_t kMaxNotes = 10;
constexpr const char* kAccepted =
    "a handler is func F(http.ResponseWriter, *http.Request), func F(context.Context, event.Event) error, "
    "functions.HTTP, .CloudEvent or .Typed in an init(), lambda.Start in main(), or, with 'signature', "
    "typed: "
    "func F(T) (R, error), event: func F(context.Context, T) error";

// What is tried first where the manifest names nothing.
enum Tier : std::uint8_t { kRegistration, kLambda, kInstance, kFunction, kProgram, kOnlyIfNamed };

struct Candidate : Chosen {
  Tier tier = kFunction;
};

bool is_exported(std::string_view name) {
  // Go's rule is about upper case in all of Unicode; other letters than ASCII's are left to the compiler.
  return !name.empty() && ((name[0] >= 'A' && name[0] <= 'Z') || static_cast<unsigned char>(name[0]) >= 0x80);
}

bool is_event(const Type& type) {
  constexpr std::string_view kSdk = "github.com/cloudevents/sdk-go";
  std::string_view name = type.name;
  if (name.starts_with("*")) name.remove_prefix(1);
  return name.starts_with(kSdk) && name.ends_with(".Event");
}

bool is_pointer(const Type& type) {
  return type.name.starts_with("*");
}

bool is_context(const Type& type) {
  return type.name == "context.Context";
}

bool has_http_type(const Func& f) {
  return f.params.size() == 2 && f.results.empty() && f.params[0].name == "net/http.ResponseWriter" &&
         f.params[1].name == "*net/http.Request";
}

// One of Knative's twelve forms. Those that do not mention an event are taken for one only under the name
// Handle, by the caller.
bool has_event_type(const Func& f, bool mentions_event) {
  std::size_t at = 0;
  if (at < f.params.size() && is_context(f.params[at])) ++at;
  bool event = at < f.params.size() && is_event(f.params[at]) && !is_pointer(f.params[at]);
  if (event) ++at;
  if (at != f.params.size() || f.results.size() > 2) return false;
  if (mentions_event && !event) return false;
  std::size_t out = 0;
  if (out < f.results.size() && is_event(f.results[out]) && is_pointer(f.results[out])) {
    if (!event) return false;
    ++out;
  }
  if (out < f.results.size() && f.results[out].name == "error") ++out;
  return out == f.results.size();
}

bool has_background_type(const Func& f) {
  return f.params.size() == 2 && is_context(f.params[0]) && f.results.size() == 1 &&
         f.results[0].name == "error";
}

bool has_typed_type(const Func& f) {
  return f.params.size() == 1 && f.results.size() <= 2 &&
         (f.results.empty() || f.results.back().name == "error");
}

bool has_openfaas_type(const Func& f) {
  return f.params.size() == 1 && f.results.size() == 2 && f.params[0].name.ends_with("go-http.Request") &&
         f.results[0].name.ends_with("go-http.Response") && f.results[1].name == "error";
}

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

class Choosing {
 public:
  Choosing(const Facts& facts, const Wanted& wanted, Diagnostics& diagnostics)
      : facts_(facts), wanted_(wanted), diagnostics_(diagnostics) {}

  std::optional<Chosen> choose() {
    for (std::size_t i = 0; i < facts_.packages.size(); ++i) collect(i);
    if (wanted_.package && !any_package_) {
      complain(kGoNoPackage, "there is no Go package in " + quoted(*wanted_.package), wanted_.package_place,
               packages_hint());
      return std::nullopt;
    }
    if (wanted_.signature == "server") return choose_program();
    return wanted_.handler.empty() ? choose_only() : choose_named();
  }

 private:
  void collect(std::size_t index) {
    const Package& package = facts_.packages[index];
    if (wanted_.package && package.directory != *wanted_.package) return;
    any_package_ = true;
    bool registers = false, starts_lambda = false;
    for (const Registration& one : package.registrations) {
      bool lambda = one.call.starts_with("lambda");
      (lambda ? starts_lambda : registers) = true;
      if (lambda) {
        if (package.name == "main")
          add(index, Shape::LambdaMain, one.plain ? one.name : "main", "lambda", one.place,
              "main() calls " + one.call, kLambda);
      } else {
        add(index, Shape::Registered, one.name, kind_of(one.call), one.place, "registered with " + one.call,
            kRegistration);
      }
    }
    for (const Func& function : package.funcs) collect(index, function);
    // A main function that only starts Google's framework serves nothing that is registered elsewhere.
    bool framework = package.main && imports_framework(package);
    framework_alone_ = framework_alone_ || (framework && !registers);
    if (package.main && !starts_lambda && !registers && !framework)
      add(index, Shape::OwnMain, "main", "server", *package.main, "a main() of its own", kProgram);
  }

  static bool imports_framework(const Package& package) {
    for (const File& file : package.files)
      for (const Import& one : file.imports)
        if (one.path == kFuncframeworkPath) return true;
    return false;
  }

  static std::string kind_of(std::string_view call) {
    if (call == "functions.Typed") return "typed";
    if (call.find("CloudEvent") != std::string_view::npos) return "cloudevent";
    return call.find("HTTP") != std::string_view::npos ? "http" : "event";
  }

  void collect(std::size_t index, const Func& function) {
    const Package& package = facts_.packages[index];
    if (!function.receiver.empty()) return collect_method(index, function);
    if (!is_exported(function.name) || function.generic) return;
    // A program that serves by itself has functions of these shapes, too.
    bool part_of_program = (package.name == "main" && package.main) || is_used_by_program(package);
    Tier tier = part_of_program ? kOnlyIfNamed : kFunction;
    auto found = [&](Shape shape, std::string kind, std::string reason, Tier when) {
      add(index, shape, function.name, std::move(kind), function.place, std::move(reason), when);
    };
    bool handle = function.name == "Handle";
    if (has_http_type(function))
      return found(Shape::Http, "http", "its type is that of an HTTP handler", tier);
    if (has_openfaas_type(function))
      return found(Shape::OpenFaas, "openfaas", "it takes OpenFaaS' handler.Request", tier);
    if (has_event_type(function, true) || (handle && has_event_type(function, false)))
      return found(Shape::Event, "cloudevent", "its type is that of a CloudEvent handler", tier);
    if (wanted_.signature == "event" && has_background_type(function))
      return found(Shape::Background, "event", "it takes a context and the event's data", tier);
    if (wanted_.signature == "typed" && has_typed_type(function))
      return found(Shape::Typed, "typed", "it takes one value", tier);
  }

  void collect_method(std::size_t index, const Func& method) {
    if (method.name != "Handle") return;
    const Package& package = facts_.packages[index];
    for (const Func& maker : package.funcs) {
      if (maker.name != "New" || !maker.receiver.empty() || !maker.params.empty() ||
          maker.results.size() != 1)
        continue;
      std::string made = maker.results[0].name;
      if (made.starts_with("*")) made.erase(0, 1);
      if (made != method.receiver) continue;
      if (has_http_type(method))
        add(index, Shape::InstanceHttp, "Handle", "http", method.place, "New() makes what has a Handle",
            kInstance);
      else if (has_event_type(method, false))
        add(index, Shape::InstanceEvent, "Handle", "cloudevent", method.place,
            "New() makes what has a Handle", kInstance);
    }
  }

  bool is_used_by_program(const Package& package) const {
    std::string suffix = "/" + package.directory;
    for (const Package& other : facts_.packages) {
      if (other.name != "main" || !other.main || &other == &package) continue;
      bool uses = false, framework = false;
      for (const File& file : other.files)
        for (const Import& one : file.imports) {
          framework = framework || one.path == kFuncframeworkPath;
          uses = uses || (package.directory != "." && one.path.ends_with(suffix));
        }
      if (uses && !framework) return true;
    }
    return false;
  }

  void add(std::size_t index, Shape shape, std::string name, std::string kind, const SourcePlace& place,
           std::string reason, Tier tier) {
    Candidate candidate;
    candidate.shape = shape;
    candidate.name = std::move(name);
    candidate.kind = std::move(kind);
    candidate.package = index;
    candidate.place = place;
    candidate.reason = std::move(reason);
    candidate.tier = tier;
    candidates_.push_back(std::move(candidate));
  }

  bool kind_fits(const Candidate& candidate) const {
    return wanted_.signature == "auto" || wanted_.signature == candidate.kind;
  }

  std::optional<Chosen> choose_program() {
    std::vector<const Candidate*> programs;
    std::set<std::size_t> seen;
    for (std::size_t i = 0; i < facts_.packages.size(); ++i) {
      const Package& package = facts_.packages[i];
      if (!package.main || (wanted_.package && package.directory != *wanted_.package)) continue;
      add(i, Shape::OwnMain, "main", "server", *package.main, "'signature: server' runs main()", kProgram);
    }
    for (const Candidate& one : candidates_)
      if (one.shape == Shape::OwnMain && one.reason.starts_with("'signature")) programs.push_back(&one);
    if (programs.empty()) {
      complain(kGoMainMissing, "'signature: server' runs a main function, and there is none",
               wanted_.signature_place, "add 'package main' with 'func main()', or remove 'signature'");
      return std::nullopt;
    }
    std::optional<Chosen> chosen = only(programs, "");
    // What the program makes of FUNCTION_TARGET is its own affair.
    if (chosen && !wanted_.handler.empty()) chosen->name = wanted_.handler;
    return chosen;
  }

  std::optional<Chosen> choose_only() {
    for (Tier tier : {kRegistration, kLambda, kInstance, kFunction, kProgram}) {
      std::vector<const Candidate*> found;
      for (const Candidate& one : candidates_)
        if (one.tier == tier && kind_fits(one)) found.push_back(&one);
      if (!found.empty()) return only(found, "the only candidate; ");
    }
    complain(kGoHandlerNotFound,
             wanted_.signature == "auto"
                 ? "there is no handler in this module"
                 : "there is no handler of kind " + quoted(wanted_.signature) + " in this module",
             wanted_.signature_place,
             framework_alone_
                 ? "main() starts Google's framework, but nothing below 'source' is registered with it; "
                   "let 'source' be the function's package, or the whole module"
                 : kAccepted,
             near_misses(""));
    return std::nullopt;
  }

  std::optional<Chosen> choose_named() {
    std::vector<const Candidate*> found, of_other_kind;
    for (const Candidate& one : candidates_)
      if (is_called(one, wanted_.handler)) (kind_fits(one) ? found : of_other_kind).push_back(&one);
    if (found.empty() && of_other_kind.empty() &&
        (wanted_.handler == "bootstrap" || wanted_.handler == "main"))
      for (const Candidate& one : candidates_)
        if (one.shape == Shape::LambdaMain || one.shape == Shape::OwnMain) found.push_back(&one);
    // A registered name goes before a function that happens to have it.
    auto best = [](std::vector<const Candidate*>& list) {
      if (list.empty()) return;
      Tier first = (*std::min_element(list.begin(), list.end(), [](auto* a, auto* b) {
                     return a->tier < b->tier;
                   }))->tier;
      std::erase_if(list, [&](const Candidate* one) { return one->tier != first; });
    };
    best(found);
    if (!found.empty()) return only(found, "named by 'handler'; ");
    if (!of_other_kind.empty()) {
      const Candidate& other = *of_other_kind.front();
      complain(kGoSignatureMismatch,
               quoted(wanted_.handler) + " is a handler of kind " + quoted(other.kind) + ", not " +
                   quoted(wanted_.signature),
               wanted_.signature_place, "remove 'signature', or write 'signature: " + other.kind + "'",
               {note(other.place, other.reason)});
      return std::nullopt;
    }
    not_found();
    return std::nullopt;
  }

  // "Hello", or "dir.Hello" where several packages have one.
  bool is_called(const Candidate& candidate, std::string_view name) const {
    if (candidate.name == name) return true;
    const Package& package = facts_.packages[candidate.package];
    return name == package.name + "." + candidate.name || name == package.directory + "." + candidate.name;
  }

  std::optional<Chosen> only(std::vector<const Candidate*>& found, const std::string& why) {
    // A test double or an example may register the same name in a package that the program does not import:
    // they are told apart by package.
    if (found.size() == 1) {
      Chosen chosen = *found.front();
      chosen.reason = why + chosen.reason;
      return chosen;
    }
    std::sort(found.begin(), found.end(), [](const Candidate* a, const Candidate* b) {
      return std::tie(a->name, a->place.file, a->place.line) <
             std::tie(b->name, b->place.file, b->place.line);
    });
    std::set<std::string> names;
    std::set<std::size_t> packages;
    std::vector<Diagnostic> notes;
    for (const Candidate* one : found) {
      names.insert(one->name);
      packages.insert(one->package);
      if (notes.size() < kMaxNotes)
        notes.push_back(note(one->place, quoted(one->name) + " (" + one->kind + "): " + one->reason));
    }
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + quoted(name);
    bool by_name = names.size() > 1;
    bool one_main = packages.size() == 1 && found.front()->shape == Shape::LambdaMain;
    complain(kGoHandlerAmbiguous,
             (by_name ? "more than one function could be the handler: " + list
                      : list + " is found " + std::to_string(found.size()) + " times"),
             wanted_.handler.empty() ? wanted_.signature_place : wanted_.handler_place,
             by_name && !one_main
                 ? "write 'handler: NAME' with one of these names into the manifest"
                 : "write 'build: {go: {package: DIR}}' with the package's directory into the manifest",
             std::move(notes));
    return std::nullopt;
  }

  void not_found() {
    const std::string& name = wanted_.handler;
    for (std::size_t i = 0; i < facts_.packages.size(); ++i) {
      const Package& package = facts_.packages[i];
      for (const Func& function : package.funcs) {
        if (function.name != name || !function.receiver.empty()) continue;
        if (!is_exported(name)) {
          std::string exported = name;
          exported[0] = static_cast<char>(exported[0] - 'a' + 'A');
          complain(kGoHandlerNotExported, quoted(name) + " cannot be called from outside of its package",
                   wanted_.handler_place,
                   "give it a name that begins with an upper-case letter: " + quoted(exported),
                   {note(function.place, "it is defined here")});
        } else {
          complain(kGoHandlerWrongType,
                   quoted(name) + " is " + quoted(signature_text(function)) + ", which is no handler",
                   wanted_.handler_place, hint_for(function), {note(function.place, "it is defined here")});
        }
        return;
      }
    }
    std::vector<std::string_view> names;
    for (const Candidate& one : candidates_) names.push_back(one.name);
    std::string_view near = nearest(name, names);
    complain(
        kGoHandlerNotFound,
        "there is no handler " + quoted(name) + (near.empty() ? "" : "; did you mean " + quoted(near) + "?"),
        wanted_.handler_place,
        candidates_.empty() ? kAccepted : "correct 'handler', or remove it to see what there is",
        near_misses(name));
  }

  static std::string hint_for(const Func& function) {
    if (function.generic) return "a generic function has no type to call it with; write one that calls it";
    if (has_background_type(function)) return "write 'signature: event' if it takes Google's older events";
    if (has_typed_type(function)) return "write 'signature: typed' if it takes JSON and returns JSON";
    return kAccepted;
  }

  std::vector<Diagnostic> near_misses(std::string_view name) const {
    std::vector<Diagnostic> notes;
    for (const Candidate& one : candidates_)
      if (notes.size() < kMaxNotes)
        notes.push_back(note(one.place, quoted(one.name) + " (" + one.kind + "): " + one.reason));
    if (!name.empty() || !notes.empty()) return notes;
    for (const Package& package : facts_.packages)
      for (const Func& function : package.funcs)
        if (function.receiver.empty() && is_exported(function.name) && notes.size() < kMaxNotes)
          notes.push_back(
              note(function.place, quoted(function.name) + " is " + quoted(signature_text(function))));
    return notes;
  }

  std::string packages_hint() const {
    std::string list;
    for (const Package& package : facts_.packages)
      list += (list.empty() ? "" : ", ") + quoted(package.directory);
    return list.empty() ? "there are none below 'source'" : "there are packages in " + list;
  }

  static Diagnostic note(const SourcePlace& place, std::string message) {
    Diagnostic note;
    note.severity = Severity::Note;
    note.message = std::move(message);
    note.place = place;
    return note;
  }

  void complain(const char* code, std::string message, const SourcePlace& place, std::string hint,
                std::vector<Diagnostic> notes = {}) {
    Diagnostic diagnostic;
    diagnostic.code = code;
    diagnostic.message = std::move(message);
    diagnostic.place = place;
    diagnostic.hint = std::move(hint);
    diagnostic.notes = std::move(notes);
    diagnostics_.add(std::move(diagnostic));
  }

  const Facts& facts_;
  const Wanted& wanted_;
  Diagnostics& diagnostics_;
  std::vector<Candidate> candidates_;
  bool any_package_ = false, framework_alone_ = false;
};

}  // namespace

std::string signature_text(const Func& function) {
  auto list = [](const std::vector<Type>& types) {
    std::string text;
    for (const Type& type : types) text += (text.empty() ? "" : ", ") + type.text;
    return text;
  };
  std::string text = "func(" + list(function.params) + ")";
  if (function.results.size() == 1) return text + " " + function.results[0].text;
  return function.results.empty() ? text : text + " (" + list(function.results) + ")";
}

std::optional<Chosen> choose_handler(const Facts& facts, const Wanted& wanted, Diagnostics& diagnostics) {
  return Choosing(facts, wanted, diagnostics).choose();
}

}  // namespace faasc::go
