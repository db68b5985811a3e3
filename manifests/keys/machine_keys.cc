// The keys of what the machine has and allows: `resources`, `limits`, `http`, `network`, `logging`.

#include "manifests/codes.h"
#include "manifests/keys/member.h"
#include "manifests/keys/sections.h"
#include "manifests/text_checks.h"

namespace faasc {
namespace {

using M = Manifest;
constexpr std::int64_t kKiB = 1024, kMiB = kKiB * 1024, kSecond = 1000;
constexpr std::string_view kDevicePattern = "^[^/: \\t]{1,15}$";
constexpr std::string_view kIpv4Pattern = "^[0-9]+(\\.[0-9]+){3}$";
constexpr std::string_view kLambdaEvents[] = {"raw", "url-v2"};
constexpr std::string_view kLogFormats[] = {"text", "json"};
constexpr std::string_view kLogLevels[] = {"debug", "info", "warn", "error", "fatal"};

constexpr Key kResourceKeys[] = {
    {.name = "memory",
     .form = Form::Quantity,
     .help = "Memory of the machine",
     // Enough for any language, and not less for small functions: whenever less than 64 MiB are free, Nanos
     // empties its page cache at every turn (mem_service() of its kernel), and reads again what it has thrown
     // away. Below about 136 MiB it starts that way, and takes twice the instructions to the first response.
     .fallback = "256MiB",
     .store = store<&M::Resources::memory>,
     .code = kMemoryRange,
     .least = 32 * kMiB,
     .most = 10240 * kMiB},
    {.name = "vcpus",
     .form = Form::Integer,
     .help = "Virtual processors",
     .fallback = "1",
     .store = store<&M::Resources::vcpus>,
     .code = kCpuRange,
     .least = 1,
     .most = 16},
    {.name = "ephemeral_storage",
     .form = Form::Quantity,
     .help = "Free space of the disk, for /tmp",
     .fallback = "512MiB",
     .store = store<&M::Resources::ephemeral_storage>,
     .code = kStorageRange,
     .least = 0,
     .most = 10240 * kMiB},
};

constexpr Key kLimitKeys[] = {
    {.name = "timeout",
     .form = Form::Duration,
     .help = "Longest time for one call",
     .fallback = "30s",
     .store = store<&M::Limits::timeout>,
     .code = kTimeRange,
     .least = 1 * kSecond,
     .most = 3600 * kSecond},
    {.name = "init_timeout",
     .form = Form::Duration,
     .help = "Longest time until the function can serve",
     .fallback = "10s",
     .store = store<&M::Limits::init_timeout>,
     .code = kTimeRange,
     .least = 1 * kSecond,
     .most = 240 * kSecond},
    {.name = "grace_period",
     .form = Form::Duration,
     .help = "Time to finish calls when stopping",
     .fallback = "10s",
     .store = store<&M::Limits::grace_period>,
     .code = kGraceRange,
     .least = 0,
     .most = 30 * kSecond},
    {.name = "request_size",
     .form = Form::Quantity,
     .help = "Largest body of a request",
     .fallback = "6MiB",
     .store = store<&M::Limits::request_size>,
     .code = kMessageSizeRange,
     .least = 1 * kKiB,
     .most = 1024 * kMiB},
    {.name = "response_size",
     .form = Form::Quantity,
     .help = "Largest body of a response",
     .fallback = "6MiB",
     .store = store<&M::Limits::response_size>,
     .code = kMessageSizeRange,
     .least = 1 * kKiB,
     .most = 1024 * kMiB},
    {.name = "concurrency",
     .form = Form::Integer,
     .help = "Calls served at a time",
     .fallback = "80; 1 for lambda",
     .store = store<&M::Limits::concurrency>,
     .code = kConcurrencyRange,
     .least = 1,
     .most = 1000},
};

constexpr Key kHttpKeys[] = {
    {.name = "port",
     .form = Form::Integer,
     .help = "Port that the function serves",
     .fallback = "8080",
     .store = store<&M::Http::port>,
     .code = kBadPort,
     .least = 1,
     .most = 65535},
    {.name = "health",
     .form = Form::Boolean,
     .help = "Answer /health/readiness and /health/liveness",
     .fallback = "true",
     .store = store<&M::Http::health>},
    {.name = "lambda_event",
     .form = Form::Choice,
     .help = "What a lambda handler is given: the body, or a Function URL event",
     .fallback = "raw",
     .store = store<&M::Http::lambda_event>,
     .choices = kLambdaEvents},
    {.name = "openapi",
     .form = Form::Boolean,
     .help = "Show the OpenAPI document of a typed function at /openapi.json",
     .fallback = "false",
     .store = store<&M::Http::openapi>},
};

constexpr Key kNetworkKeys[] = {
    {.name = "address",
     .help = "IPv4 address of the guest with its prefix length, or dhcp",
     .fallback = "dhcp",
     .store = store<&M::Network::address>,
     .code = kBadNetwork,
     .pattern = "^(dhcp|[0-9]+(\\.[0-9]+){3}(/[0-9]+)?)$",
     .check = check_guest_address},
    {.name = "netmask",
     .help = "Mask of the network where the address has no prefix length",
     .store = store<&M::Network::netmask>,
     .code = kBadNetwork,
     .pattern = kIpv4Pattern,
     .check = check_netmask},
    {.name = "gateway",
     .help = "Router of the network",
     .fallback = "the first address of the network",
     .store = store<&M::Network::gateway>,
     .code = kBadNetwork,
     .pattern = kIpv4Pattern,
     .check = check_ipv4_address},
    {.name = "address6",
     .help = "IPv6 address of the guest with its prefix length, besides those that routers announce",
     .store = store<&M::Network::address6>,
     .code = kBadAddress6,
     .pattern = "^[0-9A-Fa-f:.]+/[0-9]+$",
     .check = check_guest_address6},
    {.name = "tap",
     .help = "Tap device of the host that the machine's card is connected to",
     .store = store<&M::Network::tap>,
     .code = kBadNetwork,
     .pattern = kDevicePattern,
     .check = check_network_device},
    {.name = "bridge",
     .help = "Bridge of the host that the machine's card is connected to",
     .store = store<&M::Network::bridge>,
     .code = kBadNetwork,
     .pattern = kDevicePattern,
     .check = check_network_device},
    {.name = "dns",
     .form = Form::TextList,
     .help = "Addresses of name servers, for /etc/resolv.conf",
     .store = store<&M::Network::dns>,
     .code = kBadNetwork,
     .check = check_ip_address},
    {.name = "hosts",
     .form = Form::TextMap,
     .help = "Names of hosts and their addresses, for /etc/hosts",
     .store = store<&M::Network::hosts>,
     .code = kBadNetwork,
     .pattern = "^[A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?$",
     .check = check_ip_address,
     .check_name = check_host_name,
     .name_code = kBadNetwork},
};

constexpr Key kLoggingKeys[] = {
    {.name = "format",
     .form = Form::Choice,
     .help = "Shape of the runtime's own log lines",
     .fallback = "text",
     .store = store<&M::Logging::format>,
     .code = kBadLogging,
     .choices = kLogFormats},
    {.name = "level",
     .form = Form::Choice,
     .help = "Least severe line that is written",
     .fallback = "info",
     .store = store<&M::Logging::level>,
     .code = kBadLogging,
     .choices = kLogLevels},
};

}  // namespace

std::span<const Key> resource_keys() {
  return kResourceKeys;
}
std::span<const Key> limit_keys() {
  return kLimitKeys;
}
std::span<const Key> http_keys() {
  return kHttpKeys;
}
std::span<const Key> network_keys() {
  return kNetworkKeys;
}
std::span<const Key> logging_keys() {
  return kLoggingKeys;
}

}  // namespace faasc
