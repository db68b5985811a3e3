// Runs in a guest: walks everything below /trees and says what is there, in the notation of random_tree.h.
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int failures;

static void put_escaped(const char* text) {
  for (; *text; ++text) {
    unsigned char c = (unsigned char)*text;
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '/')
      putchar(c);
    else
      printf("%%%02x", c);
  }
}

static void fail(const char* what, const char* path) {
  printf("cannot %s ", what);
  put_escaped(path);
  printf(": %s\n", strerror(errno));
  ++failures;
}

static void file(const char* path, const struct stat* status) {
  static unsigned char buffer[1 << 20];
  uint64_t hash = 0xcbf29ce484222325;
  size_t size = 0;
  ssize_t count;
  int fd = open(path, O_RDONLY);
  if (fd < 0) {
    fail("open", path);
    return;
  }
  while ((count = read(fd, buffer, sizeof buffer)) > 0) {
    for (ssize_t i = 0; i < count; ++i) hash = (hash ^ buffer[i]) * 0x100000001b3;
    size += (size_t)count;
  }
  close(fd);
  if (count < 0 || size != (size_t)status->st_size) fail("read", path);
  printf("f ");
  put_escaped(path);
  printf(" %zu %016llx\n", size, (unsigned long long)hash);
}

static void walk(char* path, size_t length) {
  DIR* directory = opendir(path);
  struct dirent* entry;
  struct stat status;
  char target[4096];
  if (!directory) {
    fail("list", path);
    return;
  }
  while ((entry = readdir(directory))) {
    if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, "..")) continue;
    size_t more = strlen(entry->d_name);
    path[length] = '/';
    memcpy(path + length + 1, entry->d_name, more + 1);
    if (lstat(path, &status) != 0) {
      fail("see", path);
    } else if (S_ISDIR(status.st_mode)) {
      printf("d ");
      put_escaped(path);
      putchar('\n');
      walk(path, length + 1 + more);
    } else if (S_ISLNK(status.st_mode)) {
      ssize_t size = readlink(path, target, sizeof target - 1);
      if (size < 0) fail("read the link", path);
      target[size < 0 ? 0 : size] = 0;
      printf("l ");
      put_escaped(path);
      putchar(' ');
      put_escaped(target);
      putchar('\n');
    } else {
      file(path, &status);
    }
  }
  path[length] = 0;
  closedir(directory);
}

int main(void) {
  static char path[65536] = "/trees";
  setvbuf(stdout, NULL, _IOFBF, 1 << 16);
  walk(path, strlen(path));
  printf("walked, %d failures\n", failures);
  fflush(stdout);
  return failures ? 1 : 7;
}
