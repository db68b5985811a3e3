#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/mount.h>
#include <linux/time.h>

#include "init.h"
#include "syscalls.h"
#include "text.h"

#define ROOT "/root"
#define MAX_WAIT_SECONDS 3

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

/* Whether the disk has an ext4 superblock (at byte 1024; magic at 56, volume name at 120) with our label. */
static bool is_labelled_root(const char* disk) {
  static const char kLabel[16] = "faasc-root";
  unsigned char start[1024 + 256];
  int fd = sys_open(disk, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return false;
  long count = sys_read(fd, start, sizeof start);
  sys_close(fd);
  if (count != (long)sizeof start || start[1024 + 56] != 0x53 || start[1024 + 57] != 0xef) return false;
  for (unsigned i = 0; i < sizeof kLabel; ++i)
    if (start[1024 + 120 + i] != (unsigned char)kLabel[i]) return false;
  return true;
}

/* The root is a disk, or a partition of one. The first disk need not be /dev/vda: VMMs number virtio-mmio
 * devices as they like. */
static bool find_root(char* path, bool given) {
  int fd;
  if (given) {
    if ((fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0)) >= 0) sys_close(fd);
    return fd >= 0;
  }
  text_append(path, sizeof "/dev/vda1", "/dev/vda1");
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    path[7] = letter;
    path[8] = 0;
    if (is_labelled_root(path)) return true;
    for (path[8] = '1'; path[8] <= '4'; ++path[8])
      if (is_labelled_root(path)) return true;
  }
  path[0] = 0;
  return false;
}

bool enter_root(const struct options* options) {
  const struct timespec pause = {0, 4000000};
  struct timespec start, now;
  char root[sizeof options->root] = "";
  text_append(root, sizeof root, options->root);
  bool found = find_root(root, options->root[0] != 0);
  syscall3(__NR_clock_gettime, CLOCK_MONOTONIC, (long)&start, 0);
  /* Disks may turn up a little after their driver. */
  for (now = start; !found && now.tv_sec - start.tv_sec < MAX_WAIT_SECONDS;
       syscall3(__NR_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0)) {
    syscall3(__NR_nanosleep, (long)&pause, 0, 0);
    found = find_root(root, options->root[0] != 0);
  }
  if (!found) {
    if (options->root[0])
      report("there is no root disk '", options->root, "'", 0);
    else
      report("there is no disk with an ext4 labelled 'faasc-root'", 0, 0, 0);
    return false;
  }
  int error;
  sys_mkdir(ROOT, 0755);
  /* Nothing on the disk is ever looked up by time of access. */
  error = sys_mount(root, ROOT, "ext4", MS_NOATIME | (options->writable ? 0 : MS_RDONLY), 0);
  if (error < 0) {
    report_error("cannot mount the root disk '", root, "'", error);
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
