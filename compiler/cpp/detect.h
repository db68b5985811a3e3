#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/diagnostics.h"
#include "compiler/cpp/facts.h"

namespace faasc::cpp {

/// How the generated main() hands the function to the runtime.
enum class Shape : std::uint8_t {
  Factory,             ///< Function f()
  HttpValue,           ///< HttpResponse f(HttpRequest)
  HttpConstReference,  ///< HttpResponse f(HttpRequest const&)
  HttpRvalue,          ///< HttpResponse f(HttpRequest&&)
  EventValue,          ///< void f(CloudEvent)
  EventConstReference,
  EventRvalue,
  OwnMain,               ///< the user's main() is the program
  LambdaConstReference,  ///< invocation_response f(invocation_request const&)
  LambdaValue,
  Typed,  ///< any R f(T): see FunctionFact::typed
};

/// What the manifest says. Places are those of the values in faas.yaml, for messages; empty where it does not
/// say.
struct WantedHandler {
  std::string handler;             ///< "ns::fn"; empty: the only candidate
  std::string signature = "auto";  ///< auto, http, cloudevent, lambda, typed, server
  SourcePlace handler_place, signature_place;
};

struct ChosenHandler {
  FunctionFact function;  ///< OwnMain: only `name` and `place`
  Shape shape = Shape::Factory;
  std::string kind;    ///< "http", "cloudevent", "lambda", "typed", "server"; "auto" where it is known only
                       ///< when the function starts
  std::string reason;  ///< for people: why this one and this kind
};

/// The shape of a function that can be called as a handler from another file; nothing where it cannot, and
/// then `why_not_a_handler` says why.
std::optional<Shape> shape_of(const FunctionFact& function);

/// "it returns 'int', not HttpResponse". Empty for a handler.
std::string why_not_a_handler(const FunctionFact& function);

/// Chooses the handler from the facts of all translation units. Where none is named, it is the only candidate
/// that no other candidate uses: MakeFunction(f) in a factory says that the factory is meant, not f. A main()
/// that calls run_handler is the program of a lambda, whatever else there is. A plain function is a typed one
/// where it is named, or 'typed' is the signature.
/// Complaints go to `diagnostics`, each with the functions that come near and why they are none; then there
/// is no value. The order of the units does not matter.
std::optional<ChosenHandler> choose_handler(const std::vector<UnitFacts>& units, const WantedHandler& wanted,
                                            Diagnostics& diagnostics);

}  // namespace faasc::cpp
