/* An address by DHCP. */
#ifndef FAASC_INIT_LEASE_H
#define FAASC_INIT_LEASE_H

#include <stdbool.h>

#include "dhcp.h"

/* Brings `interface` up without an address and asks for one, for at most some twenty seconds. 0, or the
 * negative errno of what failed: -ETIMEDOUT where nobody answered. */
int get_lease(const char* interface, const char* hostname, struct dhcp_lease* lease);

/* Starts a process that asks for more time whenever half of it has gone, and for another address where that
 * is refused; `use` puts a new one into force. A lease for ever needs none. */
void keep_lease(const char* interface, const char* hostname, const struct dhcp_lease* lease,
                void (*use)(const char* interface, const struct dhcp_lease* lease));

#endif
