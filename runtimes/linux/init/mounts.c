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
  int error = sys_mount(type, target, type, flags, data);
  if (error == -ENOENT && sys_mkdir(target, 0755) == 0) error = sys_mount(type, target, type, flags, data);
  /* The kernel may have mounted /dev itself. */
  if (error < 0 && error != -EBUSY) report_error("cannot mount '", target, "'", error);
}

void mount_kernel_filesystems(void) {
  mount_new("proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
  mount_new("devtmpfs", "/dev", MS_NOSUID, "mode=0755");
}

#define LABEL_BYTES 16

enum file_system { kNone, kExt4, kErofs };

/* Which file system with this label is on the disk. Superblocks are at byte 1024. That of an ext4 has its
 * magic at 56 and the label at 120, an EROFS at 0 and 64. */
static enum file_system labelled(const char* disk, const char* label) {
  char padded[LABEL_BYTES + 1] = "";
  unsigned char start[1024 + 256];
  if (!text_append(padded, sizeof padded, label)) return kNone;
  int fd = sys_open(disk, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return kNone;
  long count = sys_read(fd, start, sizeof start);
  sys_close(fd);
  if (count != (long)sizeof start) return kNone;
  const unsigned char* super = start + 1024;
  enum file_system found = super[56] == 0x53 && super[57] == 0xef ? kExt4
                           : super[0] == 0xe2 && super[1] == 0xe1 && super[2] == 0xf5 && super[3] == 0xe0
                               ? kErofs
                               : kNone;
  const unsigned char* name = super + (found == kErofs ? 64 : 120);
  for (unsigned i = 0; i < LABEL_BYTES; ++i)
    if (name[i] != (unsigned char)padded[i]) return kNone;
  return found;
}

/* A file system is on a disk, or on a partition of one; its path goes into `path`, which has to be empty. The
 * first disk need not be /dev/vda: VMMs number virtio-mmio devices as they like. */
static enum file_system find_labelled(const char* label, char* path) {
  enum file_system found;
  text_append(path, sizeof "/dev/vda1", "/dev/vda1");
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    path[7] = letter;
    path[8] = 0;
    if ((found = labelled(path, label)) != kNone) return found;
    for (path[8] = '1'; path[8] <= '4'; ++path[8])
      if ((found = labelled(path, label)) != kNone) return found;
  }
  path[0] = 0;
  return kNone;
}

static enum file_system find_root(char* path, bool given) {
  int fd;
  if (!given) return find_labelled("faasc-root", path);
  if ((fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0)) < 0) return kNone;
  sys_close(fd);
  return labelled(path, "faasc-root") == kErofs ? kErofs : kExt4;
}

long read_disk_with(const char* magic, char* buffer, size_t room) {
  char path[] = "/dev/vda";
  size_t magic_size = text_length(magic) + 1;
  for (; path[7] <= 'z'; ++path[7]) {
    int fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd == -ENOENT) break; /* They have their letters in order. */
    if (fd < 0) continue;
    size_t size = 0, same = 0;
    long count = sys_read(fd, buffer, 512);
    while (count == 512 && same < magic_size && buffer[same] == magic[same]) ++same;
    if (same == magic_size)
      for (size = 512; size < room && (count = sys_read(fd, buffer + size, room - size)) > 0;)
        size += (size_t)count;
    sys_close(fd);
    if (size) return (long)size;
  }
  return 0;
}

static void pause_for_a_moment(void) {
  const struct timespec pause = {0, 4000000};
  syscall3(__NR_nanosleep, (long)&pause, 0, 0);
}

static bool is_file(const char* path) {
  int fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
  if (fd >= 0) sys_close(fd);
  return fd >= 0;
}

static bool root_is_in_memory; /* it is the initramfs */

/* "mode=0755" and, where there is a limit, ",size=…k" */
static void memory_options(const struct options* options, char* out, size_t room) {
  char number[21];
  out[0] = 0;
  text_append(out, room, "mode=0755");
  if (!options->room_kib) return;
  text_decimal(options->room_kib, number);
  text_append(out, room, ",size=");
  text_append(out, room, number);
  text_append(out, room, "k");
}

/* What is written to a file system that is only read is kept in memory, in a layer over it. */
static int mount_layer(const char* disk, const struct options* options) {
  char data[64];
  int error;
  sys_mkdir("/lower", 0755);
  sys_mkdir("/layer", 0755);
  memory_options(options, data, sizeof data);
  if ((error = sys_mount(disk, "/lower", "erofs", MS_NOATIME | MS_RDONLY, 0)) < 0 ||
      (error = sys_mount("tmpfs", "/layer", "tmpfs", 0, data)) < 0)
    return error;
  sys_mkdir("/layer/upper", 0755);
  sys_mkdir("/layer/work", 0755);
  return sys_mount("overlay", ROOT, "overlay", MS_NOATIME,
                   "lowerdir=/lower,upperdir=/layer/upper,workdir=/layer/work");
}

static int mount_root(const char* disk, enum file_system kind, const struct options* options) {
  /* Nothing on the disk is ever looked up by time of access. */
  if (kind == kExt4)
    return sys_mount(disk, ROOT, "ext4", MS_NOATIME | (options->writable ? 0 : MS_RDONLY), 0);
  load_erofs();
  if (options->writable) return mount_layer(disk, options);
  return sys_mount(disk, ROOT, "erofs", MS_NOATIME | MS_RDONLY, 0);
}

void finish_root(const struct options* options) {
  char data[64];
  int error;
  if (!root_is_in_memory) return;
  memory_options(options, data, sizeof data);
  error = sys_mount(0, "/", 0, MS_REMOUNT, data);
  /* The mount, not the file system: init's own file, which is deleted, is open in that. */
  if (error >= 0 && !options->writable) error = sys_mount(0, "/", 0, MS_REMOUNT | MS_BIND | MS_RDONLY, 0);
  if (error < 0) report_error("cannot limit what is written to the root", 0, 0, error);
}

bool enter_root(const struct options* options) {
  struct timespec start, now;
  if ((root_is_in_memory = is_file(FAASC_PROGRAM_PATH))) {
    sys_unlink("/init");
    return true;
  }
  char root[sizeof options->root] = "";
  text_append(root, sizeof root, options->root);
  enum file_system found = find_root(root, options->root[0] != 0);
  syscall3(__NR_clock_gettime, CLOCK_MONOTONIC, (long)&start, 0);
  /* Disks may turn up a little after their driver. */
  for (now = start; found == kNone && now.tv_sec - start.tv_sec < MAX_WAIT_SECONDS;
       syscall3(__NR_clock_gettime, CLOCK_MONOTONIC, (long)&now, 0)) {
    pause_for_a_moment();
    found = find_root(root, options->root[0] != 0);
  }
  if (found == kNone) {
    if (options->root[0])
      report("there is no root disk '", options->root, "'", 0);
    else
      report("there is no disk with a file system labelled 'faasc-root'", 0, 0, 0);
    return false;
  }
  int error;
  sys_mkdir(ROOT, 0755);
  error = mount_root(root, found, options);
  if (error < 0) {
    report_error("cannot mount the root disk '", root, "'", error);
    return false;
  }
  static const char* const kMoved[] = {"/proc", "/dev"};
  for (unsigned i = 0; i < 2; ++i) {
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

/* Makes a directory and those above it, as far as that is possible. */
static void make_directories(const char* path) {
  char upto[256] = "";
  size_t size = text_length(path);
  if (!text_append(upto, sizeof upto, path)) return;
  for (size_t i = 1; i <= size; ++i) {
    if (path[i] != '/' && path[i]) continue;
    upto[i] = 0;
    sys_mkdir(upto, 0755);
    upto[i] = path[i];
  }
}

static int mount_volume(const char* disk, const char* directory, unsigned long flags) {
  int error = sys_mount(disk, directory, "ext4", flags, 0);
  /* Of a disk that cannot be written to. */
  if (error == -EROFS || error == -EACCES) error = sys_mount(disk, directory, "ext4", flags | MS_RDONLY, 0);
  return error;
}

/* Where volumes are, in the order in which they were mounted; of both lists of settings. */
static const char* mounted[FAASC_SETTINGS_MAX_MOUNTS * 2];
static unsigned mounted_count;

bool mount_at(const struct mount_point* mount) {
  const unsigned long flags = MS_NOATIME | MS_NOSUID | MS_NODEV | (mount->read_only ? MS_RDONLY : 0);
  char disk[sizeof "/dev/vda1"] = "";
  int error;
  make_directories(mount->directory); /* Where that fails, so does the mount. */
  if (mount->share) {
    /* What the guest writes is on the host when the call returns, and what the host writes is seen. */
    error = sys_mount(mount->name, mount->directory, "virtiofs", flags, 0);
    if (error < 0 && sys_mount(mount->name, mount->directory, "9p", flags,
                               "trans=virtio,version=9p2000.L,cache=none,msize=262144") == 0)
      error = 0;
  } else {
    if (find_labelled(mount->name, disk) != kExt4) {
      report("there is no disk with an ext4 labelled '", mount->name, "'", 0);
      return false;
    }
    error = mount_volume(disk, mount->directory, flags);
  }
  if (error < 0) {
    report_error(mount->share ? "cannot mount the share '" : "cannot mount the volume '", mount->name, "'",
                 error);
    report("it was to be mounted at '", mount->directory, "'", 0);
    return false;
  }
  if (!mount->share && mounted_count < FAASC_SETTINGS_MAX_MOUNTS * 2)
    mounted[mounted_count++] = mount->directory;
  return true;
}

void unmount_volumes(void) {
  while (mounted_count > 0) {
    const char* directory = mounted[--mounted_count];
    int error = -EBUSY;
    for (int i = 0; i < 100 && error == -EBUSY; ++i) {
      error = sys_umount(directory);
      if (error == -EBUSY) pause_for_a_moment();
    }
    if (error < 0) error = sys_mount(0, directory, 0, MS_REMOUNT | MS_RDONLY, 0);
    if (error < 0) report_error("cannot unmount '", directory, "'", error);
  }
}

void mount_program_filesystems(void) {
  mount_new("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC, 0);
  mount_new("tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV, "mode=1777");
  mount_new("tmpfs", "/tmp", MS_NOSUID | MS_NODEV, "mode=1777");
  mount_new("tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=0755");
}
