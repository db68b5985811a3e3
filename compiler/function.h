#pragma once

#include <string>

namespace faasc {

/// One resolved function: what it is and where each fact came from.
struct Function {
  std::string language;  ///< "cpp", "python", "go"
  std::string handler;   ///< as the user would name it: "shop::price"
  std::string kind;      ///< "http", "cloudevent", "lambda", "typed", "server"
  std::string file;      ///< where it is defined, as the user would type it
  int line = 0;
  std::string reason;  ///< why this handler and this kind: "the only candidate; returns
                       ///< google::cloud::functions::Function"
};

}  // namespace faasc
