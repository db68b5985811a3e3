#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

namespace faasc {

// Numbers as other tools write them. Nothing for any other text, and for what does not fit.

/// Kubernetes' quantities of bytes: "128Mi", "0.5Gi", "500M", "1e9", "134217728". Rounded up.
std::optional<std::uint64_t> parse_kubernetes_bytes(std::string_view text);

/// Kubernetes' quantities of processors: "500m" and "2" are whole processors, rounded up: 1 and 2.
std::optional<int> parse_kubernetes_cpus(std::string_view text);

/// Sizes as OPS and QEMU take them: "512m", "2G", "1024K", bare digits being bytes. Powers of 1024.
std::optional<std::uint64_t> parse_qemu_bytes(std::string_view text);

/// Go's durations: "1m30s", "500ms", "1.5h".
std::optional<std::chrono::milliseconds> parse_go_duration(std::string_view text);

}  // namespace faasc
