#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"
#include "packager/image/opened_image.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

/// An image of Nanos with `edit` merged into its root tuple, as a file in memory without a name: a qcow2 disk
/// that reads as the image but for the few clusters that differ. The image is only read, and has to stay as
/// it is as long as the overlay is used. A VMM that inherits the descriptor opens it as /proc/self/fd/N.
Result<Fd> write_overlay(const OpenedImage& image, const TfsTuple& edit);

/// A file in memory, without a name, that holds `bytes`. `name` is for messages.
Result<Fd> file_in_memory(std::string_view bytes, const std::string& name);

}  // namespace faasc
