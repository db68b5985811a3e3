// What the manifest says of the image, as the function in it sees it: on a real Nanos and a real Linux.

#include <arpa/inet.h>
#include <sys/socket.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "base/file.h"
#include "tests/system/faasc_run.h"

namespace faasc {
namespace {
namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

// A function that tells what it finds: /file?PATH, /host?NAME, /time, /address, /env?NAME,
// /uname; that says a word on the console, /say?WORD; and one that ends it: /leave.
constexpr const char* kProbe = R"probe(#include <arpa/inet.h>
#include <net/if.h>
#include <netdb.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <unistd.h>

#include <google/cloud/functions/function.h>

namespace gcf = ::google::cloud::functions;

std::string text_of(sockaddr const* address) {
  char text[INET6_ADDRSTRLEN] = "?";
  if (address->sa_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<sockaddr_in const*>(address)->sin_addr, text, sizeof text);
  return text;
}

std::string answer(std::string const& what, std::string const& name) {
  if (what == "/file") {
    std::ifstream file(name);
    std::ostringstream text;
    text << file.rdbuf();
    return file ? text.str() : "(none)";
  }
  if (what == "/env") return std::getenv(name.c_str()) ? std::getenv(name.c_str()) : "(none)";
  if (what == "/host") {
    addrinfo hints{}, *found = nullptr;
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    if (int error = getaddrinfo(name.c_str(), nullptr, &hints, &found)) return gai_strerror(error);
    return text_of(found->ai_addr);
  }
  if (what == "/time") {
    std::time_t then = 1700000000;
    char text[64];
    return {text, std::strftime(text, sizeof text, "%F %T %Z", std::localtime(&then))};
  }
  if (what == "/address") {  // of the first card that is not the loopback
    ifreq cards[8] = {};
    ifconf list{};
    list.ifc_len = sizeof cards;
    list.ifc_req = cards;
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    if (ioctl(fd, SIOCGIFCONF, &list) != 0) return "cannot list the cards";
    close(fd);
    for (int i = 0; i < list.ifc_len / static_cast<int>(sizeof cards[0]); ++i)
      if (std::string address = text_of(&cards[i].ifr_addr); address != "127.0.0.1") return address;
    return "no card";
  }
  if (what == "/uname") {
    utsname names{};
    uname(&names);
    return names.sysname;
  }
  if (what == "/say") {
    std::printf("the probe says %s\n", name.c_str());
    std::fflush(stdout);
    return "said";
  }
  if (what == "/leave") {
    std::puts("the probe leaves");
    std::exit(3);
  }
  return "probe";
}

gcf::Function probe() {
  return gcf::MakeFunction([](gcf::HttpRequest const& request) {
    std::string target = request.target(), all;
    if (target != "/all")
      return gcf::HttpResponse{}.set_payload(
          answer(target.substr(0, target.find('?')), target.substr(target.find('?') + 1)));
    // Several questions, a line each; what comes back is parted by lines of its own.
    std::istringstream questions(request.payload());
    for (std::string line; std::getline(questions, line);)
      all += "== " + line + "\n" + answer(line.substr(0, line.find('?')), line.substr(line.find('?') + 1)) +
             "\n";
    return gcf::HttpResponse{}.set_payload(all);
  });
}
)probe";

class ImageOptionsSystem : public testing::Test {
 protected:
  void SetUp() override { project_.write("probe.cc", kProbe); }

  void write_manifest(const std::string& keys) {
    project_.write("faas.yaml", "apiVersion: faasc/v1\nname: probe\nruntime: cpp\nhandler: probe\n" + keys);
  }

  // What one machine answers to all of the questions.
  std::string ask(KernelFamily family, const std::string& questions) {
    Finished finished = project_.invoke(family, {"--path", "/all", "--data", questions});
    EXPECT_EQ(finished.status.code, 0) << finished.err;
    messages_ = finished.err;
    return finished.out;
  }

  std::string expect_surroundings(KernelFamily family, const std::string& image_keys) {
    write_manifest(
        "network:\n"
        "  address: 10.7.7.9/24\n"
        "  gateway: 10.7.7.1\n"
        "  dns: [10.7.7.3, 9.9.9.9]\n"
        "  hosts: {db: 10.0.0.5, cache.lan: 10.0.0.6}\n"
        "timezone: Europe/Berlin\n"
        "ca_certificates: host\n" +
        image_keys);
    std::string text =
        ask(family,
            "/address\n/file?/etc/resolv.conf\n/host?db\n/host?cache.lan\n/host?localhost\n/time\n"
            "/env?SSL_CERT_FILE\n/file?/etc/ssl/certs/ca-certificates.crt\n/uname\n");
    EXPECT_THAT(text, HasSubstr("== /address\n10.7.7.9\n"
                                "== /file?/etc/resolv.conf\nnameserver 10.7.7.3\nnameserver 9.9.9.9\n\n"
                                "== /host?db\n10.0.0.5\n"
                                "== /host?cache.lan\n10.0.0.6\n"
                                "== /host?localhost\n127.0.0.1\n"
                                "== /time\n2023-11-14 23:13:20 CET\n"
                                "== /env?SSL_CERT_FILE\n/etc/ssl/certs/ca-certificates.crt\n"));
    auto bundle = read_file("/etc/ssl/certs/ca-certificates.crt");
    EXPECT_TRUE(!bundle || text.find(*bundle) != std::string::npos) << "another bundle of certificates";
    return text;
  }

  ProjectRun project_;
  std::string messages_;
};

TEST_F(ImageOptionsSystem, NanosFindsItsNetworkNamesTimeAndCertificates) {
  FAASC_NEEDS(KernelFamily::Nanos);
  std::string text = expect_surroundings(
      KernelFamily::Nanos,
      "image: {format: qcow2, consoles: [serial], manifest: {uname: {sysname: Sundial}}}\n");
  EXPECT_THAT(text, HasSubstr("== /uname\nSundial\n"));
}

TEST_F(ImageOptionsSystem, AConsoleThatIsOffSaysNothing) {
  FAASC_NEEDS(KernelFamily::Nanos);
  for (auto [consoles, heard] : {std::pair{"serial", true}, {"vga", false}}) {
    SCOPED_TRACE(consoles);
    write_manifest("image: {consoles: [" + std::string(consoles) + "]}\n");
    Finished finished = project_.invoke(KernelFamily::Nanos, {"--path", "/leave"});
    EXPECT_EQ(finished.status.code, 5) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("exited with status 3"));
    EXPECT_EQ(finished.err.find("the probe leaves") != std::string::npos, heard) << finished.err;
  }
}

// What arrives at the socket until `word` is among it, for at most ten seconds.
std::string heard_at(int socket, std::string_view word) {
  std::string all;
  pollfd wait{socket, POLLIN, 0};
  for (int i = 0; i < 100 && all.find(word) == std::string::npos; ++i) {
    if (::poll(&wait, 1, 100) <= 0) continue;
    char datagram[2048];
    if (ssize_t size = ::recv(socket, datagram, sizeof datagram, 0); size > 0)
      all.append(datagram, static_cast<std::size_t>(size));
  }
  return all;
}

TEST_F(ImageOptionsSystem, ANetworkConsoleIsHeardOnTheHost) {
  FAASC_NEEDS(KernelFamily::Nanos);
  Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(socket.get(), generic, size), 0);
  ASSERT_EQ(::getsockname(socket.get(), generic, &size), 0);
  // User networking leads what goes to the gateway's address to the host's own.
  write_manifest("image:\n  consoles: [net]\n  manifest: {netconsole_ip: 10.0.2.2, netconsole_port: \"" +
                 std::to_string(ntohs(address.sin_port)) + "\"}\n");
  Finished finished = project_.invoke(KernelFamily::Nanos, {"-v", "--path", "/say?hello"});
  EXPECT_EQ(finished.out, "said") << finished.err;
  EXPECT_THAT(finished.err, Not(HasSubstr("the probe says")));  // the serial line is off
  EXPECT_THAT(heard_at(socket.get(), "the probe says hello"), HasSubstr("the probe says hello"));
}

TEST_F(ImageOptionsSystem, ACoreDumpLiesOnTheDisk) {
  FAASC_NEEDS(KernelFamily::Nanos);
  project_.write("probe.cc", "#include <cstdlib>\nint main() { std::abort(); }\n");
  project_.write("faas.yaml",
                 "apiVersion: faasc/v1\nname: probe\nruntime: cpp\nsignature: server\n"
                 "resources: {ephemeral_storage: 64MiB}\nimage: {coredumplimit: 32MiB}\n");
  Finished built = project_.faasc({"build", "--kernel", "nanos", "-q"});
  ASSERT_EQ(built.status.code, 0) << built.err;
  // Whatever faasc starts leaves the image as it is.
  Finished finished = project_.faasc({"run", "build/probe.img", "-p", "0:8080"});
  EXPECT_EQ(finished.status.code, 5) << finished.err;
  EXPECT_THAT(project_.faasc({"image", "ls", "build/probe.img"}).out, Not(HasSubstr("core")));
  auto machine = run({{"qemu-system-x86_64", "-machine", "q35", "-cpu", "max", "-m", "256", "-display",
                       "none", "-no-reboot", "-device", "isa-debug-exit,iobase=0x501,iosize=4", "-drive",
                       "if=virtio,format=raw,file=" + project_.at("build/probe.img").string()},
                      {},
                      {}});
  ASSERT_TRUE(machine);
  Finished list = project_.faasc({"image", "ls", "build/probe.img", "/coredumps"});
  EXPECT_THAT(list.out, HasSubstr("core")) << list.err << machine->err;
  ASSERT_EQ(project_.faasc({"image", "cp", "build/probe.img:/coredumps/core", "core"}).status.code, 0);
  auto core = read_file(project_.at("core"));
  ASSERT_TRUE(core);
  // An ELF file of type ET_CORE: elf(5).
  EXPECT_EQ(core->substr(0, 4),
            "\x7f"
            "ELF");
  EXPECT_EQ(core->substr(16, 2), std::string("\x04\0", 2));
}

TEST_F(ImageOptionsSystem, LinuxFindsItsNetworkNamesTimeAndCertificates) {
  FAASC_NEEDS(KernelFamily::Linux);
  expect_surroundings(KernelFamily::Linux, "image: {format: qcow2, consoles: [serial]}\n");
  EXPECT_THAT(messages_, HasSubstr("consoles means nothing to Linux"));
}

TEST_F(ImageOptionsSystem, NanosBootsFromEveryFormatThatQemuReads) {
  FAASC_NEEDS(KernelFamily::Nanos);
  for (auto [format, file] : {std::pair{"vmdk", "probe.vmdk"},
                              {"vhd", "probe.vhd"},
                              {"vhdx", "probe.vhdx"},
                              {"raw.zst", "probe.img.zst"}}) {
    SCOPED_TRACE(format);
    write_manifest("image: {format: " + std::string(format) + "}\n");
    // Through the BIOS, so that boot loader and kernel come from the image as well.
    Finished finished = project_.invoke(KernelFamily::Nanos, {"-q", "--boot", "disk"});
    EXPECT_EQ(finished.out, "probe") << finished.err;
    EXPECT_TRUE(fs::exists(project_.at("build") / file));
    EXPECT_TRUE(fs::exists(project_.at("build/probe.vm.json")));
    // The one in the format before is gone: the description is no longer its own.
    int images = 0;
    for (const auto& entry : fs::directory_iterator(project_.at("build")))
      images += entry.is_regular_file() && entry.path().extension() != ".json";
    EXPECT_EQ(images, 1);
    finished = project_.faasc({"build", "--kernel", "nanos", "-v"});
    EXPECT_EQ(finished.out, "build/" + std::string(file) + "\n");
    EXPECT_THAT(finished.err, HasSubstr("up to date"));
  }
  EXPECT_FALSE(fs::exists(project_.at("build/probe.img")));
}

TEST_F(ImageOptionsSystem, TheSameImageInEveryFormatHoldsTheSameDisk) {
  FAASC_NEEDS(KernelFamily::Nanos);
  if (!find_program("qemu-img")) GTEST_SKIP() << "no qemu-img here";
  write_manifest("image: {size: 40MiB}\n");
  ASSERT_EQ(project_.faasc({"build", "--kernel", "nanos"}).status.code, 0);
  EXPECT_EQ(fs::file_size(project_.at("build/probe.img")), 40u << 20);
  // The next format takes its place.
  fs::rename(project_.at("build/probe.img"), project_.at("raw.img"));
  for (const char* format : {"qcow2", "vmdk"}) {
    write_manifest("image: {size: 40MiB, format: " + std::string(format) + "}\n");
    ASSERT_EQ(project_.faasc({"build", "--kernel", "nanos"}).status.code, 0);
    auto compared = run({.argv = {"qemu-img", "compare", project_.at("raw.img").string(),
                                  project_.at("build/probe." + std::string(format)).string()}});
    ASSERT_TRUE(compared);
    EXPECT_EQ(compared->status.code, 0) << compared->out << compared->err;
  }
}

TEST_F(ImageOptionsSystem, SizesThatWillNotDoFailTheBuild) {
  FAASC_NEEDS(KernelFamily::Nanos);
  write_manifest("image: {size: 1MiB}\n");
  Finished finished = project_.faasc({"build", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("faas.yaml:5:15: error: a disk of 1024KiB is too small by "));
  EXPECT_THAT(finished.err, HasSubstr("[FAASC0171]"));
  EXPECT_THAT(finished.err, HasSubstr("hint: give it at least "));
  EXPECT_FALSE(fs::exists(project_.at("build/probe.img")));

  write_manifest("image: {max_size: 1MiB}\n");
  finished = project_.faasc({"build", "--kernel", "nanos"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err,
              HasSubstr("faas.yaml:5:19: error: max_size '1MiB' is exceeded: probe.img takes "));
  EXPECT_THAT(finished.err, HasSubstr("MiB: the kernel nanos@"));
  EXPECT_THAT(finished.err, HasSubstr("MiB: '/bin/function' (program)"));
  EXPECT_FALSE(fs::exists(project_.at("build/probe.img")));

  if (!has_kernel(KernelFamily::Linux)) return;
  write_manifest("resources: {ephemeral_storage: 16MiB}\nimage: {size: 4MiB}\n");
  finished = project_.faasc({"build", "--kernel", "linux"});
  EXPECT_EQ(finished.status.code, 1);
  EXPECT_THAT(finished.err, HasSubstr("faas.yaml:6:15: error: a disk of 4096KiB is too small by "));
}

}  // namespace
}  // namespace faasc
