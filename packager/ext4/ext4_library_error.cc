#include "packager/ext4/ext4_library_error.h"

extern "C" {  // this header does not say it itself
#include <et/com_err.h>
}
#include <ext2fs/ext2fs.h>

#include "base/file.h"
#include "packager/ext4/codes.h"

namespace faasc {

Error ext4_library_error(std::string_view doing, const std::filesystem::path& out, long code) {
  // The library passes on the errors of system calls as they are; its own begin far above.
  if (code > 0 && code < 4096) return io_error("write", out, static_cast<int>(code));
  static const bool table_added = add_error_table(&et_ext2_error_table) == 0;
  (void)table_added;
  return {
      Fault::Internal,
      kExt4LibraryFailed,
      "cannot " + std::string(doing) + " the ext4 file system '" + out.string() + "': " + error_message(code),
      {},
      "see whether there is room for it; otherwise please report it"};
}

}  // namespace faasc
