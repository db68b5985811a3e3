#pragma once

#include <optional>
#include <string_view>

#include "manifests/keys.h"

namespace faasc {

// What single texts of the manifest must look like. Each answers with the complaint, or nothing where the
// text will do.

std::optional<Complaint> check_api_version(std::string_view text);
std::optional<Complaint> check_function_name(std::string_view text);
std::optional<Complaint> check_runtime(std::string_view text);
std::optional<Complaint> check_handler(std::string_view text);
std::optional<Complaint> check_module_name(std::string_view text);  ///< of Python: "email.mime"
std::optional<Complaint> check_not_empty(std::string_view text);

/// A path relative to the project that does not lead out of it.
std::optional<Complaint> check_project_path(std::string_view text);
std::optional<Complaint> check_glob(std::string_view text);
std::optional<Complaint> check_guest_path(std::string_view text);

std::optional<Complaint> check_cpp_flag(std::string_view text);
std::optional<Complaint> check_cpp_define(std::string_view text);

/// `^[A-Za-z_][A-Za-z0-9_]*$`
bool is_variable_name(std::string_view text);
std::optional<Complaint> check_variable_name(std::string_view text);

std::optional<Complaint> check_kernel_choice(std::string_view text);
/// What the releases of Nanos come with; the packager looks again at the kernel that is used.
inline constexpr std::string_view kKnownKlibs[] = {
    "azure", "cloud_init", "cloudwatch", "digitalocean", "firewall",      "gcp",    "gpu_nvidia",
    "ntp",   "radar",      "sandbox",    "shmem",        "special_files", "strace", "syslog",
    "tls",   "tmpfs",      "tun",        "umcg",         "userdata"};
std::optional<Complaint> check_klib(std::string_view text);
std::optional<Complaint> check_tuple_name(std::string_view text);

std::optional<Complaint> check_console(std::string_view text);
/// "dhcp", "10.0.2.15" or "10.0.2.15/24"
std::optional<Complaint> check_guest_address(std::string_view text);
std::optional<Complaint> check_guest_address6(std::string_view text);
/// A network device of Linux.
std::optional<Complaint> check_network_device(std::string_view text);
std::optional<Complaint> check_netmask(std::string_view text);
std::optional<Complaint> check_ipv4_address(std::string_view text);
/// Either version.
std::optional<Complaint> check_ip_address(std::string_view text);
std::optional<Complaint> check_host_name(std::string_view text);
std::optional<Complaint> check_timezone(std::string_view text);
/// "host", or a path of the project.
std::optional<Complaint> check_ca_certificates(std::string_view text);

std::optional<Complaint> check_request_path(std::string_view text);
std::optional<Complaint> check_http_token(std::string_view text);
std::optional<Complaint> check_header_value(std::string_view text);
std::optional<Complaint> check_event_attribute(std::string_view text);
std::optional<Complaint> check_regex(std::string_view text);

}  // namespace faasc
