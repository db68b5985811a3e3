#include <linux/reboot.h>
#include <linux/signal.h>

#include <asm/ioctls.h>

#include "init.h"
#include "syscalls.h"

void power_down(unsigned exit_port, int code) {
  sys_kill(-1, SIGKILL); /* What the program has left behind would keep volumes busy. */
  unmount_volumes();
  sys_sync();
  sys_ioctl(1, TCSBRK,
            (const void*)1); /* tcdrain(): the last lines are still on their way through the serial port */
  if (exit_port && sys_ioperm(exit_port, 4, 1) == 0)
    __asm__ volatile("outl %0, %w1" : : "a"((unsigned)code), "Nd"((unsigned short)exit_port));
  /* There is no such device. A VMM that was told not to reboot ends here too. */
  sys_reboot(LINUX_REBOOT_CMD_RESTART);
  for (;;) syscall3(__NR_pause, 0, 0, 0);
}
