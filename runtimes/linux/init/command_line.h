/* The kernel command line, as far as it speaks to init:
 *
 *   rw                     the root disk is writable; otherwise it is mounted read-only
 *   faasc.root=/dev/vda    the root disk or partition; without it, the one that has the label "faasc-root"
 *   faasc.room=KIB         how much memory a root may take that is written to in memory
 *   faasc.ip=A.B.C.D/N     the address of eth0; "off" leaves it alone
 *   faasc.gw=A.B.C.D       the gateway; "off" for none
 *   faasc.dns=A.B.C.D      the name server; "off" for none
 *   faasc.hostname=NAME
 *   faasc.ip=dhcp, ip=dhcp the address is asked for
 *   faasc.ip6=ADDRESS/N    another address of eth0
 *   ip=A.B.C.D::GATEWAY:NETMASK:HOSTNAME:DEVICE:off[:DNS]   the kernel's own words for these, from VMMs that
 * know no others faasc.exit_port=0xf4   the port of an isa-debug-exit device, to which the exit status goes
 *   faasc.grace=10         seconds between SIGTERM and SIGKILL when the machine is asked to stop
 *
 * Without these, the address is the one that QEMU's user network would hand out, and is not asked for. IPv6
 * addresses come from the kernel, which listens for routers.
 */
#ifndef FAASC_INIT_COMMAND_LINE_H
#define FAASC_INIT_COMMAND_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ipv4_network {
  uint32_t address; /* all in network byte order */
  uint32_t netmask;
};

struct ipv6_network {
  unsigned char address[16];
  unsigned prefix;
};

struct options {
  bool writable;
  char root[64];          /* empty: to be found by its label */
  unsigned long room_kib; /* 0: half of the memory */
  bool has_network, has_gateway, has_dns;
  bool dhcp; /* the network is to be asked for; what is said of it here is for lack of that */
  struct ipv4_network network;
  uint32_t gateway;
  bool has_network6;
  struct ipv6_network network6;
  char dns[16];
  char hostname[65];
  unsigned exit_port; /* 0: none */
  unsigned grace_seconds;
};

/* Reads `line`, a string. What cannot be read leaves its default, and null-terminated `complaint` names it
 * (the last one). */
void parse_command_line(const char* line, struct options* out, char* complaint, size_t complaint_room);

/* Puts what `line` says on top of `out`. */
void add_options(const char* line, struct options* out, char* complaint, size_t complaint_room);

/* "10.0.2.15", all of it. */
bool parse_ipv4(const char* text, size_t size, uint32_t* out);
/* "fd00::2/64", without a zone or an IPv4 address at the end */
bool parse_ipv6_network(const char* text, size_t size, struct ipv6_network* out);
/* "10.0.2.15/24" */
bool parse_ipv4_network(const char* text, size_t size, struct ipv4_network* out);

#endif
