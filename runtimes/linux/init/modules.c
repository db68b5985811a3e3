#include <linux/errno.h>
#include <linux/fcntl.h>

#include "init.h"
#include "syscalls.h"
#include "text.h"

static void load_module(const char* name) {
  char path[128] = "/mod/";
  if (!text_append(path, sizeof path, name)) {
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

void load_modules(void) {
  static char order[16 * 1024];
  long size = read_whole_file("/mod/order", order, sizeof order);
  if (size == -ENOENT) return; /* a kernel with all it needs built in */
  if (size < 0) {
    report_error("cannot read '/mod/order'", 0, 0, (int)size);
    return;
  }
  for (char* line = order; *line;) {
    char* end = line;
    while (*end && *end != '\n') ++end;
    bool last = !*end;
    *end = 0;
    if (*line) load_module(line);
    if (last) break;
    line = end + 1;
  }
}
