/* Messages of DHCP, RFC 2131 and 2132, as far as a client needs them that takes the first address it is
 * offered.
 *
 *   <message> ::= op(1) htype(1) hlen(1) hops(1) xid(4) secs(2) flags(2) ciaddr(4) yiaddr(4) siaddr(4)
 * giaddr(4) chaddr(16) sname(64) file(128) cookie(4) <option>* <option>  ::= 0 | 255 | code(1) length(1)
 * bytes(length)
 *
 * Numbers are in network byte order; addresses are kept so.
 */
#ifndef FAASC_INIT_DHCP_H
#define FAASC_INIT_DHCP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DHCP_SERVER_PORT 67
#define DHCP_CLIENT_PORT 68
#define DHCP_MAX_BYTES 1500
/* What older servers want a message to have at least. */
#define DHCP_SENT_BYTES 300

enum dhcp_type {
  DHCP_NONE = 0,
  DHCP_DISCOVER = 1,
  DHCP_OFFER = 2,
  DHCP_REQUEST = 3,
  DHCP_ACK = 5,
  DHCP_NAK = 6
};

struct dhcp_lease {
  uint32_t address, netmask, gateway, dns, server; /* 0: not told */
  uint32_t seconds;                                /* how long it is ours; all ones: for ever */
  uint32_t renew_seconds;                          /* when to ask again */
};

struct dhcp_client {
  uint8_t hardware[6]; /* the card's address */
  uint32_t transaction;
  const char* hostname; /* empty: none to be told */
};

/* A DISCOVER (`lease` is null), a REQUEST for what was offered, or, where `held`, one for more time. Fills
 * all DHCP_SENT_BYTES of `out`. */
void dhcp_write(const struct dhcp_client* client, const struct dhcp_lease* lease, bool held,
                uint8_t out[DHCP_SENT_BYTES]);

/* What kind of answer to this client `bytes` are, whatever they are; DHCP_NONE where they are none. An OFFER
 * and an ACK fill `lease`. */
enum dhcp_type dhcp_read(const struct dhcp_client* client, const uint8_t* bytes, size_t size,
                         struct dhcp_lease* lease);

/* The mask of the address' class, for servers that tell none. */
uint32_t dhcp_default_netmask(uint32_t address);

#endif
