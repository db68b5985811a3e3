#pragma once

// The version of the Functions Framework for C++ whose interface these headers offer. It names the inline
// namespace, so that a program which mixes them with another version's objects fails to link instead of
// misbehaving.
#define FUNCTIONS_FRAMEWORK_CPP_VERSION_MAJOR 1
#define FUNCTIONS_FRAMEWORK_CPP_VERSION_MINOR 3
#define FUNCTIONS_FRAMEWORK_CPP_VERSION_PATCH 0
