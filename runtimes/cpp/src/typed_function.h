#pragma once

#include "faasc/rt/typed.h"
#include "google/cloud/functions/function.h"

namespace faasc::rt {

/// A function that takes a JSON value by POST and answers with one. What does not fit its parameter is
/// answered with 400 and {"message","pointer","expected","found"}; std::invalid_argument that it throws with
/// 400 as well, anything else like every function's.
google::cloud::functions::Function make_typed_function(TypedCall call, bool takes_body, char const* openapi);

}  // namespace faasc::rt
