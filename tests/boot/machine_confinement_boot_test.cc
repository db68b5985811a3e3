// What a running QEMU is kept from, looked up where the host's kernel says it: nothing here knows how faasc
// composes a command line.

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "launcher/machine.h"
#include "tests/boot/emulated.h"

namespace faasc {
namespace {

namespace fs = std::filesystem;
using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string proc_file(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

fs::path proc(pid_t pid) {
  return fs::path("/proc") / std::to_string(pid);
}

std::vector<std::string> lines_of(const std::string& text, char end = '\n') {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line, end);) lines.push_back(line);
  return lines;
}

/// What follows "NAME:" in a file of such lines, without the blanks in between; empty where there is none.
std::string field(const std::vector<std::string>& lines, std::string_view name) {
  for (const std::string& line : lines)
    if (line.starts_with(std::string(name) + ":"))
      return line.substr(std::min(line.find_first_not_of(" \t", name.size() + 1), line.size()));
  return {};
}

/// The TCP ports at which the process listens, from /proc/net/tcp and tcp6.
std::set<std::uint16_t> listening_ports(pid_t pid) {
  std::set<std::string> sockets;
  for (const auto& entry : fs::directory_iterator(proc(pid) / "fd")) {
    std::error_code gone;
    std::string target = fs::read_symlink(entry, gone).string();
    if (target.starts_with("socket:[")) sockets.insert(target.substr(8, target.size() - 9));
  }
  std::set<std::uint16_t> ports;
  for (const char* table : {"net/tcp", "net/tcp6"})
    for (const std::string& line : lines_of(proc_file(proc(pid) / table))) {
      std::istringstream words(line);
      std::vector<std::string> columns{std::istream_iterator<std::string>(words), {}};
      constexpr std::size_t kAddress = 1, kState = 3, kInode = 9;
      if (columns.size() <= kInode || columns[kState] != "0A" || !sockets.contains(columns[kInode])) continue;
      const std::string& address = columns[kAddress];
      ports.insert(
          static_cast<std::uint16_t>(std::stoul(address.substr(address.rfind(':') + 1), nullptr, 16)));
    }
  return ports;
}

/// The lines of /proc/PID/smaps on the mapping that is the guest's memory: the largest one of that size or
/// more.
std::vector<std::string> memory_mapping(pid_t pid, std::uint64_t bytes) {
  std::vector<std::string> mapping, best;
  std::uint64_t best_kib = bytes / 1024 - 1;
  auto finish = [&] {
    std::string size = field(mapping, "Size");
    if (size.empty() || std::stoull(size) <= best_kib || field(mapping, "Rss") == "0 kB") return;
    best_kib = std::stoull(size);
    best = mapping;
  };
  for (const std::string& line : lines_of(proc_file(proc(pid) / "smaps"))) {
    // "7f…-7f… rw-p …" begins a mapping, "Name: value" goes on with it.
    if (line.find(':') > line.find(' ')) {
      finish();
      mapping.clear();
    }
    mapping.push_back(line);
  }
  finish();
  return best;
}

TEST(MachineConfinement, QemuIsSandboxedAndHasNothingThatWasNotAskedFor) {
  MAKE_GUEST(image, {});
  for (MachineChoice choice : {MachineChoice::Microvm, MachineChoice::Q35}) {
    StartOptions options = emulated();
    options.boot.machine = choice;
    auto machine = Machine::start(image->spec, options);
    ASSERT_TRUE(machine) << text_of(machine.error());
    SCOPED_TRACE(machine->summary());

    auto argv = lines_of(proc_file(proc(machine->pid()) / "cmdline"), '\0');
    ASSERT_THAT(argv, Contains(HasSubstr("qemu-system-")));
    auto sandbox = std::find(argv.begin(), argv.end(), "-sandbox");
    ASSERT_LT(sandbox, argv.end() - 1);
    EXPECT_EQ(sandbox[1], "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
    EXPECT_THAT(argv, Contains("-nodefaults"));
    EXPECT_THAT(argv, Contains("-no-user-config"));
    EXPECT_THAT(argv,
                Each(Not(AnyOf("-monitor", "-qmp", "-qmp-pretty", "-gdb", "-s", "-vnc", StartsWith("tcp:"),
                               StartsWith("telnet:"), StartsWith("socket,id=monitor,host=")))));

    // What became of it: each thread has a filter, and only the function's port is open.
    ASSERT_TRUE(machine->wait_ready());
    std::size_t threads = 0;
    for (const auto& entry : fs::directory_iterator(proc(machine->pid()) / "task")) {
      const auto status = lines_of(proc_file(entry.path() / "status"));
      if (status.empty()) continue;  // it has ended meanwhile
      EXPECT_EQ(field(status, "Seccomp"), "2") << entry.path();
      ++threads;
    }
    EXPECT_GT(threads, 1u);
    EXPECT_THAT(listening_ports(machine->pid()), ElementsAre(machine->host_port(8080)));
  }
}

TEST(MachineConfinement, TheGuestsMemoryHasNoHugePages) {
  std::string policy = proc_file("/sys/kernel/mm/transparent_hugepage/enabled");
  if (policy.empty() || policy.find("[never]") != std::string::npos)
    GTEST_SKIP() << "this host has no transparent huge pages that could be turned off";
  MAKE_GUEST(image, {});
  auto machine = Machine::start(image->spec, emulated());
  ASSERT_TRUE(machine) << text_of(machine.error());
  ASSERT_TRUE(machine->wait_ready());

  EXPECT_EQ(field(lines_of(proc_file(proc(machine->pid()) / "status")), "THP_enabled"), "0");
  auto mapping = memory_mapping(machine->pid(), image->spec.memory_bytes);
  ASSERT_FALSE(mapping.empty());
  // QEMU asks for huge pages for it ("hg"); they are refused.
  EXPECT_EQ(field(mapping, "THPeligible"), "0") << testing::PrintToString(mapping);
  EXPECT_EQ(field(mapping, "AnonHugePages"), "0 kB") << testing::PrintToString(mapping);
  // Nobody else is concerned.
  EXPECT_EQ(field(lines_of(proc_file("/proc/self/status")), "THP_enabled"), "1");
}

}  // namespace
}  // namespace faasc
