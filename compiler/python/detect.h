#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/diagnostics.h"
#include "compiler/python/facts.h"

namespace faasc::python {

/// What the manifest, and what lies beside it, say about the handler.
struct WantedHandler {
  std::string
      handler;  ///< "file.func", "package.module.func" or "func", which is in main.py; empty: the sole one
  std::string signature = "auto";
  SourcePlace handler_place, signature_place;  ///< in the manifest; without a line where it does not say
  std::string source;  ///< directory of the sources as the user would type it, for places: "." or "src"
  bool lambda_flavoured = false;    ///< compat: lambda, or http.lambda_event
  std::string sam_handlers;         ///< text of a template.yaml beside the manifest; empty: there is none
  bool requires_framework = false;  ///< functions-framework is one of the requirements
};

struct ChosenHandler {
  std::string module;    ///< "main", "package.module"
  std::string function;  ///< "hello"
  std::string kind;      ///< "http", "cloudevent", "lambda", "typed", "event", "asgi", "openfaas", "server"
  std::string file;      ///< relative to the source directory
  int line = 0;
  bool asynchronous = false;  ///< "http" and "cloudevent": called as functions of functions_framework.aio are
  std::string reason;         ///< why this handler and this kind
};

/// Chooses the handler and its kind from what was read; nothing is guessed. Complaints go to `diagnostics`.
std::optional<ChosenHandler> choose_handler(const std::vector<FileFacts>& files, const WantedHandler& wanted,
                                            Diagnostics& diagnostics);

}  // namespace faasc::python
