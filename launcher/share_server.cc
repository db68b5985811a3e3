#include "launcher/share_server.h"

#include <cerrno>
#include <cstddef>

#include <sys/socket.h>
#include <sys/un.h>

#include <unistd.h>

#include "launcher/codes.h"

namespace faasc {
namespace fs = std::filesystem;
namespace {

std::string find_virtiofsd() {
  for (const char* path : {"/usr/libexec/virtiofsd", "/usr/lib/qemu/virtiofsd", "/usr/lib/virtiofsd"})
    if (fs::exists(path)) return path;
  auto found = find_program("virtiofsd");
  return found ? found->string() : "";
}

Error refused(std::string what, std::string hint) {
  return {Fault::Host, kShareRefused, std::move(what), {}, std::move(hint)};
}

/// QEMU's own virtiofsd, up to version 7, and the one in Rust that came after it have different options.
bool is_qemus_own(const std::string& program) {
  auto told = run({.argv = {program, "--version"}, .working_directory = {}, .environment = {}});
  return told && told->out.find("using FUSE kernel interface") != std::string::npos;
}

}  // namespace

Result<ShareServer> start_share_server(const fs::path& directory, bool read_only) {
  const std::string program = find_virtiofsd();
  const std::string other = "the function can be for Nanos instead, whose shares QEMU serves itself";
  if (program.empty())
    return refused("a directory is shared with Linux by virtiofsd, which is not installed",
                   "sudo apt install qemu-system-common (Debian 12) or virtiofsd; " + other);
  if (::geteuid() != 0)
    return refused("a directory is shared with Linux by virtiofsd, which has to be started by root",
                   "run faasc as root; " + other);
  // An address without a file, which nobody else knows: the kernel chooses it.
  Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  if (!listener || ::bind(listener.get(), generic, offsetof(sockaddr_un, sun_path)) != 0 ||
      ::listen(listener.get(), 1) != 0 || ::getsockname(listener.get(), generic, &size) != 0)
    return io_error("create", "socket for virtiofsd", errno);
  std::vector<std::string> argv{program, "--fd=" + std::to_string(listener.get())};
  if (is_qemus_own(program)) {
    // Without a cache: what either side writes, the other one sees.
    argv.insert(argv.end(), {"-o", "source=" + directory.string(), "-o", "cache=none"});
    // That one leaves it to the guest's kernel to refuse writing.
  } else {
    argv.insert(argv.end(), {"--shared-dir=" + directory.string(), "--cache=never"});
    if (read_only) argv.emplace_back("--readonly");
  }
  FAASC_TRY(Child child, Child::spawn({.argv = argv, .working_directory = {}, .environment = {}},
                                      {.out = Stream::Null,
                                       .err = Stream::Null,
                                       .own_process_group = true,
                                       .inherited_fds = {listener.get()}}));
  Fd connection(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!connection || ::connect(connection.get(), generic, size) != 0)
    return io_error("connect to", "virtiofsd", errno);
  return ShareServer{std::move(child), std::move(connection), to_shell(argv)};
}

}  // namespace faasc
