#include "launcher/process/call_filter.h"

#include <cerrno>
#include <cstdlib>
#include <memory>

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include <sched.h>
#include <seccomp.h>
#include <unistd.h>

#include "base/file.h"
#include "launcher/codes.h"
#include "packager/calls/nanos_calls.h"

namespace faasc {
namespace {

// The first program of a sandbox's process is the second process of its namespace (sandbox/program.h).
constexpr scmp_datum_t kOwnPid = 2;

struct ContextDeleter {
  void operator()(void* context) const { ::seccomp_release(context); }
};
using Context = std::unique_ptr<void, ContextDeleter>;

Error cannot_make(int error) {
  return {Fault::Host,
          kProcessRefused,
          "the filter of system calls could not be made: libseccomp says error " + std::to_string(-error),
          {},
          {}};
}

// What no rule says anything of is asked about.
class Rules {
 public:
  explicit Rules(scmp_filter_ctx context) : context_(context) {}

  void allow(int call) { add(SCMP_ACT_ALLOW, call, nullptr); }
  void allow_if(int call, scmp_arg_cmp is) { add(SCMP_ACT_ALLOW, call, &is); }
  void answer(int call, unsigned with) { add(SCMP_ACT_ERRNO(with), call, nullptr); }
  void answer_if(int call, unsigned with, scmp_arg_cmp is) { add(SCMP_ACT_ERRNO(with), call, &is); }
  int error = 0;

 private:
  void add(std::uint32_t action, int call, const scmp_arg_cmp* condition) {
    int status = ::seccomp_rule_add_array(context_, action, call, condition ? 1 : 0, condition);
    if (error == 0) error = status;
  }
  scmp_filter_ctx context_;
};

// Of 32 bits: what the upper half of the register holds, nobody looks at.
scmp_arg_cmp masked(unsigned argument, scmp_datum_t mask, scmp_datum_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

constexpr scmp_datum_t kInt = 0xffffffff;

void add_call(Rules& rules, int call, NanosAnswer answer) {
  switch (answer) {
    case NanosAnswer::Served:
      return rules.allow(call);
    case NanosAnswer::Ignored:
      return rules.answer(call, 0);
    case NanosAnswer::ThreadsOnly:
      if (call != SCMP_SYS(clone3)) rules.allow_if(call, masked(0, CLONE_THREAD, CLONE_THREAD));
      return;
    case NanosAnswer::OwnOnly:
      return rules.allow_if(call, masked(0, kInt, kOwnPid));
    case NanosAnswer::Sockets:
      for (int domain : {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_VSOCK})
        rules.allow_if(call, masked(0, kInt, static_cast<scmp_datum_t>(domain)));
      return;
    case NanosAnswer::NamesOnly:
      for (int option : {PR_SET_NAME, PR_GET_NAME})
        rules.allow_if(call, masked(0, kInt, static_cast<scmp_datum_t>(option)));
      // One rule cannot compare an argument twice; these two options are neighbours.
      static_assert(PR_SET_NAME + 1 == PR_GET_NAME);
      rules.answer_if(call, 0, {0, SCMP_CMP_LT, PR_SET_NAME, 0});
      return rules.answer_if(call, 0, {0, SCMP_CMP_GT, PR_GET_NAME, 0});
    case NanosAnswer::Refused:
      return;
  }
}

}  // namespace

Result<std::string> nanos_call_filter() {
  Context context(::seccomp_init(SCMP_ACT_NOTIFY));
  if (!context) return cannot_make(-EINVAL);
  // A tree of comparisons instead of a list of two hundred.
  (void)::seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  (void)::seccomp_attr_set(context.get(), SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_ERRNO(ENOSYS));
  Rules rules(context.get());
  for (const NanosCall& call : nanos_system_calls())
    if (int number = call_number(call.name); number >= 0) add_call(rules, number, call.answer);
  // By which Linux goes on with a call that a debugger or a signal has interrupted; no program makes it.
  rules.allow(SCMP_SYS(restart_syscall));
  for (std::string_view name : calls_only_tried())
    if (int number = call_number(name); number >= 0) rules.answer(number, ENOSYS);
  if (rules.error != 0) return cannot_make(rules.error);

  Fd file(::memfd_create("faasc-filter", MFD_CLOEXEC));
  if (!file) return io_error("create", "memory for a filter", errno);
  if (int status = ::seccomp_export_bpf(context.get(), file.get()); status != 0) return cannot_make(status);
  off_t size = ::lseek(file.get(), 0, SEEK_END);
  std::string program(static_cast<std::size_t>(size), '\0');
  FAASC_CHECK(read_exactly_at(file, program.data(), program.size(), 0, "memory for a filter"));
  return program;
}

std::string call_name(int number) {
  std::unique_ptr<char, decltype(&std::free)> name(
      ::seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number), &std::free);
  return name ? name.get() : "system call " + std::to_string(number);
}

int call_number(std::string_view name) {
  int number = ::seccomp_syscall_resolve_name(std::string(name).c_str());
  return number == __NR_SCMP_ERROR ? -1 : number;
}

}  // namespace faasc
