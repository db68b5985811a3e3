/* The program in the images of tests about what lies outside of an image: volumes, shared directories and the
 * network. It serves on port 8080, over IPv6 too where there is any:
 *
 *   GET  /read/PATH        what is in the file            POST /write/PATH   the body into a new file, with
 * fsync GET  /list/PATH        the names in a directory       POST /lazy/PATH    the same without fsync GET
 * /remove/PATH      unlink                         GET  /fill/PATH    writes until nothing goes any more GET
 * /fetch/HOST/PATH  what HOST:8080 answers         GET  /resolve/NAME its addresses GET  /env/NAME         a
 * variable, or "unset"
 *
 * What fails is answered with status 500 and the error's text.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char reply[1 << 16];

static void on_term(int signal_number) {
  (void)signal_number;
  _exit(0);
}

static void send_all(int fd, const char* text, size_t size) {
  while (size > 0) {
    ssize_t count = write(fd, text, size);
    if (count <= 0) return;
    text += count;
    size -= (size_t)count;
  }
}

static void answer(int fd, int status, const char* body) {
  char head[256];
  int size = snprintf(
      head, sizeof head,
      "HTTP/1.1 %d %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
      status, status == 200 ? "OK" : "Failed", strlen(body));
  send_all(fd, head, (size_t)size);
  send_all(fd, body, strlen(body));
}

static void failed(int fd) {
  answer(fd, 500, strerror(errno));
}

static void read_file(int fd, const char* path) {
  int file = open(path, O_RDONLY);
  ssize_t count = file < 0 ? -1 : read(file, reply, sizeof reply - 1);
  if (count < 0) return failed(fd);
  reply[count] = 0;
  close(file);
  answer(fd, 200, reply);
}

static void write_file(int fd, const char* path, const char* body, int synced) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  size_t size = strlen(body);
  if (file < 0 || write(file, body, size) != (ssize_t)size || (synced && fsync(file) != 0) ||
      close(file) != 0)
    return failed(fd);
  answer(fd, 200, "written");
}

static void fill(int fd, const char* path) {
  static char block[1 << 16];
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
  size_t written = 0;
  memset(block, 'x', sizeof block);
  if (file < 0) return failed(fd);
  for (ssize_t count; written < (size_t)1 << 30; written += (size_t)count)
    if ((count = write(file, block, sizeof block)) <= 0) {
      failed(fd);
      close(file);
      return;
    }
  close(file);
  answer(fd, 200, "never full");
}

static void list(int fd, const char* path) {
  DIR* directory = opendir(path);
  if (!directory) return failed(fd);
  reply[0] = 0;
  for (struct dirent* entry; (entry = readdir(directory));) {
    if (entry->d_name[0] == '.') continue;
    strncat(reply, entry->d_name, sizeof reply - strlen(reply) - 2);
    strcat(reply, "\n");
  }
  closedir(directory);
  answer(fd, 200, reply);
}

static void resolve(int fd, const char* name) {
  struct addrinfo *all, hints = {.ai_socktype = SOCK_STREAM};
  int error = getaddrinfo(name, "8080", &hints, &all);
  if (error) return answer(fd, 500, gai_strerror(error));
  reply[0] = 0;
  for (struct addrinfo* one = all; one; one = one->ai_next) {
    char text[128] = "";
    getnameinfo(one->ai_addr, one->ai_addrlen, text, sizeof text, NULL, 0, NI_NUMERICHOST);
    strcat(reply, text);
    strcat(reply, "\n");
  }
  freeaddrinfo(all);
  answer(fd, 200, reply);
}

/* Of "HOST/PATH". */
static void fetch(int fd, char* what) {
  struct addrinfo *all, hints = {.ai_socktype = SOCK_STREAM};
  char* path = strchr(what, '/');
  char request[2048];
  if (path) *path++ = 0;
  int error = getaddrinfo(what, "8080", &hints, &all);
  if (error) return answer(fd, 500, gai_strerror(error));
  int peer = socket(all->ai_family, SOCK_STREAM, 0);
  if (peer < 0 || connect(peer, all->ai_addr, all->ai_addrlen) != 0) return failed(fd);
  snprintf(request, sizeof request, "GET /%s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n",
           path ? path : "", what);
  send_all(peer, request, strlen(request));
  size_t size = 0;
  for (ssize_t count; size < sizeof reply - 1; size += (size_t)count)
    if ((count = read(peer, reply + size, sizeof reply - 1 - size)) <= 0) break;
  reply[size] = 0;
  close(peer);
  freeaddrinfo(all);
  const char* body = strstr(reply, "\r\n\r\n");
  answer(fd, 200, body ? body + 4 : reply);
}

static void serve_one(int fd) {
  static char request[1 << 16];
  char method[16] = "", path[1024] = "";
  size_t size = 0;
  const char* end = NULL;
  for (;;) {
    ssize_t count = read(fd, request + size, sizeof request - size - 1);
    if (count <= 0) return;
    size += (size_t)count;
    request[size] = 0;
    if (!(end = strstr(request, "\r\n\r\n"))) continue;
    const char* length = strstr(request, "Content-Length: ");
    if (size >= (size_t)(end + 4 - request) + (length && length < end ? strtoul(length + 16, NULL, 10) : 0))
      break;
  }
  if (sscanf(request, "%15s %1023s", method, path) != 2) return;
  const char* body = end + 4;
  if (!strncmp(path, "/read/", 6)) return read_file(fd, path + 5);
  if (!strncmp(path, "/write/", 7)) return write_file(fd, path + 6, body, 1);
  if (!strncmp(path, "/lazy/", 6)) return write_file(fd, path + 5, body, 0);
  if (!strncmp(path, "/fill/", 6)) return fill(fd, path + 5);
  if (!strncmp(path, "/list/", 6)) return list(fd, path + 5);
  if (!strncmp(path, "/resolve/", 9)) return resolve(fd, path + 9);
  if (!strncmp(path, "/fetch/", 7)) return fetch(fd, path + 7);
  if (!strncmp(path, "/remove/", 8)) return unlink(path + 7) == 0 ? answer(fd, 200, "removed") : failed(fd);
  if (!strncmp(path, "/env/", 5)) {
    const char* value = getenv(path + 5);
    return answer(fd, 200, value ? value : "unset");
  }
  answer(fd, 200, "READY");
}

static int listen_on_8080(void) {
  struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(8080)};
  struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(8080)};
  int off = 0, fd = socket(AF_INET6, SOCK_STREAM, 0);
  if (fd >= 0) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  if (fd < 0 || bind(fd, (struct sockaddr*)&six, sizeof six) != 0) {
    fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr*)&four, sizeof four) != 0) return -1;
  }
  return listen(fd, 16) == 0 ? fd : -1;
}

int main(void) {
  int listener = listen_on_8080();
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGTERM, on_term);
  signal(SIGPIPE, SIG_IGN);
  if (listener < 0) {
    perror("listen");
    return 1;
  }
  printf("{\"severity\":\"INFO\",\"message\":\"listening\",\"port\":8080,\"logger\":\"faasc\"}\n");
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) continue;
    serve_one(fd);
    close(fd);
  }
}
