#include "dhcp.h"

#include "text.h"

enum {
  kTransaction = 4,
  kFlags = 10,
  kHeld = 12,
  kYours = 16,
  kHardware = 28,
  kCookie = 236,
  kOptions = 240,
};
enum {
  kNetmask = 1,
  kRouter = 3,
  kNameServer = 6,
  kHostname = 12,
  kAsked = 50,
  kLeaseTime = 51,
  kType = 53,
  kServer = 54,
  kWanted = 55,
  kMaxSize = 57,
  kRenewTime = 58,
  kPad = 0,
  kEnd = 255,
};
static const uint8_t kMagic[4] = {99, 130, 83, 99};

static uint32_t host_order(uint32_t value) {
  return __builtin_bswap32(value);
} /* x86 is little-endian */

static void put32(uint8_t* at, uint32_t value) {
  for (int i = 0; i < 4; ++i) at[i] = (uint8_t)(value >> 8 * i);
}
static uint32_t get32(const uint8_t* at) {
  return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint8_t* option(uint8_t* at, uint8_t code, const void* bytes, size_t size) {
  *at++ = code;
  *at++ = (uint8_t)size;
  for (size_t i = 0; i < size; ++i) *at++ = ((const uint8_t*)bytes)[i];
  return at;
}

void dhcp_write(const struct dhcp_client* client, const struct dhcp_lease* lease, bool held,
                uint8_t out[DHCP_SENT_BYTES]) {
  static const uint8_t kWishes[] = {kNetmask, kRouter, kNameServer, kLeaseTime, kRenewTime};
  static const uint8_t kMost[] = {DHCP_MAX_BYTES >> 8, DHCP_MAX_BYTES & 0xff};
  uint8_t type = lease ? DHCP_REQUEST : DHCP_DISCOVER;
  for (size_t i = 0; i < DHCP_SENT_BYTES; ++i) out[i] = 0;
  out[0] = 1; /* from a client */
  out[1] = 1; /* Ethernet */
  out[2] = sizeof client->hardware;
  put32(out + kTransaction, client->transaction);
  /* Without an address yet, only what is sent to all reaches us. */
  if (!held) out[kFlags] = 0x80;
  if (held) put32(out + kHeld, lease->address);
  for (size_t i = 0; i < sizeof client->hardware; ++i) out[kHardware + i] = client->hardware[i];
  for (size_t i = 0; i < sizeof kMagic; ++i) out[kCookie + i] = kMagic[i];
  uint8_t* at = option(out + kOptions, kType, &type, 1);
  at = option(at, kMaxSize, kMost, sizeof kMost);
  at = option(at, kWanted, kWishes, sizeof kWishes);
  if (lease && !held) {
    at = option(at, kAsked, &lease->address, 4);
    at = option(at, kServer, &lease->server, 4);
  }
  size_t name = text_length(client->hostname);
  /* There is room for so much. */
  if (name > 0 && name <= 24) at = option(at, kHostname, client->hostname, name);
  *at = kEnd;
}

uint32_t dhcp_default_netmask(uint32_t address) {
  uint8_t first = (uint8_t)address;
  return host_order(first < 128 ? 0xff000000u : first < 192 ? 0xffff0000u : 0xffffff00u);
}

/* One address of an option that has at least one. */
static uint32_t first_address(const uint8_t* bytes, size_t size) {
  return size >= 4 ? get32(bytes) : 0;
}

enum dhcp_type dhcp_read(const struct dhcp_client* client, const uint8_t* bytes, size_t size,
                         struct dhcp_lease* lease) {
  if (size < kOptions || bytes[0] != 2 || get32(bytes + kTransaction) != client->transaction)
    return DHCP_NONE;
  for (size_t i = 0; i < sizeof client->hardware; ++i)
    if (bytes[kHardware + i] != client->hardware[i]) return DHCP_NONE;
  for (size_t i = 0; i < sizeof kMagic; ++i)
    if (bytes[kCookie + i] != kMagic[i]) return DHCP_NONE;

  struct dhcp_lease found = {0};
  enum dhcp_type type = DHCP_NONE;
  found.address = get32(bytes + kYours);
  for (size_t at = kOptions; at < size && bytes[at] != kEnd;) {
    uint8_t code = bytes[at++];
    if (code == kPad) continue;
    if (at == size || bytes[at] > size - at - 1) return DHCP_NONE;
    size_t length = bytes[at++];
    const uint8_t* value = bytes + at;
    at += length;
    if (code == kType && length == 1) type = (enum dhcp_type)value[0];
    if (code == kNetmask) found.netmask = first_address(value, length);
    if (code == kRouter) found.gateway = first_address(value, length);
    if (code == kNameServer) found.dns = first_address(value, length);
    if (code == kServer) found.server = first_address(value, length);
    if (code == kLeaseTime) found.seconds = host_order(first_address(value, length));
    if (code == kRenewTime) found.renew_seconds = host_order(first_address(value, length));
  }
  if (type == DHCP_NAK) return type;
  if ((type != DHCP_OFFER && type != DHCP_ACK) || found.address == 0 || found.address == 0xffffffffu)
    return DHCP_NONE;
  if (found.netmask == 0) found.netmask = dhcp_default_netmask(found.address);
  if (found.seconds == 0) found.seconds = 0xffffffffu;
  if (found.renew_seconds == 0 || found.renew_seconds > found.seconds)
    found.renew_seconds = found.seconds / 2;
  *lease = found;
  return type;
}
