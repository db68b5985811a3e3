#include "compiler/python/detect.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>
#include <string_view>

#include "compiler/python/codes.h"
#include "compiler/python/framework_decorators.h"

namespace faasc::python {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMostNotes = 8;

constexpr const char* kWhatAHandlerIs =
    "a handler is a function of a module, such as 'main.hello' or 'lambda_function.lambda_handler'";

// What only the context of AWS Lambda has, and what only that of Google's events has.
constexpr std::string_view kLambdaContext[] = {"aws_request_id",
                                               "client_context",
                                               "function_name",
                                               "function_version",
                                               "get_remaining_time_in_millis",
                                               "identity",
                                               "invoked_function_arn",
                                               "log_group_name",
                                               "log_stream_name",
                                               "memory_limit_in_mb"};
constexpr std::string_view kEventContext[] = {"event_id", "event_type", "resource", "timestamp"};
constexpr std::string_view kOpenFaasEvent[] = {"body", "headers", "method", "path", "query"};

std::string in_quotes(std::string_view text) {
  return "'" + std::string(text) + "'";
}

std::string module_of(const std::string& path) {
  std::string module = path.substr(0, path.size() - 3);
  std::replace(module.begin(), module.end(), '/', '.');
  constexpr std::string_view kInit = ".__init__";
  if (module.ends_with(kInit)) module.resize(module.size() - kInit.size());
  return module;
}

bool is_test(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  return name.starts_with("test_") || name.ends_with("_test.py") || name == "conftest.py" ||
         path.starts_with("tests/") || path.starts_with("test/") ||
         path.find("/tests/") != std::string_view::npos || path.find("/test/") != std::string_view::npos;
}

template <std::size_t N>
std::string_view first_in(const FunctionFact& function, std::size_t parameter,
                          const std::string_view (&names)[N]) {
  if (function.attributes.size() <= parameter) return {};
  for (const std::string& attribute : function.attributes[parameter])
    for (std::string_view name : names)
      if (attribute == name) return name;
  return {};
}

// Whether the function can be called with so many positional arguments.
bool takes(const FunctionFact& function, int count) {
  if (function.keyword_only > 0 || function.required > count) return false;
  return function.varargs || static_cast<int>(function.parameters.size()) >= count;
}

std::string counted(int count, const char* noun) {
  return (count == 0 ? "no" : std::to_string(count)) + " " + noun + (count == 1 ? "" : "s");
}

struct Candidate {
  const FileFacts* file;
  const FunctionFact* function;
  std::string name() const { return module_of(file->path) + "." + function->name; }
};

struct KindAndReason {
  std::string kind, reason;
};

class Chooser {
 public:
  Chooser(const std::vector<FileFacts>& files, const WantedHandler& wanted, Diagnostics& diagnostics)
      : files_(files), wanted_(wanted), diagnostics_(diagnostics) {}

  std::optional<ChosenHandler> choose() {
    if (report_syntax_errors()) return std::nullopt;
    if (files_.empty()) {
      diagnostics_.add(in_manifest({}, kPythonNoSources,
                                   "there is no Python source in " + in_quotes(wanted_.source),
                                   "set 'source' to the directory of the function's modules"));
      return std::nullopt;
    }
    if (wanted_.signature == "server") return choose_server();
    return wanted_.handler.empty() ? choose_sole() : choose_named();
  }

 private:
  // The source as the user would type it.
  std::string shown(const std::string& path) const {
    return (fs::path(wanted_.source) / path).lexically_normal().string();
  }
  SourcePlace place(const FileFacts& file, int line, int column, std::size_t width = 0) const {
    return {.file = shown(file.path),
            .line = line,
            .column = column,
            .end_column = width ? column + static_cast<int>(width) : 0};
  }
  SourcePlace place(const FileFacts& file, const FunctionFact& function) const {
    return place(file, function.line, function.column, function.name.size());
  }

  static Diagnostic in_manifest(const SourcePlace& where, const char* code, std::string message,
                                std::string hint) {
    return {.severity = Severity::Error,
            .code = code,
            .message = std::move(message),
            .place = where,
            .line_text = {},
            .hint = std::move(hint),
            .notes = {}};
  }
  Diagnostic at(const FileFacts& file, const FunctionFact& function, const char* code, std::string message,
                std::string hint) const {
    return in_manifest(place(file, function), code, std::move(message), std::move(hint));
  }
  Diagnostic note(const Candidate& candidate, std::string message) const {
    Diagnostic one = at(*candidate.file, *candidate.function, "", std::move(message), "");
    one.severity = Severity::Note;
    return one;
  }

  bool report_syntax_errors() {
    bool any = false;
    for (const FileFacts& file : files_)
      for (const SyntaxError& error : file.errors) {
        Diagnostic one = in_manifest(place(file, error.line, error.column), kPythonSyntax, error.message,
                                     "correct it, or leave the file out with 'exclude'");
        one.line_text = error.text;
        diagnostics_.add(std::move(one));
        any = true;
      }
    return any;
  }

  const FileFacts* find_file(std::string_view module) const {
    for (const FileFacts& file : files_)
      if (module_of(file.path) == module) return &file;
    return nullptr;
  }

  static const FunctionFact* find_function(const FileFacts& file, std::string_view name) {
    const FunctionFact* found = nullptr;  // the last definition is the one that counts
    for (const FunctionFact& function : file.functions)
      if (function.name == name) found = &function;
    return found;
  }

  static bool has(const FileFacts& file, std::string_view name) {
    return find_function(file, name) || std::any_of(file.names.begin(), file.names.end(),
                                                    [&](const OtherName& one) { return one.name == name; });
  }

  std::vector<Candidate> marked() const {
    std::vector<Candidate> found;
    for (const FileFacts& file : files_) {
      if (is_test(file.path)) continue;
      for (const FunctionFact& function : file.functions)
        if (marker_of(function)) found.push_back({&file, &function});
    }
    return found;
  }

  // Public functions that can be called like a handler, in the modules where handlers are.
  std::vector<Candidate> shaped() const {
    static const std::set<std::string_view> kUsual = {
        "app.py", "func.py", "function.py", "handler.py", "index.py", "lambda_function.py", "main.py"};
    std::size_t sources = 0;
    for (const FileFacts& file : files_) sources += !is_test(file.path);
    std::vector<Candidate> found;
    for (const FileFacts& file : files_) {
      if (is_test(file.path) || (sources > 1 && !kUsual.contains(file.path))) continue;
      for (const FunctionFact& function : file.functions) {
        if (function.name.starts_with('_') || find_function(file, function.name) != &function) continue;
        bool knative = function.name == "new" && function.parameters.empty();
        if (knative || takes(function, 1) || takes(function, 2)) found.push_back({&file, &function});
      }
    }
    return found;
  }

  std::optional<ChosenHandler> choose_sole() {
    std::vector<Candidate> candidates = marked();
    std::string why = "the only function with a decorator of functions_framework";
    if (candidates.empty()) {
      candidates = shaped();
      why = "the only candidate";
      std::vector<Candidate> by_name;
      for (const Candidate& one : candidates)
        if (one.function->name == "lambda_handler") by_name.push_back(one);
      if (candidates.size() > 1 && by_name.size() == 1) {
        candidates = by_name;
        why = "the only function that is called as AWS Lambda's handlers are";
      }
    }
    if (candidates.size() == 1) return with_kind(candidates[0], why);
    if (candidates.empty()) {
      diagnostics_.add(in_manifest(
          wanted_.handler_place, kPythonHandlerNotFound,
          "no function in " + counted(static_cast<int>(files_.size()), "source") + " looks like a handler",
          std::string("name it with 'handler'; ") + kWhatAHandlerIs));
      return std::nullopt;
    }
    Diagnostic error =
        in_manifest({}, kPythonHandlerAmbiguous,
                    "there are " + std::to_string(candidates.size()) + " functions that could be the handler",
                    "add 'handler: " + candidates[0].name() + "' to the manifest, or another of them");
    for (const Candidate& one : candidates)
      if (error.notes.size() < kMostNotes) error.notes.push_back(note(one, in_quotes(one.name())));
    diagnostics_.add(std::move(error));
    return std::nullopt;
  }

  std::optional<ChosenHandler> choose_named() {
    std::string name = wanted_.handler;
    std::replace(name.begin(), name.end(), '/', '.');
    std::size_t dot = name.rfind('.');
    if (name.find(':') != std::string::npos || name.ends_with(".py") || name.starts_with('.') ||
        name.ends_with('.') || name.find("..") != std::string::npos) {
      diagnostics_.add(in_manifest(wanted_.handler_place, kPythonBadHandlerName,
                                   "handler " + in_quotes(wanted_.handler) + " names no function of a module",
                                   kWhatAHandlerIs));
      return std::nullopt;
    }
    std::string module = dot == std::string::npos ? "main" : name.substr(0, dot);
    std::string function = dot == std::string::npos ? name : name.substr(dot + 1);
    const FileFacts* file = find_file(module);
    if (dot == std::string::npos && (!file || !has(*file, function))) {
      // A bare name may be anywhere, if it is in one place only.
      std::vector<const FileFacts*> having;
      for (const FileFacts& one : files_)
        if (!is_test(one.path) && find_function(one, function)) having.push_back(&one);
      if (having.size() == 1) file = having[0];
    }
    if (!file) return no_module(module);
    reason_ = "named by the manifest";
    if (const FunctionFact* found = find_function(*file, function)) return with_kind({file, found}, reason_);
    for (const OtherName& other : file->names)
      if (other.name == function) return other_object(*file, other);
    return no_function(*file, function);
  }

  std::optional<ChosenHandler> no_module(const std::string& module) {
    std::vector<std::string> modules;
    for (const FileFacts& file : files_) modules.push_back(module_of(file.path));
    std::string_view near = nearest(module, {modules.begin(), modules.end()});
    std::string path = module;
    std::replace(path.begin(), path.end(), '.', '/');
    diagnostics_.add(in_manifest(
        wanted_.handler_place, kPythonHandlerNotFound,
        "handler " + in_quotes(wanted_.handler) + " is in no source: there is no " +
            in_quotes(shown(path + ".py")),
        near.empty() ? std::string(kWhatAHandlerIs) : "did you mean module " + in_quotes(near) + "?"));
    return std::nullopt;
  }

  std::optional<ChosenHandler> no_function(const FileFacts& file, const std::string& function) {
    std::vector<std::string_view> names;
    for (const FunctionFact& one : file.functions) names.push_back(one.name);
    std::string_view near = nearest(function, names);
    Diagnostic error =
        in_manifest(wanted_.handler_place, kPythonHandlerNotFound,
                    "there is no function " + in_quotes(function) + " in " + in_quotes(shown(file.path)),
                    near.empty() ? kWhatAHandlerIs : "did you mean " + in_quotes(near) + "?");
    for (const FunctionFact& one : file.functions)
      if (error.notes.size() < kMostNotes && !one.name.starts_with('_'))
        error.notes.push_back(note({&file, &one}, in_quotes(module_of(file.path) + "." + one.name)));
    diagnostics_.add(std::move(error));
    return std::nullopt;
  }

  // A handler that is no 'def': an object that something else made, or that comes from another module.
  std::optional<ChosenHandler> other_object(const FileFacts& file, const OtherName& other) {
    std::string kind = wanted_.signature;
    std::string why = "signature " + in_quotes(kind);
    if (kind == "auto" && looks_like_lambda(module_of(file.path) + "." + other.name, other.name, why))
      kind = "lambda";
    if (kind == "auto") {
      diagnostics_.add(in_manifest(place(file, other.line, 1), kPythonHandlerIsNoFunction,
                                   in_quotes(other.name) +
                                       (other.kind == "import"  ? " comes from another module"
                                        : other.kind == "class" ? " is a class"
                                                                : " is a variable") +
                                       ", so its kind cannot be seen here",
                                   "say what it is with 'signature', for example 'signature: lambda'"));
      return std::nullopt;
    }
    return ChosenHandler{.module = module_of(file.path),
                         .function = other.name,
                         .kind = kind,
                         .file = file.path,
                         .line = other.line,
                         .reason = reason_ + "; " + why};
  }

  std::optional<ChosenHandler> choose_server() {
    std::string name = wanted_.handler.empty() ? "main" : wanted_.handler;
    std::replace(name.begin(), name.end(), '/', '.');
    if (name.ends_with(".py")) name.resize(name.size() - 3);
    const FileFacts* file = find_file(name);
    if (!file && wanted_.handler.empty() && files_.size() == 1) file = &files_[0];
    if (!file) return no_module(name);
    return ChosenHandler{
        .module = module_of(file->path),
        .kind = "server",
        .file = file->path,
        .line = 1,
        .reason = wanted_.handler.empty() ? "the program of a server" : "named by the manifest"};
  }

  bool looks_like_lambda(const std::string& full_name, std::string_view name, std::string& why) const {
    if (wanted_.sam_handlers.find("Handler: " + full_name) != std::string::npos)
      why = "template.yaml names it";
    else if (wanted_.lambda_flavoured)
      why = "the manifest speaks of Lambda";
    else if (name == "lambda_handler")
      why = "it is called as AWS Lambda's handlers are";
    else
      return false;
    return true;
  }

  // What the decorators and the parameters say. Nothing where they do not say it; that has been reported
  // then.
  std::optional<KindAndReason> kind_by_source(const Candidate& candidate) {
    const FunctionFact& function = *candidate.function;
    if (const Decorator* decorator = marker_of(function)) {
      std::string_view kind = kind_of(*decorator);
      if (!kind.empty()) return KindAndReason{std::string(kind), "decorated with " + decorator->name};
      diagnostics_.add(at(*candidate.file, function, kPythonHandlerWrongShape,
                          "functions_framework.aio has no decorator " +
                              in_quotes(std::string_view(decorator->name).substr(kAsyncFramework.size())),
                          "it has 'http' and 'cloud_event'"));
      return std::nullopt;
    }
    if (function.name == "new" && function.parameters.empty())
      return KindAndReason{"asgi", "a function 'new' without parameters, as Knative's are"};
    if (function.is_async && takes(function, 3) && !takes(function, 2))
      return KindAndReason{"asgi", "an asynchronous function of three parameters"};
    if (takes(function, 2) && !takes(function, 1)) return kind_of_two(candidate);
    if (takes(function, 1) && !takes(function, 2) && !function.parameters.empty() &&
        (function.parameters[0] == "cloud_event" || function.parameters[0] == "cloudevent"))
      return KindAndReason{"cloudevent", "its parameter is called " + function.parameters[0]};
    if (takes(function, 1) && !takes(function, 2))
      return KindAndReason{"http", function.is_async
                                       ? "an asynchronous function of one parameter, the request"
                                       : "it takes one parameter, the request"};
    if (takes(function, 2)) return kind_of_two(candidate);
    diagnostics_.add(
        at(*candidate.file, function, kPythonHandlerWrongShape,
           in_quotes(function.name) + " takes " + counted(function.required, "parameter") +
               (function.keyword_only ? " and keyword-only ones" : "") +
               "; no kind of handler is called like that",
           "a handler takes (request), (cloud_event), (event, context) or (scope, receive, send)"));
    return std::nullopt;
  }

  // (event, context) fits Lambda, Google's events and OpenFaaS alike.
  std::optional<KindAndReason> kind_of_two(const Candidate& candidate) {
    const FunctionFact& function = *candidate.function;
    std::string why;
    if (looks_like_lambda(candidate.name(), function.name, why)) return KindAndReason{"lambda", why};
    std::string_view of_lambda = first_in(function, 1, kLambdaContext);
    std::string_view of_event = first_in(function, 1, kEventContext);
    auto uses = [&](std::size_t parameter, std::string_view attribute) {
      return "it uses " + function.parameters[parameter] + "." + std::string(attribute);
    };
    if (!of_lambda.empty() && of_event.empty()) return KindAndReason{"lambda", uses(1, of_lambda)};
    if (!of_event.empty() && of_lambda.empty()) return KindAndReason{"event", uses(1, of_event)};
    std::string_view of_openfaas = first_in(function, 0, kOpenFaasEvent);
    if (!of_openfaas.empty()) return KindAndReason{"openfaas", uses(0, of_openfaas)};
    if (wanted_.requires_framework) return KindAndReason{"event", "functions-framework is a requirement"};
    diagnostics_.add(
        at(*candidate.file, function, kPythonHandlerAmbiguous,
           in_quotes(function.name) + " takes two parameters, as handlers of three kinds do",
           "add 'signature: lambda' (AWS Lambda), 'signature: event' (Google's events) or 'signature: "
           "openfaas' to the manifest"));
    return std::nullopt;
  }

  // Whether a function can be called as the handlers of a kind are.
  static bool fits(const FunctionFact& function, std::string_view kind) {
    if (kind == "asgi") return function.name == "new" ? takes(function, 0) : takes(function, 3);
    if (kind == "lambda" || kind == "event" || kind == "openfaas") return takes(function, 2);
    return takes(function, 1);
  }

  // Whether it is called as functions_framework.aio calls its own, which need not be asynchronous themselves.
  static bool is_served_asynchronously(const FunctionFact& function, std::string_view kind) {
    if (kind != "http" && kind != "cloudevent") return false;
    const Decorator* decorator = marker_of(function);
    if (decorator) return is_async_framework(*decorator);
    return function.is_async && function.decorators.empty();
  }

  // Whether what it returns would be a coroutine that nobody awaits. Another decorator may do that.
  static bool is_lost_coroutine(const FunctionFact& function, std::string_view kind) {
    bool decorated = function.decorators.size() > (marker_of(function) ? 1 : 0);
    return function.is_async && !decorated && kind != "asgi" && !is_served_asynchronously(function, kind);
  }

  std::optional<ChosenHandler> with_kind(const Candidate& candidate, const std::string& why) {
    const FunctionFact& function = *candidate.function;
    const Decorator* decorator = marker_of(function);
    KindAndReason found{wanted_.signature, "signature " + in_quotes(wanted_.signature)};
    if (wanted_.signature == "auto") {
      auto by_source = kind_by_source(candidate);
      if (!by_source) return std::nullopt;
      found = *by_source;
    } else if (decorator && kind_of(*decorator) != wanted_.signature) {
      std::string kind(kind_of(*decorator));
      Diagnostic error =
          in_manifest(wanted_.signature_place, kPythonSignatureMismatch,
                      "signature is " + in_quotes(wanted_.signature) + ", but " + in_quotes(function.name) +
                          " is decorated with " + decorator->name,
                      kind.empty() ? "remove the decorator" : "set 'signature: " + kind + "', or remove it");
      error.notes.push_back(note(candidate, in_quotes(candidate.name()) + " is here"));
      diagnostics_.add(std::move(error));
      return std::nullopt;
    }
    if (!fits(function, found.kind)) {
      int wants = found.kind == "asgi"                                                          ? 3
                  : found.kind == "lambda" || found.kind == "event" || found.kind == "openfaas" ? 2
                                                                                                : 1;
      diagnostics_.add(at(*candidate.file, function, kPythonHandlerWrongShape,
                          in_quotes(function.name) + " cannot be called as a handler of kind " +
                              in_quotes(found.kind) + " is, with " + counted(wants, "argument"),
                          "change its parameters, or the signature"));
      return std::nullopt;
    }
    bool asynchronous = is_served_asynchronously(function, found.kind);
    if (is_lost_coroutine(function, found.kind)) {
      diagnostics_.add(at(*candidate.file, function, kPythonHandlerWrongShape,
                          in_quotes(function.name) + " is asynchronous, which no handler of kind " +
                              in_quotes(found.kind) + (decorator ? " of functions_framework is" : " is"),
                          decorator && found.kind != "typed"
                              ? "decorate it with functions_framework.aio" +
                                    decorator->name.substr(decorator->name.rfind('.')) + ", or write 'def'"
                              : "write 'def' instead of 'async def', and asyncio.run() where it awaits"));
      return std::nullopt;
    }
    return ChosenHandler{.module = module_of(candidate.file->path),
                         .function = function.name,
                         .kind = found.kind,
                         .file = candidate.file->path,
                         .line = function.line,
                         .asynchronous = asynchronous,
                         .reason = why + "; " + found.reason};
  }

  const std::vector<FileFacts>& files_;
  const WantedHandler& wanted_;
  Diagnostics& diagnostics_;
  std::string reason_;
};

}  // namespace

std::optional<ChosenHandler> choose_handler(const std::vector<FileFacts>& files, const WantedHandler& wanted,
                                            Diagnostics& diagnostics) {
  return Chooser(files, wanted, diagnostics).choose();
}

}  // namespace faasc::python
