/* System calls of x86-64 Linux without a C library. Every wrapper returns what the kernel does: a negative
 * errno on failure. */
#ifndef FAASC_INIT_SYSCALLS_H
#define FAASC_INIT_SYSCALLS_H

#include <asm/unistd.h>
#include <stddef.h>

static inline long syscall6(long number, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 __asm__("r10") = d;
  register long r8 __asm__("r8") = e;
  register long r9 __asm__("r9") = f;
  __asm__ volatile("syscall"
                   : "=a"(result)
                   : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                   : "rcx", "r11", "memory");
  return result;
}

static inline long syscall5(long number, long a, long b, long c, long d, long e) {
  return syscall6(number, a, b, c, d, e, 0);
}
static inline long syscall3(long number, long a, long b, long c) {
  return syscall6(number, a, b, c, 0, 0, 0);
}

static inline int sys_open(const char* path, int flags, int mode) {
  return (int)syscall3(__NR_open, (long)path, flags, mode);
}
static inline int sys_close(int fd) {
  return (int)syscall3(__NR_close, fd, 0, 0);
}
static inline long sys_read(int fd, void* buffer, size_t size) {
  return syscall3(__NR_read, fd, (long)buffer, (long)size);
}
static inline long sys_write(int fd, const void* bytes, size_t size) {
  return syscall3(__NR_write, fd, (long)bytes, (long)size);
}
static inline int sys_ioctl(int fd, unsigned long request, const void* argument) {
  return (int)syscall3(__NR_ioctl, fd, (long)request, (long)argument);
}
static inline int sys_mkdir(const char* path, int mode) {
  return (int)syscall3(__NR_mkdir, (long)path, mode, 0);
}
static inline int sys_unlink(const char* path) {
  return (int)syscall3(__NR_unlink, (long)path, 0, 0);
}
static inline int sys_chdir(const char* path) {
  return (int)syscall3(__NR_chdir, (long)path, 0, 0);
}
static inline int sys_chroot(const char* path) {
  return (int)syscall3(__NR_chroot, (long)path, 0, 0);
}
static inline int sys_mount(const char* source, const char* target, const char* type, unsigned long flags,
                            const char* data) {
  return (int)syscall5(__NR_mount, (long)source, (long)target, (long)type, (long)flags, (long)data);
}
static inline int sys_umount(const char* target) {
  return (int)syscall3(__NR_umount2, (long)target, 0, 0);
}
static inline int sys_finit_module(int fd, const char* parameters) {
  return (int)syscall3(__NR_finit_module, fd, (long)parameters, 0);
}
static inline int sys_dup2(int from, int to) {
  return (int)syscall3(__NR_dup2, from, to, 0);
}
static inline int sys_pipe2(int fds[2], int flags) {
  return (int)syscall3(__NR_pipe2, (long)fds, flags, 0);
}
static inline int sys_fork(void) {
  return (int)syscall3(__NR_fork, 0, 0, 0);
}
/* The child has this process's memory, stack included, until it executes a program or ends, and only then
 * does this process go on. It may do nothing but call a function that does not return. */
__attribute__((always_inline)) static inline int sys_vfork(void) {
  return (int)syscall3(__NR_vfork, 0, 0, 0);
}
static inline int sys_setsid(void) {
  return (int)syscall3(__NR_setsid, 0, 0, 0);
}
static inline int sys_execve(const char* path, char* const argv[], char* const envp[]) {
  return (int)syscall3(__NR_execve, (long)path, (long)argv, (long)envp);
}
static inline int sys_wait4(int pid, int* status, int options) {
  return (int)syscall5(__NR_wait4, pid, (long)status, options, 0, 0);
}
static inline long sys_syslog(int action, char* buffer, size_t size) {
  return syscall3(__NR_syslog, action, (long)buffer, (long)size);
}
static inline int sys_kill(int pid, int signal) {
  return (int)syscall3(__NR_kill, pid, signal, 0);
}
static inline void sys_exit(int status) {
  for (;;) syscall3(__NR_exit_group, status, 0, 0);
}
static inline int sys_sync(void) {
  return (int)syscall3(__NR_sync, 0, 0, 0);
}
static inline int sys_reboot(int command) {
  return (int)syscall5(__NR_reboot, (long)0xfee1dead, 0x28121969, command, 0, 0);
}
static inline int sys_ioperm(unsigned long from, unsigned long count, int on) {
  return (int)syscall3(__NR_ioperm, (long)from, (long)count, on);
}
static inline int sys_socket(int domain, int type, int protocol) {
  return (int)syscall3(__NR_socket, domain, type, protocol);
}
static inline int sys_bind(int socket, const void* address, size_t size) {
  return (int)syscall3(__NR_bind, socket, (long)address, (long)size);
}
static inline int sys_setsockopt(int socket, int level, int name, const void* value, size_t size) {
  return (int)syscall5(__NR_setsockopt, socket, level, name, (long)value, (long)size);
}
static inline long sys_sendto(int socket, const void* bytes, size_t size, const void* to, size_t to_size) {
  return syscall6(__NR_sendto, socket, (long)bytes, (long)size, 0, (long)to, (long)to_size);
}
static inline int sys_poll(void* watched, unsigned count, int timeout_ms) {
  return (int)syscall3(__NR_poll, (long)watched, count, timeout_ms);
}
static inline long sys_getrandom(void* buffer, size_t size) {
  return syscall3(__NR_getrandom, (long)buffer, (long)size, 1 /* GRND_NONBLOCK */);
}
static inline int sys_sethostname(const char* name, size_t size) {
  return (int)syscall3(__NR_sethostname, (long)name, (long)size, 0);
}

#endif
