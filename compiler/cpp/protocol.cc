#include "compiler/cpp/protocol.h"

#include <nlohmann/json.hpp>

#include "compiler/cpp/codes.h"

namespace faasc::cpp {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "faasc.cxx/1";

// Clang quotes the user's source, which may hold any bytes.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Reads fields of the type asked for; anything else makes the whole document unusable instead of being
// guessed at.
class Reader {
 public:
  void read(const Json& json, const char* key, std::string& into) {
    if (const Json* value = find(json, key, &Json::is_string))
      into = *value->get_ptr<const Json::string_t*>();
  }
  void read(const Json& json, const char* key, bool& into) {
    if (const Json* value = find(json, key, &Json::is_boolean))
      into = *value->get_ptr<const Json::boolean_t*>();
  }
  void read(const Json& json, const char* key, int& into) {
    if (const Json* value = find(json, key, &Json::is_number_integer)) into = value->get<int>();
  }
  template <typename T>
    requires std::is_enum_v<T>
  void read(const Json& json, const char* key, T& into) {
    int number = 0;
    read(json, key, number);
    into = static_cast<T>(number);
  }
  void read(const Json& json, const char* key, std::vector<std::string>& into) {
    each(json, key, [&](const Json& value) {
      if (value.is_string())
        into.push_back(*value.get_ptr<const Json::string_t*>());
      else
        broken_ = true;
    });
  }
  template <typename F>
  void each(const Json& json, const char* key, F use) {
    if (const Json* value = find(json, key, &Json::is_array))
      for (const Json& element : *value) use(element);
  }
  const Json* object(const Json& json, const char* key) {
    return json.is_object() && json.contains(key) ? find(json, key, &Json::is_object) : nullptr;
  }
  bool broken() const { return broken_; }

 private:
  const Json* find(const Json& json, const char* key, bool (Json::*is_type)() const noexcept) {
    auto at = json.is_object() ? json.find(key) : json.end();
    if (!json.is_object() || at == json.end() || !((*at).*is_type)()) {
      broken_ = true;
      return nullptr;
    }
    return &*at;
  }
  bool broken_ = false;
};

Json to_value(const SourcePlace& place) {
  return {
      {"file", place.file}, {"line", place.line}, {"column", place.column}, {"end_column", place.end_column}};
}

void read_place(Reader& reader, const Json& parent, SourcePlace& place) {
  if (const Json* json = reader.object(parent, "place")) {
    reader.read(*json, "file", place.file);
    reader.read(*json, "line", place.line);
    reader.read(*json, "column", place.column);
    reader.read(*json, "end_column", place.end_column);
  }
}

Json to_value(const std::vector<Fix>& fixes) {
  Json json = Json::array();
  for (const Fix& fix : fixes) json.push_back({{"place", to_value(fix.place)}, {"text", fix.text}});
  return json;
}

void read_fixes(Reader& reader, const Json& parent, std::vector<Fix>& fixes) {
  reader.each(parent, "fixes", [&](const Json& json) {
    Fix& fix = fixes.emplace_back();
    read_place(reader, json, fix.place);
    reader.read(json, "text", fix.text);
  });
}

Json to_value(const Diagnostic& diagnostic) {
  Json notes = Json::array();
  for (const Diagnostic& note : diagnostic.notes) notes.push_back(to_value(note));
  return {{"severity", static_cast<int>(diagnostic.severity)},
          {"code", diagnostic.code},
          {"message", diagnostic.message},
          {"place", to_value(diagnostic.place)},
          {"line_text", diagnostic.line_text},
          {"hint", diagnostic.hint},
          {"notes", std::move(notes)},
          {"fixes", to_value(diagnostic.fixes)}};
}

Diagnostic read_diagnostic(Reader& reader, const Json& json) {
  Diagnostic diagnostic;
  reader.read(json, "severity", diagnostic.severity);
  reader.read(json, "code", diagnostic.code);
  reader.read(json, "message", diagnostic.message);
  read_place(reader, json, diagnostic.place);
  reader.read(json, "line_text", diagnostic.line_text);
  reader.read(json, "hint", diagnostic.hint);
  reader.each(json, "notes",
              [&](const Json& note) { diagnostic.notes.push_back(read_diagnostic(reader, note)); });
  read_fixes(reader, json, diagnostic.fixes);
  return diagnostic;
}

Json to_value(const std::vector<Diagnostic>& diagnostics) {
  Json json = Json::array();
  for (const Diagnostic& diagnostic : diagnostics) json.push_back(to_value(diagnostic));
  return json;
}

Json to_value(const Type& type) {
  return {{"name", static_cast<int>(type.name)},
          {"passing", static_cast<int>(type.passing)},
          {"text", type.text}};
}

Type read_type(Reader& reader, const Json& json) {
  Type type;
  reader.read(json, "name", type.name);
  reader.read(json, "passing", type.passing);
  reader.read(json, "text", type.text);
  return type;
}

Json to_value(const std::optional<TypedFact>& typed) {
  if (!typed) return Json::array();
  return {{{"entry", typed->entry},
           {"binding", typed->binding},
           {"openapi", typed->openapi},
           {"problems", to_value(typed->problems)}}};
}

TypedFact read_typed(Reader& reader, const Json& json) {
  TypedFact typed;
  reader.read(json, "entry", typed.entry);
  reader.read(json, "binding", typed.binding);
  reader.read(json, "openapi", typed.openapi);
  reader.each(json, "problems",
              [&](const Json& problem) { typed.problems.push_back(read_diagnostic(reader, problem)); });
  return typed;
}

Json to_value(const FunctionFact& function) {
  Json parameters = Json::array();
  for (const Type& type : function.parameters) parameters.push_back(to_value(type));
  return {{"name", function.name},
          {"symbol", function.symbol},
          {"returns", to_value(function.returns)},
          {"parameters", std::move(parameters)},
          {"linkage", static_cast<int>(function.linkage)},
          {"defined", function.defined},
          {"repeatable", function.repeatable},
          {"member", function.is_member},
          {"template", function.is_template},
          {"made", static_cast<int>(function.made)},
          {"uses", function.uses},
          {"typed", to_value(function.typed)},
          {"place", to_value(function.place)},
          {"line_text", function.line_text},
          {"fixes", to_value(function.fixes)}};
}

FunctionFact read_function(Reader& reader, const Json& json) {
  FunctionFact function;
  reader.read(json, "name", function.name);
  reader.read(json, "symbol", function.symbol);
  if (const Json* returns = reader.object(json, "returns")) function.returns = read_type(reader, *returns);
  reader.each(json, "parameters",
              [&](const Json& type) { function.parameters.push_back(read_type(reader, type)); });
  reader.read(json, "linkage", function.linkage);
  reader.read(json, "defined", function.defined);
  reader.read(json, "repeatable", function.repeatable);
  reader.read(json, "member", function.is_member);
  reader.read(json, "template", function.is_template);
  reader.read(json, "made", function.made);
  reader.read(json, "uses", function.uses);
  reader.each(json, "typed", [&](const Json& typed) { function.typed = read_typed(reader, typed); });
  read_place(reader, json, function.place);
  reader.read(json, "line_text", function.line_text);
  read_fixes(reader, json, function.fixes);
  return function;
}

Json to_value(const std::vector<CallFact>& calls) {
  Json json = Json::array();
  for (const CallFact& call : calls)
    json.push_back({{"name", call.name},
                    {"place", to_value(call.place)},
                    {"line_text", call.line_text},
                    {"callers", to_value(call.callers)}});
  return json;
}

CallFact read_call(Reader& reader, const Json& json) {
  CallFact call;
  reader.read(json, "name", call.name);
  read_place(reader, json, call.place);
  reader.read(json, "line_text", call.line_text);
  reader.each(json, "callers",
              [&](const Json& note) { call.callers.push_back(read_diagnostic(reader, note)); });
  return call;
}

Json to_value(const CompileAnswer& answer) {
  Json functions = Json::array();
  for (const FunctionFact& function : answer.facts.functions) functions.push_back(to_value(function));
  Json json = {{"ok", answer.ok},
               {"used_preamble", answer.used_preamble},
               {"remark", answer.remark},
               {"functions", std::move(functions)},
               {"calls", to_value(answer.facts.calls)},
               {"diagnostics", to_value(answer.diagnostics)},
               {"inputs", answer.inputs},
               {"absent", answer.absent}};
  if (const auto& main = answer.facts.main) {
    json["main"] = {{"runs_lambda", main->runs_lambda},
                    {"lambda_handler", main->lambda_handler},
                    {"place", to_value(main->place)},
                    {"line_text", main->line_text}};
  }
  return json;
}

CompileAnswer read_compile_answer(Reader& reader, const Json& json) {
  CompileAnswer answer;
  reader.read(json, "ok", answer.ok);
  reader.read(json, "used_preamble", answer.used_preamble);
  reader.read(json, "remark", answer.remark);
  reader.each(json, "functions", [&](const Json& function) {
    answer.facts.functions.push_back(read_function(reader, function));
  });
  reader.each(json, "calls",
              [&](const Json& call) { answer.facts.calls.push_back(read_call(reader, call)); });
  reader.each(json, "diagnostics", [&](const Json& diagnostic) {
    answer.diagnostics.push_back(read_diagnostic(reader, diagnostic));
  });
  reader.read(json, "inputs", answer.inputs);
  reader.read(json, "absent", answer.absent);
  if (const Json* main = reader.object(json, "main")) {
    answer.facts.main.emplace();
    reader.read(*main, "runs_lambda", answer.facts.main->runs_lambda);
    reader.read(*main, "lambda_handler", answer.facts.main->lambda_handler);
    read_place(reader, *main, answer.facts.main->place);
    reader.read(*main, "line_text", answer.facts.main->line_text);
  }
  return answer;
}

Error not_understood(std::string_view what) {
  return Error{Fault::Internal,
               kCppCompilerAnswer,
               "cannot understand the " + std::string(what) + " between faasc and faasc-cxx",
               {},
               "faasc and faasc-cxx must come from one installation; install faasc again"};
}

Json parse(std::string_view text) {
  return Json::parse(text, nullptr, false);
}

bool has_schema(Reader& reader, const Json& json) {
  std::string schema;
  reader.read(json, "schema", schema);
  return schema == kSchema;
}

}  // namespace

std::string to_json(const Request& request) {
  Json json = {{"schema", kSchema}};
  if (const auto& compile = request.compile)
    json["compile"] = {{"source", compile->source},       {"object", compile->object},
                       {"arguments", compile->arguments}, {"typed", compile->typed},
                       {"preamble", compile->preamble},   {"make_preamble", compile->make_preamble},
                       {"launcher", compile->launcher}};
  if (const auto& link = request.link)
    json["link"] = {{"arguments", link->arguments},
                    {"output", link->output},
                    {"stripped", link->stripped},
                    {"lean", link->lean}};
  return dump(json);
}

Result<Request> request_from_json(std::string_view text) {
  Json json = parse(text);
  Reader reader;
  Request request;
  if (!has_schema(reader, json)) return not_understood("request");
  if (const Json* compile = reader.object(json, "compile")) {
    request.compile.emplace();
    reader.read(*compile, "source", request.compile->source);
    reader.read(*compile, "object", request.compile->object);
    reader.read(*compile, "arguments", request.compile->arguments);
    reader.read(*compile, "typed", request.compile->typed);
    reader.read(*compile, "preamble", request.compile->preamble);
    reader.read(*compile, "make_preamble", request.compile->make_preamble);
    reader.read(*compile, "launcher", request.compile->launcher);
  }
  if (const Json* link = reader.object(json, "link")) {
    request.link.emplace();
    reader.read(*link, "arguments", request.link->arguments);
    reader.read(*link, "output", request.link->output);
    reader.read(*link, "stripped", request.link->stripped);
    reader.read(*link, "lean", request.link->lean);
  }
  if (reader.broken()) return not_understood("request");
  return request;
}

std::string to_json(const CompileAnswer& answer) {
  return dump(to_value(answer));
}

Result<CompileAnswer> compile_answer_from_json(std::string_view text) {
  Json json = parse(text);
  Reader reader;
  CompileAnswer answer = read_compile_answer(reader, json);
  if (reader.broken()) return not_understood("answer");
  return answer;
}

std::string to_json(const Answer& answer) {
  Json json = {{"schema", kSchema}};
  if (answer.compile) json["compile"] = to_value(*answer.compile);
  if (const auto& link = answer.link)
    json["link"] = {{"ok", link->ok},
                    {"diagnostics", to_value(link->diagnostics)},
                    {"command", link->command},
                    {"exit_code", link->exit_code},
                    {"messages", link->messages},
                    {"inputs", link->inputs}};
  return dump(json);
}

Result<Answer> answer_from_json(std::string_view text) {
  Json json = parse(text);
  Reader reader;
  Answer answer;
  if (!has_schema(reader, json)) return not_understood("answer");
  if (const Json* compile = reader.object(json, "compile"))
    answer.compile = read_compile_answer(reader, *compile);
  if (const Json* link = reader.object(json, "link")) {
    answer.link.emplace();
    reader.read(*link, "ok", answer.link->ok);
    reader.each(*link, "diagnostics", [&](const Json& diagnostic) {
      answer.link->diagnostics.push_back(read_diagnostic(reader, diagnostic));
    });
    reader.read(*link, "command", answer.link->command);
    reader.read(*link, "exit_code", answer.link->exit_code);
    reader.read(*link, "messages", answer.link->messages);
    reader.read(*link, "inputs", answer.link->inputs);
  }
  if (reader.broken()) return not_understood("answer");
  return answer;
}

}  // namespace faasc::cpp
