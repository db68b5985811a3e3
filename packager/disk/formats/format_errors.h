#pragma once

#include <string>

#include "base/result.h"
#include "packager/disk/formats/codes.h"

namespace faasc {

/// "'hello.qcow2' is damaged: its header is cut off"
inline Error damaged(const std::string& name, const std::string& why) {
  return {Fault::Input,
          kFormatDamaged,
          "'" + name + "' is damaged: " + why,
          {},
          "copy or build it again; it may not be complete"};
}

/// "'hello.qcow2' cannot be read: it is encrypted"
inline Error unsupported(const std::string& name, const std::string& why, const std::string& way_out) {
  return {Fault::Input, kFormatUnsupported, "'" + name + "' cannot be read: " + why, {}, way_out};
}

}  // namespace faasc
