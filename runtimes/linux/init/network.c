#include <linux/errno.h>
#include <linux/if.h>
#include <linux/in.h>
#include <linux/ipv6.h>
#include <linux/route.h>
#include <linux/sockios.h>
#include <sys/socket.h>

#include "init.h"
#include "lease.h"
#include "syscalls.h"
#include "text.h"

static void set_address(struct sockaddr* out, uint32_t address) {
  struct sockaddr_in* in = (struct sockaddr_in*)(void*)out;
  *in = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr = {address}};
}

static struct ifreq request_for(const char* interface) {
  struct ifreq request = {0};
  text_append(request.ifr_name, sizeof request.ifr_name, interface);
  return request;
}

static int set_up(int socket, const char* interface) {
  struct ifreq request = request_for(interface);
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  return sys_ioctl(socket, SIOCSIFFLAGS, &request);
}

/* The address, its mask, and the interface up; the first failure. */
static int bring_up(int socket, const char* interface, struct ipv4_network network) {
  int error;
  struct ifreq request = request_for(interface);
  set_address(&request.ifr_addr, network.address);
  if ((error = sys_ioctl(socket, SIOCSIFADDR, &request)) < 0) return error;
  set_address(&request.ifr_addr, network.netmask);
  if ((error = sys_ioctl(socket, SIOCSIFNETMASK, &request)) < 0) return error;
  return set_up(socket, interface);
}

static int set_gateway(int socket, uint32_t gateway) {
  struct rtentry route = {0};
  set_address(&route.rt_dst, 0);
  set_address(&route.rt_genmask, 0);
  set_address(&route.rt_gateway, gateway);
  route.rt_flags = RTF_UP | RTF_GATEWAY;
  return sys_ioctl(socket, SIOCADDRT, &route);
}

/* The interface has to be up, if without an address of IPv4. */
static int add_address6(const char* interface, const struct ipv6_network* network) {
  struct in6_ifreq request = {.ifr6_prefixlen = network->prefix};
  struct ifreq index = request_for(interface);
  int error, socket = sys_socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return socket;
  for (int i = 0; i < 16; ++i) request.ifr6_addr.s6_addr[i] = network->address[i];
  /* Nobody else has the address, and the program is not to wait until that is found out. */
  write_whole_file("/proc/sys/net/ipv6/conf/eth0/accept_dad", "0");
  if ((error = set_up(socket, interface)) == 0 && (error = sys_ioctl(socket, SIOCGIFINDEX, &index)) == 0) {
    request.ifr6_ifindex = index.ifr_ifindex;
    error = sys_ioctl(socket, SIOCSIFADDR, &request);
  }
  sys_close(socket);
  return error;
}

/* The disk has /etc/resolv.conf pointing here, unless the program brought its own. */
static void write_name_server(const char* address) {
  char text[64] = "nameserver ";
  text_append(text, sizeof text, address);
  text_append(text, sizeof text, "\n");
  int error = write_whole_file("/run/resolv.conf", text);
  if (error < 0) report_error("cannot write '/run/resolv.conf'", 0, 0, error);
}

static void write_address(uint32_t address, char* text, size_t room) {
  char number[21];
  text[0] = 0;
  for (int i = 0; i < 4; ++i) {
    text_decimal(address >> 8 * i & 0xff, number);
    if (i > 0) text_append(text, room, ".");
    text_append(text, room, number);
  }
}

static void use_lease(const char* interface, const struct dhcp_lease* lease) {
  int socket = sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int error = socket < 0 ? socket
                         : bring_up(socket, interface, (struct ipv4_network){lease->address, lease->netmask});
  if (error == 0 && lease->gateway) error = set_gateway(socket, lease->gateway);
  if (socket >= 0) sys_close(socket);
  if (error < 0) report_error("cannot use the address for '", interface, "'", error);
  if (error == 0 && lease->dns) {
    char dns[16];
    write_address(lease->dns, dns, sizeof dns);
    write_name_server(dns);
  }
}

static struct dhcp_lease lease; /* all zeros: none */

static void ask_for_address(const char* interface, const char* hostname) {
  int error = get_lease(interface, hostname, &lease);
  if (error == 0) {
    use_lease(interface, &lease);
  } else if (error == -ETIMEDOUT) {
    report("no DHCP server has an address for '", interface, "'", 0);
  } else if (error != -ENODEV) {
    report_error("cannot ask for an address for '", interface, "'", error);
  }
}

void keep_network(const struct options* options) {
  if (lease.address) keep_lease("eth0", options->hostname, &lease, use_lease);
}

void set_up_network(const struct options* options) {
  int error, socket = sys_socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) {
    report_error("cannot set up the network", 0, 0, socket);
    return;
  }
  /* Its addresses are the kernel's. */
  if ((error = set_up(socket, "lo")) < 0) report_error("cannot bring up 'lo'", 0, 0, error);
  if (options->has_network && options->dhcp) {
    ask_for_address("eth0", options->hostname);
  } else if (options->has_network) {
    error = bring_up(socket, "eth0", options->network);
    if (error == 0 && options->has_gateway) error = set_gateway(socket, options->gateway);
    /* A machine without a network card has no 'eth0'. */
    if (error < 0 && error != -ENODEV) report_error("cannot bring up 'eth0'", 0, 0, error);
    if (error == 0 && options->has_dns) write_name_server(options->dns);
  }
  if (options->has_network6 && (error = add_address6("eth0", &options->network6)) < 0 && error != -ENODEV)
    report_error("cannot give 'eth0' its IPv6 address", 0, 0, error);
  sys_close(socket);
}
