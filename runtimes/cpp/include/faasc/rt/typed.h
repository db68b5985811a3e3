#pragma once

// All of the JSON binding of typed functions, for code that is not generated.

#include "faasc/rt/typed/array.h"
#include "faasc/rt/typed/core.h"
#include "faasc/rt/typed/map.h"
#include "faasc/rt/typed/optional.h"
#include "faasc/rt/typed/unordered_map.h"
#include "faasc/rt/typed/variant.h"
#include "faasc/rt/typed/vector.h"
