#pragma once

#include <string_view>

// "faasc.vm/1", members in this order; those marked ? are left out where they say nothing:
//
//   schema name architecture kernel_family vcpus memory_bytes
//   direct_boot?  {kernel_version kernel kernel_sha256 initrd? initrd_is_root? command_line?}
//   disks         [{path format read_only bios_bootable uefi_bootable? volume?}]
//   shares?       [{directory tag read_only}]
//   mounts?       [{tag|label path read_only}]
//   nics          [{model address gateway? address6? mac? tap?|bridge?}]
//   exit_port? semihosting_exit? settings_disk?
//   function      {name kind http_port ready_path init_timeout_ms request_timeout_ms grace_period_ms}
//   tests         [{name request {method path headers [[name, value]] body?|body_base64?}
//                   expect {status? headers body?|body_base64? body_json? body_regex? log_regex? max_ms?}}]

namespace faasc {

inline constexpr const char* kVmSpecSchema = "faasc.vm/1";
/// How a path below the kernel store begins, wherever that is.
inline constexpr std::string_view kStorePrefix = "${kernels}/";

}  // namespace faasc
