#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/mount.h>
#include <linux/time.h>

#include "init.h"
#include "syscalls.h"
#include "text.h"

#define ROOT "/root"

static void mount_new(const char* type, const char* target, unsigned long flags, const char* data) {
  sys_mkdir(target, 0755);
  int error = sys_mount(type, target, type, flags, data);
  /* The kernel may have mounted /dev itself. */
  if (error < 0 && error != -EBUSY) report_error("cannot mount '", target, "'", error);
}

void mount_kernel_filesystems(void) {
  mount_new("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
  mount_new("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
  mount_new("devtmpfs", "/dev", MS_NOSUID, "mode=0755");
}

/* Disks may turn up a little after their driver. */
static int wait_for(const char* path) {
  const struct timespec pause = {0, 2000000};
  int fd = -ENOENT;
  for (int tries = 0; tries < 2500; ++tries) { /* 5 seconds */
    fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd != -ENOENT && fd != -ENXIO) break;
    syscall3(__NR_nanosleep, (long)&pause, 0, 0);
  }
  if (fd >= 0) sys_close(fd);
  return fd;
}

bool enter_root(const struct options* options) {
  int error = wait_for(options->root);
  if (error < 0) {
    report_error("there is no root disk '", options->root, "'", error);
    return false;
  }
  sys_mkdir(ROOT, 0755);
  /* Nothing on the disk is ever looked up by time of access. */
  error = sys_mount(options->root, ROOT, "ext4", MS_NOATIME | (options->writable ? 0 : MS_RDONLY), 0);
  if (error < 0) {
    report_error("cannot mount the root disk '", options->root, "'", error);
    return false;
  }
  static const char* const kMoved[] = {"/proc", "/sys", "/dev"};
  for (unsigned i = 0; i < 3; ++i) {
    char target[16] = ROOT;
    text_append(target, sizeof target, kMoved[i]);
    error = sys_mount(kMoved[i], target, 0, MS_MOVE, 0);
    if (error < 0) report_error("cannot move '", kMoved[i], "' to the root disk", error);
  }
  /* pivot_root() refuses to work on an initramfs; this is what its documentation says instead. */
  sys_unlink("/init");
  if ((error = sys_chdir(ROOT)) < 0 || (error = sys_mount(".", "/", 0, MS_MOVE, 0)) < 0 ||
      (error = sys_chroot(".")) < 0 || (error = sys_chdir("/")) < 0) {
    report_error("cannot enter the root disk", 0, 0, error);
    return false;
  }
  return true;
}

void mount_temporary_filesystems(void) {
  mount_new("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777");
  mount_new("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777");
  mount_new("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755");
}
