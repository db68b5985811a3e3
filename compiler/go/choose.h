#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/diagnostics.h"
#include "compiler/go/facts.h"

namespace faasc::go {

/// How the program comes to call the function.
enum class Shape : std::uint8_t {
  Registered,     ///< the package's init() hands it to Google's framework, for which our runtime stands in
  Http,           ///< func F(http.ResponseWriter, *http.Request)
  Event,          ///< func F(context.Context, event.Event) error and its shorter forms
  Typed,          ///< func F(T) (R, error)
  Background,     ///< func F(context.Context, T) error: Google's older events
  OpenFaas,       ///< func Handle(handler.Request) (handler.Response, error)
  InstanceHttp,   ///< func New() *T with func (*T) Handle(http.ResponseWriter, *http.Request)
  InstanceEvent,  ///< the same, Handle takes a CloudEvent
  LambdaMain,     ///< the user's main() calls lambda.Start
  OwnMain,        ///< the user's main() is the program
};

/// What the manifest says. Places are those of the values in faas.yaml; empty where it does not say.
struct Wanted {
  std::string handler;             ///< "Hello"; empty: the only candidate
  std::string signature = "auto";  ///< as in the manifest
  std::optional<std::string>
      package;  ///< the directory of build.go.package; nothing: every package of the module
  SourcePlace handler_place, signature_place, package_place;
};

struct Chosen {
  Shape shape = Shape::Http;
  std::string name;         ///< as the user would name it
  std::string kind;         ///< "http", "cloudevent", "lambda", "typed", "event", "openfaas", "server"
  std::size_t package = 0;  ///< in Facts::packages
  SourcePlace place;
  std::string reason;
};

/// Chooses the handler. Complaints go to `diagnostics`, with what was found and what is accepted; then there
/// is no value.
std::optional<Chosen> choose_handler(const Facts& facts, const Wanted& wanted, Diagnostics& diagnostics);

/// "func(w http.ResponseWriter, r *http.Request)", types only.
std::string signature_text(const Func& function);

}  // namespace faasc::go
