#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "packager/bill/bill.h"
#include "packager/image/opened_image.h"

namespace faasc {

/// What an image does not say of itself.
struct BillRequest {
  std::string name;  ///< of the function
  std::string kernel_family, kernel_version;
  std::vector<std::string> linked_files;  ///< of the host: libraries that are inside the program
};

/// Finds what an image is made of: Python's wheels by their own metadata in the image, Go's modules by what
/// the linker noted in the program, files that packages of this host's distribution install at the same path,
/// and the kernel. Files of none of them are the function's. Reads the image once for its digest.
Result<Bill> bill_of_image(const OpenedImage& image, const BillRequest& request);

}  // namespace faasc
