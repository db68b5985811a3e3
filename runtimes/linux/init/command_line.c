#include "command_line.h"

#include "text.h"

static uint32_t network_order(uint32_t value) {
  return __builtin_bswap32(value);
} /* x86 is little-endian */

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n';
}

bool parse_ipv4(const char* text, size_t size, uint32_t* out) {
  uint32_t address = 0;
  size_t at = 0;
  for (int part = 0; part < 4; ++part) {
    size_t start = at;
    unsigned long value;
    while (at < size && text[at] != '.') ++at;
    if (!text_number(text + start, at - start, 255, &value) || text[start + (at - start > 1)] == 'x')
      return false;
    address = address << 8 | (uint32_t)value;
    if (part < 3 && (at == size || text[at++] != '.')) return false;
  }
  if (at != size) return false;
  *out = network_order(address);
  return true;
}

bool parse_ipv4_network(const char* text, size_t size, struct ipv4_network* out) {
  size_t slash = 0;
  unsigned long prefix;
  while (slash < size && text[slash] != '/') ++slash;
  if (slash == size || !text_number(text + slash + 1, size - slash - 1, 32, &prefix)) return false;
  if (!parse_ipv4(text, slash, &out->address)) return false;
  out->netmask = prefix ? network_order(0xffffffffu << (32 - prefix)) : 0;
  return true;
}

static int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* <groups> of up to four hexadecimal digits with ':' between them; "::" stands for the zeros that are
 * missing. */
static bool parse_ipv6(const char* text, size_t size, unsigned char out[16]) {
  unsigned groups[8];
  int count = 0, gap = -1;
  size_t at = 0;
  if (size >= 2 && text[0] == ':' && text[1] == ':') gap = 0, at = 2;
  while (at < size) {
    unsigned value = 0;
    size_t start = at;
    for (; at < size && hex_digit(text[at]) >= 0; ++at) value = value << 4 | (unsigned)hex_digit(text[at]);
    if (at == start || at - start > 4 || count == 8) return false;
    groups[count++] = value;
    if (at == size) break;
    if (text[at++] != ':' || at == size) return false;
    if (text[at] == ':') {
      if (gap >= 0) return false;
      gap = count;
      ++at;
    }
  }
  if (gap < 0 ? count != 8 : count > 7) return false;
  for (int i = 0; i < 8; ++i) {
    int from_end = 8 - i; /* groups from here to the end */
    unsigned value = 0;
    if (gap < 0 || i < gap)
      value = groups[i];
    else if (from_end <= count - gap)
      value = groups[count - from_end];
    out[2 * i] = (unsigned char)(value >> 8);
    out[2 * i + 1] = (unsigned char)value;
  }
  return true;
}

bool parse_ipv6_network(const char* text, size_t size, struct ipv6_network* out) {
  size_t slash = 0;
  unsigned long prefix;
  while (slash < size && text[slash] != '/') ++slash;
  if (slash == size || !text_number(text + slash + 1, size - slash - 1, 128, &prefix)) return false;
  out->prefix = (unsigned)prefix;
  return parse_ipv6(text, slash, out->address);
}

static bool copy_word(char* out, size_t room, const char* text, size_t size) {
  if (size == 0 || size >= room) return false;
  for (size_t i = 0; i < size; ++i) out[i] = text[i];
  out[size] = 0;
  return true;
}

static bool is_off(const char* text, size_t size) {
  return size == 3 && text[0] == 'o' && text[1] == 'f' && text[2] == 'f';
}

static bool is_dhcp(const char* text, size_t size) {
  return size == 4 && text[0] == 'd' && text[1] == 'h' && text[2] == 'c' && text[3] == 'p';
}

/* One "name=value"; `name` without the "faasc.". False where the value cannot be. */
static bool set_option(const char* name, const char* value, size_t size, struct options* out) {
  unsigned long number;
  uint32_t address;
  if (text_equal(name, "root")) return value[0] == '/' && copy_word(out->root, sizeof out->root, value, size);
  if (text_equal(name, "room")) return text_number(value, size, 1ul << 40, &out->room_kib);
  if (text_equal(name, "hostname")) return copy_word(out->hostname, sizeof out->hostname, value, size);
  if (text_equal(name, "ip")) {
    out->dhcp = is_dhcp(value, size);
    if (out->dhcp) return out->has_network = true;
    if (is_off(value, size)) return out->has_network = false, true;
    struct ipv4_network network;
    if (!parse_ipv4_network(value, size, &network)) return false;
    out->network = network;
    return out->has_network = true;
  }
  if (text_equal(name, "gw")) {
    if (is_off(value, size)) return out->has_gateway = false, true;
    return parse_ipv4(value, size, &out->gateway) && (out->has_gateway = true);
  }
  if (text_equal(name, "ip6"))
    return parse_ipv6_network(value, size, &out->network6) && (out->has_network6 = true);
  if (text_equal(name, "dns")) {
    if (is_off(value, size)) return out->has_dns = false, true;
    return parse_ipv4(value, size, &address) && copy_word(out->dns, sizeof out->dns, value, size) &&
           (out->has_dns = true);
  }
  if (text_equal(name, "exit_port")) {
    if (!text_number(value, size, 0xfffc, &number)) return false;
    out->exit_port = (unsigned)number;
    return true;
  }
  if (text_equal(name, "grace")) {
    if (!text_number(value, size, 3600, &number)) return false;
    out->grace_seconds = (unsigned)number;
    return true;
  }
  return false; /* no such option */
}

/* The kernel's own ip=CLIENT:SERVER:GATEWAY:NETMASK:HOSTNAME:DEVICE:AUTOCONF:DNS, of which the third and
 * those after the fourth may be empty or missing. The kernel would heed it if it had the network's driver
 * built in. */
static bool set_kernel_ip(const char* value, size_t size, struct options* out) {
  struct options set = *out;
  uint32_t dns;
  set.network = (struct ipv4_network){0, 0};
  set.has_network = true;
  set.has_gateway = set.has_dns = false;
  size_t start = 0;
  for (int field = 0; start <= size && field < 8; ++field) {
    const char* text = value + start;
    size_t length = 0;
    bool fits = true;
    while (start + length < size && text[length] != ':') ++length;
    if (field == 0) fits = parse_ipv4(text, length, &set.network.address);
    if (field == 2 && length > 0) fits = set.has_gateway = parse_ipv4(text, length, &set.gateway);
    if (field == 3) fits = parse_ipv4(text, length, &set.network.netmask);
    if (field == 4 && length > 0) fits = copy_word(set.hostname, sizeof set.hostname, text, length);
    if (field == 7 && length > 0)
      fits = set.has_dns = parse_ipv4(text, length, &dns) && copy_word(set.dns, sizeof set.dns, text, length);
    if (!fits) return false;
    start += length + 1;
  }
  if (set.network.netmask == 0) return false;
  set.dhcp = false;
  *out = set;
  return true;
}

/* Of the words without an address only "ip=dhcp" is for us. */
static bool is_kernel_ip(const char* word, size_t size) {
  size_t colon = 3;
  while (colon < size && word[colon] != ':') ++colon;
  return colon < size && word[0] == 'i' && word[1] == 'p' && word[2] == '=';
}

void parse_command_line(const char* line, struct options* out, char* complaint, size_t complaint_room) {
  *out = (struct options){.has_network = true,
                          .has_gateway = true,
                          .has_dns = true,
                          .dns = "10.0.2.3",
                          .hostname = "faasc",
                          .grace_seconds = 10};
  parse_ipv4_network("10.0.2.15/24", 12, &out->network);
  parse_ipv4("10.0.2.2", 8, &out->gateway);
  add_options(line, out, complaint, complaint_room);
}

void add_options(const char* line, struct options* out, char* complaint, size_t complaint_room) {
  static const char kPrefix[] = "faasc.";
  complaint[0] = 0;
  while (*line) {
    if (is_space(*line)) {
      ++line;
      continue;
    }
    size_t size = 0, prefix = 0, equals = 0;
    while (line[size] && !is_space(line[size])) ++size;
    if (size == 2 && line[0] == 'r' && line[1] == 'w') out->writable = true;
    if (size == 2 && line[0] == 'r' && line[1] == 'o') out->writable = false;
    if (size == 7 && line[0] == 'i' && line[1] == 'p' && line[2] == '=' && is_dhcp(line + 3, 4))
      out->dhcp = out->has_network = true;
    if (is_kernel_ip(line, size) && !set_kernel_ip(line + 3, size - 3, out))
      copy_word(complaint, complaint_room, line, size < complaint_room ? size : complaint_room - 1);
    while (kPrefix[prefix] && line[prefix] == kPrefix[prefix]) ++prefix;
    if (!kPrefix[prefix]) {
      char name[16];
      for (equals = prefix; equals < size && line[equals] != '=';) ++equals;
      bool known = equals < size && copy_word(name, sizeof name, line + prefix, equals - prefix) &&
                   set_option(name, line + equals + 1, size - equals - 1, out);
      if (!known) {
        size_t shown = size < complaint_room ? size : complaint_room - 1;
        copy_word(complaint, complaint_room, line, shown);
      }
    }
    line += size;
  }
}
