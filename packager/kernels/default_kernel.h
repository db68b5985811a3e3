#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"
#include "packager/kernels/kernel_store.h"

namespace faasc {

// The user's choice of the kernel for builds that name none: a line in the file `default` of the store's root
// (for other processors than x86-64 `default-<architecture>`): the name of a kernel, or of a family, which
// means its newest.

/// Nothing where the user has not chosen. FAASC0651 where the file says nothing that can be a choice.
Result<std::optional<KernelName>> default_kernel(const KernelStore& store, std::string_view architecture);

/// `name` must mean a kernel that is there, else the error of KernelStore::find; nothing takes all choices
/// back.
Result<void> set_default_kernel(const KernelStore& store, const std::optional<KernelName>& name);

}  // namespace faasc
