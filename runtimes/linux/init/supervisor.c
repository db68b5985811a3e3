#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/poll.h>
#include <linux/reboot.h>
#include <linux/resource.h>
#include <linux/sched.h>
#include <linux/sched/types.h>
#include <linux/signalfd.h>
#include <linux/time.h>
#include <linux/wait.h>

#include <asm/signal.h>

#include "init.h"
#include "syscalls.h"

#define MAX_OPEN_FILES 524288

static unsigned long mask_of(int signal) {
  return 1ul << (signal - 1);
}

static void set_signal_mask(unsigned long mask) {
  syscall6(__NR_rt_sigprocmask, SIG_SETMASK, (long)&mask, 0, 8, 0, 0);
}

static long seconds_now(void) {
  struct timespec now = {0};
  syscall3(__NR_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0);
  return now.tv_sec;
}

/* In the child, which has init's memory: why it could not become the program. */
static volatile int exec_error;

/* Never returns, and has a stack frame of its own. */
__attribute__((noinline, noreturn)) static void become_program(const struct program* program) {
  struct rlimit files = {1024, MAX_OPEN_FILES}; /* many servers raise the first to the second */
  syscall3(__NR_setrlimit, RLIMIT_NOFILE, (long)&files, 0);
  sys_setsid();
  set_signal_mask(0);
  int null = sys_open("/dev/null", O_RDONLY, 0);
  if (null > 0) {
    sys_dup2(null, 0);
    sys_close(null);
  }
  int error = sys_chdir(program->directory);
  if (error == 0) error = sys_execve(program->executable, program->argv, program->envp);
  exec_error = error;
  for (;;) sys_exit(1);
}

/* The program's process, or a negative errno. */
__attribute__((noinline)) static int start(const struct program* program) {
  exec_error = 0;
  int pid = sys_vfork();
  if (pid == 0) become_program(program);
  if (pid > 0 && exec_error != 0) {
    int status;
    sys_wait4(pid, &status, 0);
    pid = exec_error;
  }
  return pid;
}

/* Collects every process that has ended. True once `pid` is among them. */
static bool reap(int pid, struct ending* ending) {
  bool ended = false;
  int status, one;
  while ((one = sys_wait4(-1, &status, WNOHANG)) > 0) {
    if (one != pid) continue;
    ended = true;
    ending->signal = status & 0x7f;
    ending->status = ending->signal ? 0 : status >> 8 & 0xff;
  }
  return ended;
}

struct ending run_program(const struct options* options, struct program* program) {
  /* Of Ctrl-Alt-Del, init is told by SIGINT. */
  sys_reboot(LINUX_REBOOT_CMD_CAD_OFF);
  unsigned long handled =
      mask_of(SIGCHLD) | mask_of(SIGTERM) | mask_of(SIGINT) | mask_of(SIGPWR) | mask_of(SIGHUP);
  set_signal_mask(handled);
  /* Init goes on when the program begins, and is not to take the processor from it. Its children are as
   * others are. */
  const struct sched_param none = {0};
  syscall3(__NR_sched_setscheduler, 0, SCHED_BATCH | SCHED_RESET_ON_FORK, (long)&none);
  int pid = start(program);
  if (pid < 0) {
    /* As shells tell it. */
    report_error("cannot run '", program->executable, "'", pid);
    return (struct ending){pid == -ENOENT || pid == -ENOTDIR ? 127 : 126, 0};
  }

  /* What the program need not wait for. Signals that came since are pending. */
  struct pollfd watched[1 + MAX_POWER_BUTTONS];
  int buttons[MAX_POWER_BUTTONS];
  int button_count = open_power_buttons(buttons);
  watched[0].fd = (int)syscall6(__NR_signalfd4, -1, (long)&handled, 8, SFD_CLOEXEC | SFD_NONBLOCK, 0, 0);
  for (int i = 0; i < button_count; ++i) watched[1 + i].fd = buttons[i];
  for (int i = 0; i <= button_count; ++i) watched[i].events = POLLIN;
  keep_network(options);

  struct ending ending = {0, 0};
  bool stopping = false;
  long deadline = 0;
  while (!reap(pid, &ending)) {
    long timeout_ms = -1;
    if (stopping) {
      timeout_ms = (deadline - seconds_now()) * 1000;
      if (timeout_ms <= 0) {
        sys_kill(-pid, SIGKILL);
        timeout_ms = 1000;
      }
    }
    syscall3(__NR_poll, (long)watched, 1 + button_count, timeout_ms);
    int signal = 0;
    struct signalfd_siginfo info;
    while (sys_read(watched[0].fd, &info, sizeof info) == (long)sizeof info)
      if (info.ssi_signo != SIGCHLD) signal = info.ssi_signo == SIGPWR ? SIGTERM : (int)info.ssi_signo;
    for (int i = 0; i < button_count; ++i)
      if (power_button_pressed(buttons[i])) signal = SIGTERM;
    if (!signal) continue;
    sys_kill(-pid, signal);
    if (!stopping) deadline = seconds_now() + options->grace_seconds;
    stopping = true;
  }
  return ending;
}
