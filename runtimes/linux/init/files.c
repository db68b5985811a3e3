#include <linux/errno.h>
#include <linux/fcntl.h>

#include "init.h"
#include "syscalls.h"
#include "text.h"

long read_whole_file(const char* path, char* buffer, size_t room) {
  int fd = sys_open(path, O_RDONLY | O_CLOEXEC, 0);
  if (fd < 0) return fd;
  size_t size = 0;
  long count = 1;
  while (size < room && (count = sys_read(fd, buffer + size, room - size)) > 0) size += (size_t)count;
  sys_close(fd);
  if (count < 0) return count;
  if (size == room) return -EFBIG;
  buffer[size] = 0;
  return (long)size;
}

int write_whole_file(const char* path, const char* text) {
  int fd = sys_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return fd;
  long count = sys_write(fd, text, text_length(text));
  sys_close(fd);
  return count < 0 ? (int)count : 0;
}
