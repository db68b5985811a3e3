// What faasc itself adds to starting a function, what the machine that it chooses is worth, and what many
// instances of one image cost:
//
//   1. from the start of a command to the first answer: the QEMU command line alone (as `faasc spec
//      --to qemu` writes it, its port asked when the guest says that it listens) against `faasc run`, whose
//      word that the function is ready is waited for; the difference is faasc's own share;
//   2. `faasc run` on microvm against a PC (q35) that its BIOS boots, and where the time of both goes;
//   3. what it costs to learn what KVM is worth on this host: `faasc run --accel auto` that has to measure
//   it,
//      against one that finds it measured;
//   4. instances of the image at once: memory that each has for itself (Private_* of smaps_rollup).
//
// The kinds take turns, so that all of them meet the same machine.
//
// usage: run_overhead FAASC IMAGE [ROUNDS [INSTANCES]]      (IMAGE: an http function for Nanos)

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/bench/median.h"

namespace {

using Clock = std::chrono::steady_clock;
using faasc::bench::median;

double ms_since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "run_overhead: %s\n", what.c_str());
  std::exit(1);
}

std::uint16_t free_port() {
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    fail("no port is free");
  ::close(fd);
  return ntohs(address.sin_port);
}

/// One request; whether there was an answer. QEMU accepts the connection whoever listens: what tells is
/// bytes.
bool ask(std::uint16_t port, int patience_ms) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  timeval patience{patience_ms / 1000, patience_ms % 1000 * 1000};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  const std::string request = "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  char answer[16];
  bool answered = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 &&
                  ::send(fd, request.data(), request.size(), MSG_NOSIGNAL) > 0 &&
                  ::recv(fd, answer, sizeof answer, 0) > 0;
  ::close(fd);
  return answered;
}

struct Started {
  pid_t pid = 0;
  int out = -1, err = -1;
};

enum class Piped : std::uint8_t { Nothing, Out, Both };

Started start(const std::vector<std::string>& arguments, Piped piped) {
  int out[2] = {-1, -1}, err[2] = {-1, -1};
  if (piped != Piped::Nothing && ::pipe2(out, O_CLOEXEC) != 0) fail("pipe");
  if (piped == Piped::Both && ::pipe2(err, O_CLOEXEC) != 0) fail("pipe");
  Started started{::fork(), out[0], err[0]};
  if (started.pid == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    // As faasc starts QEMU: to fill huge pages with zeros can take longer than all the rest.
    ::prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    int nowhere = ::open("/dev/null", O_RDWR);
    ::dup2(nowhere, 0);
    ::dup2(piped != Piped::Nothing ? out[1] : nowhere, 1);
    ::dup2(piped == Piped::Both ? err[1] : nowhere, 2);
    std::vector<char*> argv;
    for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  for (int end : {out[1], err[1]})
    if (end >= 0) ::close(end);
  return started;
}

void stop(const Started& started, int signal_number) {
  ::kill(started.pid, signal_number);
  ::waitpid(started.pid, nullptr, 0);
  for (int end : {started.out, started.err})
    if (end >= 0) ::close(end);
}

std::string next_line(int fd) {
  std::string line;
  char byte;
  while (::read(fd, &byte, 1) == 1 && byte != '\n') line += byte;
  return line;
}

/// "{"address":"http://127.0.0.1:40123","pid":4711}"
std::string first_line(const Started& started) {
  return next_line(started.out);
}

unsigned long number_after(const std::string& text, const std::string& word) {
  std::size_t at = text.find(word);
  return at == std::string::npos ? 0 : std::strtoul(text.c_str() + at + word.size(), nullptr, 10);
}

/// What the threads of a process have had of processors so far: on a busy host it says more than a clock.
double processor_ms(unsigned long pid) {
  double ms = 0;
  std::error_code error;
  for (const auto& thread :
       std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task", error)) {
    std::ifstream file(thread.path() / "schedstat");
    double nanoseconds = 0;
    if (file >> nanoseconds) ms += nanoseconds / 1e6;
  }
  return ms;
}

/// From the start of one command to the first answer.
struct Taken {
  double wall_ms = 0, qemu_ms = 0, faasc_ms = 0;  ///< the latter two of processors
};

double median_of(const std::vector<Taken>& all, double Taken::* member) {
  std::vector<double> values;
  for (const Taken& one : all) values.push_back(one.*member);
  return median(values);
}

/// The guest's word is waited for, as faasc does: who asks before loads the guest with connections.
Taken time_qemu(const std::string& script, std::uint16_t port) {
  auto began = Clock::now();
  Started started = start({"sh", script}, Piped::Out);
  std::string line;
  do line = first_line(started);
  while (!line.empty() && line.find("listening") == std::string::npos);
  // A guest whose network is not yet up loses the first packet, and QEMU repeats it after a second.
  constexpr int kAttemptMs = 300;
  bool answered = false;
  for (int i = 0; !line.empty() && !answered && i < 200; ++i) answered = ask(port, kAttemptMs);
  if (!answered) fail("QEMU alone gives no answer");
  Taken taken{ms_since(began), processor_ms(static_cast<unsigned long>(started.pid)), 0};
  stop(started, SIGKILL);
  return taken;
}

/// What each phase has taken, of each start; in the order in which they were first seen.
using Phases = std::vector<std::pair<std::string, std::vector<double>>>;

/// "     12.3 ms  +     4.5  QEMU started"
void add_phases(int fd, Phases& phases) {
  for (;;) {
    const std::string line = next_line(fd);
    const std::size_t plus = line.find(" ms  +");
    if (line.empty()) return;                 // it has ended
    if (plus == std::string::npos) continue;  // the guest's own
    char* end = nullptr;
    const double took = std::strtod(line.c_str() + plus + 6, &end);
    const std::string what = end + 2;
    auto phase =
        std::find_if(phases.begin(), phases.end(), [&](const auto& one) { return one.first == what; });
    if (phase == phases.end()) phase = phases.insert(phases.end(), {what, {}});
    phase->second.push_back(took);
    if (line.find("ready:") != std::string::npos) return;
  }
}

Taken time_faasc(const std::vector<std::string>& command, Phases* phases = nullptr) {
  auto began = Clock::now();
  Started started = start(command, phases != nullptr ? Piped::Both : Piped::Out);
  const std::string line = first_line(started);
  unsigned long port = number_after(line, "127.0.0.1:");
  if (port == 0 || !ask(static_cast<std::uint16_t>(port), 60'000)) fail("'faasc run' gives no answer");
  Taken taken{ms_since(began), processor_ms(number_after(line, "\"pid\":")),
              processor_ms(static_cast<unsigned long>(started.pid))};
  if (phases != nullptr) add_phases(started.err, *phases);
  stop(started, SIGINT);
  return taken;
}

void print(const char* title, const Phases& phases) {
  std::printf("  %s\n", title);
  for (const auto& [what, times] : phases) std::printf("    %7.1f  %s\n", median(times), what.c_str());
}

unsigned long private_kib(unsigned long pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/smaps_rollup");
  std::string line;
  unsigned long sum = 0;
  while (std::getline(file, line))
    if (line.starts_with("Private_")) sum += number_after(line, ":");
  return sum;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: run_overhead FAASC IMAGE [ROUNDS [INSTANCES]]\n");
    return 2;
  }
  const std::string program = argv[1], image = argv[2];
  const int rounds = argc > 3 ? std::max(1, std::atoi(argv[3])) : 7;
  const int instances = argc > 4 ? std::atoi(argv[4]) : 20;
  auto directory = faasc::TemporaryDirectory::create("/tmp", "run-overhead");
  if (!directory) return 1;
  const std::string script = (directory->path() / "qemu.sh").string();
  const std::uint16_t port = free_port();
  {
    Started written = start(
        {program, "spec", image, "--to", "qemu", "--accel", "tcg", "-p", std::to_string(port), "-o", script},
        Piped::Nothing);
    ::waitpid(written.pid, nullptr, 0);
    // The script keeps what the guest writes; a measurement leaves the image as it is.
    if (std::system(("sed -i 's/^exec.*qemu-system-x86_64/& -snapshot/' '" + script + "'").c_str()) != 0)
      return 1;
  }
  const std::vector<std::string> run = {program, "run", "-q",     "--json", "--accel",
                                        "tcg",   "-p",  "0:8080", image};
  auto with = [&](std::vector<std::string> more) {
    std::vector<std::string> command = run;
    command.insert(command.end(), more.begin(), more.end());
    return command;
  };
  std::vector<Taken> alone, ours, pc, measuring, knowing;
  Phases our_phases, pc_phases;
  const std::vector<std::string> automatic = {program, "run", "-q", "--json", "-p", "0:8080", image};
  for (int round = -1; round < rounds; ++round) {  // the first one warms the caches
    if (round == 0) our_phases.clear(), pc_phases.clear();
    // A cache of its own, in which nothing is known of this host at first.
    const std::string cache = (directory->path() / ("cache" + std::to_string(round))).string();
    ::setenv("FAASC_CACHE_DIR", cache.c_str(), 1);
    Taken first = time_faasc(automatic), later = time_faasc(automatic);
    Taken a = time_qemu(script, port), b = time_faasc(with({"--time"}), &our_phases),
          c = time_faasc(with({"--time", "--machine", "q35", "--boot", "bios"}), &pc_phases);
    if (round < 0) continue;
    alone.push_back(a);
    ours.push_back(b);
    pc.push_back(c);
    measuring.push_back(first);
    knowing.push_back(later);
  }
  std::printf("to the first answer, median of %d, ms             time   processors: QEMU     faasc\n",
              rounds);
  auto show = [](const char* what, const std::vector<Taken>& taken) {
    std::printf("  %-44s %8.1f %18.1f %9.1f\n", what, median_of(taken, &Taken::wall_ms),
                median_of(taken, &Taken::qemu_ms), median_of(taken, &Taken::faasc_ms));
  };
  show("QEMU alone, microvm", alone);
  show("faasc run, microvm", ours);
  show("faasc run, q35 and BIOS", pc);
  show("faasc run --accel auto", knowing);
  show("faasc run --accel auto, KVM to be measured", measuring);
  auto ratio = [&](double Taken::* member) { return median_of(ours, member) / median_of(pc, member); };
  std::printf("  microvm takes %.2f x the time of q35 and BIOS, QEMU %.2f x of the processors\n",
              ratio(&Taken::wall_ms), ratio(&Taken::qemu_ms));
  std::printf("phases, median of %d, ms\n", rounds);
  print("microvm", our_phases);
  print("q35 and BIOS", pc_phases);

  std::vector<Started> all;
  std::vector<unsigned long> memory;
  auto began = Clock::now();
  for (int i = 0; i < instances; ++i) all.push_back(start(run, Piped::Out));
  for (const Started& one : all) {
    const std::string line = first_line(one);
    if (!ask(static_cast<std::uint16_t>(number_after(line, "127.0.0.1:")), 60'000))
      fail("an instance gives no answer");
    memory.push_back(number_after(line, "\"pid\":"));
  }
  double took = ms_since(began);
  unsigned long sum = 0, most = 0;
  for (unsigned long& pid : memory) {
    unsigned long kib = private_kib(pid);
    sum += kib;
    most = std::max(most, kib);
  }
  std::printf(
      "%d instances at once: all answered after %.0f ms; private memory of each %.1f MiB on average, %.1f "
      "MiB at most\n",
      instances, took, static_cast<double>(sum) / instances / 1024, static_cast<double>(most) / 1024);
  for (const Started& one : all) stop(one, SIGINT);
}
