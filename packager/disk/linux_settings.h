#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "packager/disk/guest_settings.h"

namespace faasc {

/// What the init of the Linux family reads of a guest's settings, from /etc/faasc/settings or from a disk of
/// its own; the grammar is in runtimes/linux/init/settings.h. `options` are words of the kernel command line
/// that are for init ("faasc.ip=10.0.0.2/24").
Result<std::string> linux_settings(const GuestSettings& settings, std::string_view options = {});

/// What such words say of a card: "faasc.ip=10.0.0.2/24 faasc.gw=off faasc.dns=10.0.0.1".
std::string linux_network_words(const GuestNetwork& network);

/// The same as the bytes of a disk: whole sectors.
Result<std::string> linux_settings_disk(const GuestSettings& settings, std::string_view options = {});

}  // namespace faasc
