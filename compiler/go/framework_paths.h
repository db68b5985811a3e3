#pragma once

#include <string_view>

namespace faasc::go {

// Packages of Google's Functions Framework. Our runtime has the same functions and takes their place in the
// build, so that one server with one contract serves, and nothing of theirs needs to be downloaded.
inline constexpr std::string_view kFunctionsPath =
    "github.com/GoogleCloudPlatform/functions-framework-go/functions";
inline constexpr std::string_view kFuncframeworkPath =
    "github.com/GoogleCloudPlatform/functions-framework-go/funcframework";
// Event metadata of Google's older events.
inline constexpr std::string_view kMetadataPath = "cloud.google.com/go/functions/metadata";
inline constexpr std::string_view kOpenFaasPath = "github.com/openfaas/templates-sdk/go-http";

}  // namespace faasc::go
