#include <linux/errno.h>
#include <linux/fcntl.h>

#include "init.h"
#include "syscalls.h"
#include "text.h"

#define DIRECTORY_ROOM 32

static const char kModules[] = "/mod/";

/* Leads to the initramfs' modules after the root is another one; -1 where there are none. */
static int directory_fd = -1;

static void load_module(const char* directory, const char* name) {
  char path[DIRECTORY_ROOM + 128] = "";
  if (!text_append(path, sizeof path, directory) || !text_append(path, sizeof path, name)) {
    report("module '", name, "' has too long a name", 0);
    return;
  }
  int fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
  if (fd == -ENOENT) return; /* built in */
  int error = fd;
  if (fd >= 0) {
    error = sys_finit_module(fd, "");
    sys_close(fd);
  }
  if (error < 0 && error != -EEXIST) report_error("cannot load module '", name, "'", error);
  sys_unlink(path); /* it lies in memory, which the program can use */
}

/* Each module of a list, a name on a line; only taken away where it is not to be loaded. */
static void for_each_module(const char* directory, const char* list, bool wanted) {
  static char order[16 * 1024];
  char path[DIRECTORY_ROOM + 16] = "";
  text_append(path, sizeof path, directory);
  text_append(path, sizeof path, list);
  long size = read_whole_file(path, order, sizeof order);
  if (size == -ENOENT) return; /* a kernel with all it needs built in */
  if (size < 0) {
    report_error("cannot read '", path, "'", (int)size);
    return;
  }
  for (char* line = order; *line;) {
    char* end = line;
    while (*end && *end != '\n') ++end;
    bool last = !*end;
    *end = 0;
    if (*line && wanted) load_module(directory, line);
    if (*line && !wanted) {
      char module[DIRECTORY_ROOM + 128] = "";
      text_append(module, sizeof module, directory);
      if (text_append(module, sizeof module, line)) sys_unlink(module);
    }
    if (last) break;
    line = end + 1;
  }
}

void load_modules(void) {
  directory_fd = sys_open("/mod", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
  for_each_module(kModules, "order", true);
}

void load_erofs(void) {
  for_each_module(kModules, "erofs", true);
}

void finish_modules(bool has_shares) {
  char directory[DIRECTORY_ROOM] = "/proc/self/fd/", number[21];
  if (directory_fd < 0) return;
  text_decimal((unsigned long)directory_fd, number);
  text_append(directory, sizeof directory, number);
  text_append(directory, sizeof directory, "/");
  for_each_module(directory, "shares", has_shares);
  for_each_module(directory, "erofs", false);
  sys_close(directory_fd);
}
