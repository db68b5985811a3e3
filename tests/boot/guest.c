/* The program in the images that the boot tests start. What it does first is told by its arguments, what it
 * does then by the path of a request:
 *
 *   serve            say "listening" as libfaasrt does, and serve        /            "hello\n"
 *   quiet            serve without a word                                /health/...  "READY"
 *   exit N           end with status N                                   /echo        the request's method,
 * path and body in JSON signal N         raise signal N                                      /exit/N      end
 * with status N mute             never listen                                        /signal/N    raise
 * signal N liar             say "listening" and do not                          /log/TEXT    print TEXT
 *   stubborn         serve, and ignore SIGTERM                           /sleep/MS    answer later
 *   flood            print 1.5 MB and end with status 7                    /close       close without an
 * answer binary           print bytes no terminal should see, then serve      /garbage     answer what is not
 * HTTP /cut         answer less than announced
 *                                                                      /env/NAME    the value of a variable,
 * or "unset"
 */
#include <netinet/in.h>
#include <sys/socket.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void on_term(int signal_number) {
  static const char text[] = "the guest got SIGTERM\n";
  (void)signal_number;
  if (write(STDOUT_FILENO, text, sizeof text - 1) < 0) _exit(1);
  _exit(0);
}

static void say_listening(void) {
  printf("{\"severity\":\"INFO\",\"message\":\"listening\",\"port\":8080,\"logger\":\"faasc\"}\n");
}

static int listen_on_8080(void) {
  int socket_fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(8080)};
  if (socket_fd < 0 || bind(socket_fd, (struct sockaddr*)&address, sizeof address) != 0 ||
      listen(socket_fd, 16) != 0) {
    perror("listen");
    exit(1);
  }
  return socket_fd;
}

static void send_text(int fd, const char* text, size_t size) {
  while (size > 0) {
    ssize_t count = write(fd, text, size);
    if (count <= 0) return;
    text += count;
    size -= (size_t)count;
  }
}

static void answer(int fd, const char* type, const char* body) {
  char head[256];
  int size =
      snprintf(head, sizeof head,
               "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
               type, strlen(body));
  send_text(fd, head, (size_t)size);
  send_text(fd, body, strlen(body));
}

static size_t read_request(int fd, char* buffer, size_t capacity) {
  size_t size = 0;
  for (;;) {
    ssize_t count = read(fd, buffer + size, capacity - size - 1);
    if (count <= 0) return size;
    size += (size_t)count;
    buffer[size] = 0;
    const char* end = strstr(buffer, "\r\n\r\n");
    if (!end) continue;
    const char* length = strstr(buffer, "Content-Length: ");
    size_t body = length && length < end ? strtoul(length + 16, NULL, 10) : 0;
    if (size >= (size_t)(end + 4 - buffer) + body) return size;
  }
}

static void serve_one(int fd) {
  static char request[65536], reply[70000];
  char method[16] = "", path[1024] = "";
  size_t size = read_request(fd, request, sizeof request);
  request[size] = 0;
  if (sscanf(request, "%15s %1023s", method, path) != 2) return;
  const char* body = strstr(request, "\r\n\r\n");
  body = body ? body + 4 : "";

  if (!strncmp(path, "/exit/", 6)) exit(atoi(path + 6));
  if (!strncmp(path, "/signal/", 8)) {
    if (atoi(path + 8) == SIGSEGV) *(volatile int*)0 = 1;
    raise(atoi(path + 8));
  }
  if (!strncmp(path, "/sleep/", 7)) {
    long milliseconds = atol(path + 7);
    struct timespec span = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&span, NULL);
  }
  if (!strncmp(path, "/log/", 5)) printf("%s\n", path + 5);
  if (!strcmp(path, "/close")) return;
  if (!strcmp(path, "/garbage")) return send_text(fd, "what?\r\n\r\n", 9);
  if (!strcmp(path, "/cut")) return send_text(fd, "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort", 44);
  if (!strncmp(path, "/env/", 5)) {
    const char* value = getenv(path + 5);
    return answer(fd, "text/plain", value ? value : "unset");
  }
  if (!strncmp(path, "/file/", 6)) {
    FILE* file = fopen(path + 5, "r");
    size_t count = file ? fread(reply, 1, sizeof reply - 1, file) : 0;
    reply[count] = 0;
    if (file) fclose(file);
    return answer(fd, "text/plain", file ? reply : "cannot be read");
  }
  if (!strncmp(path, "/health/", 8)) return answer(fd, "text/plain", "READY");
  if (!strncmp(path, "/echo", 5)) {
    snprintf(reply, sizeof reply,
             "{\"method\":\"%s\",\"path\":\"%s\",\"body\":\"%s\",\"list\":[1,{\"a\":null}]}", method, path,
             body);
    return answer(fd, "application/json", reply);
  }
  answer(fd, "text/plain", "hello\n");
}

int main(int argc, char** argv) {
  const char* mode = argc > 1 ? argv[1] : "serve";
  int number = argc > 2 ? atoi(argv[2]) : 0;
  setvbuf(stdout, NULL, _IOLBF, 0);
  signal(SIGTERM, strcmp(mode, "stubborn") ? on_term : SIG_IGN);
  signal(SIGPIPE, SIG_IGN);

  if (!strcmp(mode, "exit")) return number;
  if (!strcmp(mode, "signal")) raise(number);
  if (!strcmp(mode, "mute") || !strcmp(mode, "liar")) {
    printf("this guest never listens\n");
    if (!strcmp(mode, "liar")) say_listening();
    for (;;) pause();
  }
  if (!strcmp(mode, "flood")) {
    for (int i = 0; i < 30000; ++i) printf("line %06d of a flood of lines that nobody wants\n", i);
    printf("the last line\n");
    return 7;
  }
  if (!strcmp(mode, "binary")) {
    static const char bytes[] =
        "\x1b]0;owned\a\x1b[2J\0\xff\xfe\x9b"
        "31m\r\n";
    fwrite(bytes, 1, sizeof bytes - 1, stdout);
    for (int i = 0; i < 100000; ++i) putchar('x');
    putchar('\n');
  }
  int listener = listen_on_8080();
  if (strcmp(mode, "quiet")) say_listening();
  for (;;) {
    int fd = accept(listener, NULL, NULL);
    if (fd < 0) continue;
    serve_one(fd);
    close(fd);
  }
}
