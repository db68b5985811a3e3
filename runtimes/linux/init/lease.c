#include "lease.h"

#include <linux/errno.h>
#include <linux/if.h>
#include <linux/in.h>
#include <linux/poll.h>
#include <linux/sockios.h>
#include <sys/socket.h>

#include "init.h"
#include "syscalls.h"
#include "text.h"

#define TRIES 5
/* A server that wants to be asked more often is none that is meant seriously. */
#ifndef FAASC_LEAST_RENEWAL_SECONDS
#define FAASC_LEAST_RENEWAL_SECONDS 60
#endif
#define FOR_EVER 0xffffffffu

static struct ifreq request_for(const char* interface) {
  struct ifreq request = {0};
  text_append(request.ifr_name, sizeof request.ifr_name, interface);
  return request;
}

static struct sockaddr_in place(uint32_t address, unsigned short port) {
  return (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = __builtin_bswap16(port), .sin_addr = {address}};
}

/* A socket that hears what is sent to all on the interface, whether or not that has an address; or a negative
 * errno. */
static int open_socket(const char* interface) {
  const int on = 1;
  struct ifreq request = request_for(interface);
  struct sockaddr_in here = place(0, DHCP_CLIENT_PORT);
  int error, socket = sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return socket;
  if ((error = sys_setsockopt(socket, SOL_SOCKET, SO_BROADCAST, &on, sizeof on)) < 0 ||
      (error = sys_setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on)) < 0 ||
      (error = sys_setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, request.ifr_name,
                              text_length(request.ifr_name) + 1)) < 0 ||
      (error = sys_bind(socket, &here, sizeof here)) < 0) {
    sys_close(socket);
    return error;
  }
  return socket;
}

static int describe(int socket, const char* interface, const char* hostname, struct dhcp_client* client) {
  struct ifreq request = request_for(interface);
  int error = sys_ioctl(socket, SIOCGIFHWADDR, &request);
  if (error < 0) return error;
  for (unsigned i = 0; i < sizeof client->hardware; ++i)
    client->hardware[i] = (uint8_t)request.ifr_hwaddr.sa_data[i];
  client->hostname = hostname;
  client->transaction = 0;
  sys_getrandom(&client->transaction, sizeof client->transaction);
  return 0;
}

/* Sends a message until it is answered, by the type that is `wanted` or a NAK; the type, or a negative errno.
 */
static int ask(int socket, const struct dhcp_client* client, struct dhcp_lease* lease, bool offered,
               bool held, enum dhcp_type wanted) {
  static uint8_t sent[DHCP_SENT_BYTES], received[DHCP_MAX_BYTES];
  struct sockaddr_in server = place(held && lease->server ? lease->server : 0xffffffffu, DHCP_SERVER_PORT);
  dhcp_write(client, offered || held ? lease : 0, held, sent);
  int patience_ms = 500;
  for (int i = 0; i < TRIES; ++i, patience_ms *= 2) {
    long error = sys_sendto(socket, sent, sizeof sent, &server, sizeof server);
    if (error < 0) return (int)error;
    struct pollfd watched = {socket, POLLIN, 0};
    /* Whatever else arrives shortens the wait; a message more does no harm. */
    while (sys_poll(&watched, 1, patience_ms) > 0) {
      long size = sys_read(socket, received, sizeof received);
      if (size < 0) return (int)size;
      enum dhcp_type type = dhcp_read(client, received, (size_t)size, lease);
      if (type == wanted || type == DHCP_NAK) return type;
    }
  }
  return -ETIMEDOUT;
}

static int get_lease_on(int socket, const struct dhcp_client* client, struct dhcp_lease* lease) {
  int answer = ask(socket, client, lease, false, false, DHCP_OFFER);
  if (answer == DHCP_OFFER) answer = ask(socket, client, lease, true, false, DHCP_ACK);
  if (answer == DHCP_NAK) return -EADDRNOTAVAIL;
  return answer < 0 ? answer : 0;
}

int get_lease(const char* interface, const char* hostname, struct dhcp_lease* lease) {
  struct dhcp_client client;
  struct ifreq request = request_for(interface);
  int socket = open_socket(interface);
  if (socket < 0) return socket;
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  int error = sys_ioctl(socket, SIOCSIFFLAGS, &request);
  if (error == 0) error = describe(socket, interface, hostname, &client);
  if (error == 0) error = get_lease_on(socket, &client, lease);
  sys_close(socket);
  return error;
}

static void sleep_seconds(uint32_t seconds) {
  const struct timespec pause = {seconds, 0};
  syscall3(__NR_nanosleep, (long)&pause, 0, 0);
}

void keep_lease(const char* interface, const char* hostname, const struct dhcp_lease* granted,
                void (*use)(const char* interface, const struct dhcp_lease* lease)) {
  if (granted->seconds == FOR_EVER) return;
  int pid = sys_fork();
  if (pid < 0) report_error("cannot keep the address of '", interface, "'", pid);
  if (pid != 0) return;
  struct dhcp_lease lease = *granted;
  for (;;) {
    sleep_seconds(lease.renew_seconds < FAASC_LEAST_RENEWAL_SECONDS ? FAASC_LEAST_RENEWAL_SECONDS
                                                                    : lease.renew_seconds);
    struct dhcp_client client;
    struct dhcp_lease next = lease;
    int socket = open_socket(interface);
    int answer = socket < 0 ? socket : describe(socket, interface, hostname, &client);
    if (answer == 0) answer = ask(socket, &client, &next, true, true, DHCP_ACK);
    /* The address is ours until the lease ends; a server that is silent is asked again. */
    if (answer == DHCP_NAK) answer = get_lease_on(socket, &client, &next) == 0 ? DHCP_ACK : -EADDRNOTAVAIL;
    if (socket >= 0) sys_close(socket);
    if (answer != DHCP_ACK) {
      report_error("cannot renew the address of '", interface, "'", answer);
      continue;
    }
    if (next.address != lease.address || next.netmask != lease.netmask || next.gateway != lease.gateway)
      use(interface, &next);
    lease = next;
  }
}
