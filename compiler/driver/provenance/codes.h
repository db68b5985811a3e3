#pragma once

namespace faasc {

inline constexpr const char* kImageDiffers = "FAASC0875";         // verify: from what its provenance says
inline constexpr const char* kNotAProvenance = "FAASC0876";       // verify: the file that should be one
inline constexpr const char* kSignatureDoesNotFit = "FAASC0877";  // verify: it signs other bytes
inline constexpr const char* kNothingSigned = "FAASC0878";        // verify: a file is not there
inline constexpr const char* kNotASignature = "FAASC0879";        // verify: the file that should be one
inline constexpr const char* kSignerNotAllowed = "FAASC0880";     // verify: good, and of somebody else
inline constexpr const char* kNotSigned = "FAASC0882";            // provenance --sign
inline constexpr const char* kOriginUnknown = "FAASC0883";  // provenance: of an image nobody knows about

}  // namespace faasc
