#include "compiler/cpp/handler_words.h"

#include <algorithm>
#include <vector>

namespace faasc::cpp {
namespace {

bool can_be_moved_or_copied_into(Passing passing) {
  return passing == Passing::Value || passing == Passing::ConstReference ||
         passing == Passing::RvalueReference;
}

Shape shape_for(Passing passing, Shape value, Shape const_reference, Shape rvalue) {
  if (passing == Passing::Value) return value;
  return passing == Passing::ConstReference ? const_reference : rvalue;
}

std::string why_not_its_type(const FunctionFact& function) {
  const Type& returns = function.returns;
  const std::vector<Type>& parameters = function.parameters;
  auto taking = [&](TypeName name) {
    return std::any_of(parameters.begin(), parameters.end(),
                       [&](const Type& type) { return type.name == name; });
  };
  if (returns.name == TypeName::InvocationResponse || taking(TypeName::InvocationRequest)) {
    if (returns.name != TypeName::InvocationResponse || returns.passing != Passing::Value)
      return "it returns " + quoted(returns.text) + ", not invocation_response";
    if (parameters.size() != 1) return "it takes " + counted(parameters.size(), "parameter") + ", not one";
    if (parameters[0].name != TypeName::InvocationRequest)
      return "it takes " + quoted(parameters[0].text) + ", not an invocation_request";
    return "it takes " + quoted(parameters[0].text) + "; by value and const & are possible";
  }
  bool takes_request = taking(TypeName::HttpRequest), takes_event = taking(TypeName::CloudEvent);
  if (returns.name == TypeName::Function) {
    if (returns.passing != Passing::Value)
      return "it returns " + quoted(returns.text) + ", not a Function by value";
    return "it takes " + counted(parameters.size(), "parameter") + ", a factory takes none";
  }
  if ((takes_request || takes_event) && parameters.size() > 1)
    return "it takes " + counted(parameters.size(), "parameter") + ", not one";
  if (takes_request && (returns.name != TypeName::HttpResponse || returns.passing != Passing::Value))
    return "it returns " + quoted(returns.text) + ", not HttpResponse";
  if (takes_event && returns.name != TypeName::Void)
    return "it returns " + quoted(returns.text) + ", not void";
  if (takes_request || takes_event)
    return "it takes " + quoted(parameters[0].text) + "; by value, const & and && are possible";
  if (returns.name == TypeName::HttpResponse) {
    if (parameters.empty()) return "it takes nothing, not an HttpRequest";
    return "it takes " + quoted(parameters[0].text) + ", not an HttpRequest";
  }
  std::string type = returns.text + " (";
  for (const Type& parameter : parameters)
    type += (&parameter == &parameters[0] ? "" : ", ") + parameter.text;
  return "its type is '" + type + ")'";
}

}  // namespace

std::string quoted(std::string_view text) {
  return "'" + std::string(text) + "'";
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

std::optional<Shape> shape_of_type(const FunctionFact& function) {
  const Type& returns = function.returns;
  if (returns.passing != Passing::Value) return std::nullopt;
  if (returns.name == TypeName::Function && function.parameters.empty()) return Shape::Factory;
  if (function.parameters.size() != 1 || !can_be_moved_or_copied_into(function.parameters[0].passing))
    return std::nullopt;
  const Type& parameter = function.parameters[0];
  if (returns.name == TypeName::HttpResponse && parameter.name == TypeName::HttpRequest)
    return shape_for(parameter.passing, Shape::HttpValue, Shape::HttpConstReference, Shape::HttpRvalue);
  if (returns.name == TypeName::InvocationResponse && parameter.name == TypeName::InvocationRequest &&
      parameter.passing != Passing::RvalueReference)
    return shape_for(parameter.passing, Shape::LambdaValue, Shape::LambdaConstReference, Shape::LambdaValue);
  if (returns.name == TypeName::Void && parameter.name == TypeName::CloudEvent)
    return shape_for(parameter.passing, Shape::EventValue, Shape::EventConstReference, Shape::EventRvalue);
  return std::nullopt;
}

bool speaks_of_lambda(const FunctionFact& function) {
  return function.returns.name == TypeName::InvocationResponse ||
         std::any_of(function.parameters.begin(), function.parameters.end(),
                     [](const Type& type) { return type.name == TypeName::InvocationRequest; });
}

bool speaks_of_handlers(const FunctionFact& function) {
  if (function.returns.name == TypeName::Function || function.returns.name == TypeName::HttpResponse ||
      speaks_of_lambda(function))
    return true;
  return std::any_of(function.parameters.begin(), function.parameters.end(), [](const Type& type) {
    return type.name == TypeName::HttpRequest || type.name == TypeName::CloudEvent;
  });
}

std::string_view kind_of(const FunctionFact& function, Shape shape) {
  switch (shape) {
    case Shape::HttpValue:
    case Shape::HttpConstReference:
    case Shape::HttpRvalue:
      return "http";
    case Shape::EventValue:
    case Shape::EventConstReference:
    case Shape::EventRvalue:
      return "cloudevent";
    case Shape::OwnMain:
      return "server";
    case Shape::LambdaConstReference:
    case Shape::LambdaValue:
      return "lambda";
    case Shape::Typed:
      return "typed";
    case Shape::Factory:
      break;
  }
  if (function.made == Made::Http) return "http";
  return function.made == Made::CloudEvent ? "cloudevent" : "auto";
}

std::string why_this_kind(const FunctionFact& function, Shape shape) {
  if (shape == Shape::Typed) return "its parameter and result become JSON";
  if (shape != Shape::Factory) return "its type is that of a handler";
  switch (function.made) {
    case Made::Http:
      return "returns MakeFunction of an HTTP function";
    case Made::CloudEvent:
      return "returns MakeFunction of a CloudEvent function";
    case Made::Map:
      return "returns MakeFunction of a map, which chooses when it starts";
    case Made::Unknown:
      break;
  }
  return "returns a Function whose kind its return statements do not show";
}

std::string describe(const FunctionFact& function) {
  if (auto shape = shape_of(function)) {
    std::string_view kind = kind_of(function, *shape);
    return quoted(function.name) + " is a handler" + (kind == "auto" ? "" : " of kind " + std::string(kind));
  }
  return quoted(function.name) + " is not a handler: " + why_not_a_handler(function);
}

std::optional<Shape> shape_of(const FunctionFact& function) {
  if (function.is_template || function.is_member || function.linkage != Linkage::External ||
      !function.defined)
    return std::nullopt;
  return shape_of_type(function);
}

std::string why_not_a_handler(const FunctionFact& function) {
  if (shape_of(function)) return {};
  if (function.is_template) return "it is a template";
  if (function.is_member) return "it is a member function";
  if (!shape_of_type(function)) return why_not_its_type(function);
  if (function.linkage == Linkage::Static) return "it is static";
  if (function.linkage == Linkage::UnnamedNamespace) return "it is in an unnamed namespace";
  return "no source defines it";
}

}  // namespace faasc::cpp
