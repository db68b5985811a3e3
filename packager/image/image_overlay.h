#pragma once

#include <string>

#include "base/file.h"
#include "base/result.h"
#include "packager/image/opened_image.h"
#include "packager/tfs/tfs_reader.h"
#include "packager/tfs/tfs_value.h"

namespace faasc {

/// An image of Nanos with `edit` merged into its root tuple, as a file in memory without a name: a qcow2 disk
/// that reads as the image but for the few clusters that differ. The image is only read, and has to stay as
/// it is as long as the overlay is used. A VMM that inherits the descriptor opens it as /proc/self/fd/N.
/// `room_bytes` is what the guest can write to its root beyond what the image has.
Result<Fd> write_overlay(const OpenedImage& image, const TfsTuple& edit, std::uint64_t room_bytes = 0);

/// The same of a raw image as a raw disk in memory, for VMMs that know no qcow2; it is the guest's to write
/// to.
Result<Fd> write_copy(const OpenedImage& image, const TfsTuple& edit);

/// The root of an image as a guest left it that wrote into `overlay`, an overlay of write_overlay().
Result<TfsReader> read_overlay(const OpenedImage& image, std::shared_ptr<const ByteSource> overlay);

/// A file in memory, without a name, that holds `bytes`. `name` is for messages.
Result<Fd> file_in_memory(std::string_view bytes, const std::string& name);

}  // namespace faasc
