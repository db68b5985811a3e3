// What the guest init for Linux reads: the kernel's command line and log, the program and the settings on its
// disk, and what DHCP servers send. The first byte says which of them the rest is.

#include <cstdlib>
#include <cstring>
#include <memory>
#include <string>

extern "C" {
#include "runtimes/linux/init/command_line.h"
#include "runtimes/linux/init/dhcp.h"
#include "runtimes/linux/init/kernel_log.h"
#include "runtimes/linux/init/program_file.h"
#include "runtimes/linux/init/settings.h"
}

namespace {

// On the heap in exactly that size, so that a byte read beyond it is seen.
std::unique_ptr<char[]> copy_of(const char* bytes, std::size_t size) {
  std::unique_ptr<char[]> copy(new char[size]);
  if (size > 0) std::memcpy(copy.get(), bytes, size);
  return copy;
}

void read_program(const char* bytes, std::size_t size) {
  auto copy = copy_of(bytes, size);
  auto program = std::make_unique<struct program>();
  if (parse_program(copy.get(), size, program.get())) return;
  if (program->executable[0] != '/' || program->directory[0] != '/' || !program->argv[0]) std::abort();
}

void read_settings(const char* bytes, std::size_t size) {
  auto copy = copy_of(bytes, size);
  auto settings = std::make_unique<struct settings>();
  if (parse_settings(copy.get(), size, settings.get())) return;
  auto program = std::make_unique<struct program>();
  static_cast<void>(add_variables(settings->variables, program.get()));
  for (unsigned i = 0; i < settings->mount_count; ++i)
    if (settings->mounts[i].directory[0] != '/') std::abort();
}

void read_command_line(const char* bytes, std::size_t size) {
  std::string line(bytes, size);
  auto copy = copy_of(line.c_str(), std::strlen(line.c_str()) + 1);
  struct options options;
  char complaint[24];
  parse_command_line(copy.get(), &options, complaint, sizeof complaint);
  if (std::strlen(options.hostname) >= sizeof options.hostname || std::strlen(complaint) >= sizeof complaint)
    std::abort();
}

void read_dhcp(const char* bytes, std::size_t size) {
  dhcp_client client = {{1, 2, 3, 4, 5, 6}, 0x04030201, "name"};
  // What does not begin like an answer to us is read no further.
  std::string answer(bytes, size);
  if (size > 240) {
    answer[0] = 2;
    std::memcpy(&answer[4], &client.transaction, 4);
    std::memcpy(&answer[28], client.hardware, 6);
    std::memcpy(&answer[236], "\x63\x82\x53\x63", 4);
  }
  auto copy = copy_of(answer.data(), size);
  dhcp_lease lease{};
  dhcp_type type = dhcp_read(&client, reinterpret_cast<const uint8_t*>(copy.get()), size, &lease);
  if ((type == DHCP_OFFER || type == DHCP_ACK) && (lease.address == 0 || lease.netmask == 0)) std::abort();
}

void read_kernel_log(const char* bytes, std::size_t size) {
  std::unique_ptr<char[]> copy(new char[size + 1]);
  if (size > 0) std::memcpy(copy.get(), bytes, size);
  copy[size] = 0;
  words_about_the_end(copy.get(), size);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const char* rest = reinterpret_cast<const char*>(data) + 1;
  switch (data[0] % 5) {
    case 0:
      read_program(rest, size - 1);
      break;
    case 1:
      read_settings(rest, size - 1);
      break;
    case 2:
      read_command_line(rest, size - 1);
      break;
    case 3:
      read_dhcp(rest, size - 1);
      break;
    default:
      read_kernel_log(rest, size - 1);
  }
  return 0;
}
