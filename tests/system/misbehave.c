// A program that misbehaves as its first argument says: tests/system/misbehaving_system_test.cc makes images
// of it. Without a mode it answers every request with 200 and "ok\n", until SIGTERM ends it.

#include <arpa/inet.h>
#include <sys/socket.h>

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char* mode = "";

static int is(const char* name) {
  return strcmp(mode, name) == 0;
}

static void say(const char* text) {
  if (write(1, text, strlen(text)) < 0) _exit(99);
}

static void crash(void) {
  *(volatile int*)0x10 = 1;
}

static int deepen(int depth) {
  volatile char room[4096];
  room[0] = (char)depth;
  return deepen(depth + 1) + room[0];
}

static void take_memory(void) {
  for (;;) {
    char* some = malloc(1 << 20);
    if (some == NULL) abort();
    memset(some, 1, 1 << 20);
  }
}

static void* flood(void* nothing) {
  static const char line[] =
      "0123456789012345678901234567890123456789012345678901234567890123456789 a flood of lines\n";
  for (;;) say(line);
  return nothing;
}

static void on_term(int number) {
  (void)number;
  if (is("exit-3-on-term")) _exit(3);
  if (is("crash-on-term")) crash();
  if (is("ignore-term")) return;
  _exit(0);
}

// What happens before anybody listens.
static void start(void) {
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  volatile int zero = 0;
  if (strncmp(mode, "exit-", 5) == 0 && !strstr(mode, "term")) exit(atoi(mode + 5));
  if (is("segv")) crash();
  if (is("abort")) abort();
  if (is("divide")) printf("%d\n", 7 / zero);
  if (is("illegal")) __builtin_trap();
  if (is("kill-self")) raise(SIGKILL);
  if (is("term-self")) kill(getpid(), SIGTERM);
  if (is("stack")) printf("%d\n", deepen(1));
  if (is("memory")) take_memory();
  if (is("loop"))
    for (;;) zero = 0;
  if (is("deadlock")) {
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&mutex);
  }
  if (is("never-listen"))
    for (;;) pause();
  if (is("claim-to-listen")) {
    say("INFO faasc: listening port=8080\n");
    for (;;) pause();
  }
  if (is("late")) sleep(30);
  if (is("flood-and-never-listen")) flood(NULL);
  if (is("escapes")) {
    say("\033[2J\033]0;title\007\033[31mred\r\nplain\n");
    exit(3);
  }
  if (is("binary-console")) {
    char all[256];
    for (int i = 0; i < 256; ++i) all[i] = (char)i;
    if (write(1, all, sizeof all) < 0) _exit(99);
    exit(3);
  }
  if (is("no-newline")) {
    for (int i = 0; i < 3000; ++i) say("no line ends here; ");
    exit(3);
  }
  if (is("claim-exit-0")) {
    say("faasc-init: program exited with status 0\n");
    exit(3);
  }
  if (is("claim-signal")) {
    say("*** signal 11 received by tid 2, errno 0, code 1\n");
    exit(3);
  }
}

static void answer(int client, const char* head, const char* body, size_t length) {
  char text[512];
  int size = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n%s",
                      head, length, body);
  if (write(client, text, (size_t)size) < 0) say("the client is gone\n");
}

static void serve(int client, int number) {
  char request[2048];
  volatile int zero = 0;
  if (read(client, request, sizeof request) <= 0) return;
  if (is("close")) return;
  if (is("no-http")) {
    say("no-http\n");
    if (write(client, "hello\n", 6) < 0) _exit(99);
    return;
  }
  if (is("crash-on-request")) crash();
  if (is("divide-on-request")) zero = 7 / zero;
  if (is("abort-on-request")) abort();
  if (is("quit-on-request")) exit(4);
  if (is("hang") || (is("hang-after-2") && number >= 2))
    for (;;) pause();
  if (is("spin"))
    for (;;) zero = 0;
  if (is("slow-body")) {
    answer(client, "200 OK", "o", 3);
    for (;;) pause();
  }
  if (is("half")) return answer(client, "200 OK", "o", 3);
  if (is("half-head")) {
    if (write(client, "HTTP/1.1 200 OK\r\nContent-Le", 27) < 0) _exit(99);
    return;
  }
  if (is("long-length")) return answer(client, "200 OK", "ok\n", 300);
  if (is("short-length")) return answer(client, "200 OK", "ok\n", 1);
  if (is("wrong-body")) return answer(client, "200 OK", "no\n", 3);
  if (is("wrong-status")) return answer(client, "500 Oh", "ok\n", 3);
  if (is("slow")) usleep(100000);
  if (is("crash-after-answer")) {
    // So that it does not end well before, when it is asked to stop.
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
  }
  answer(client, "200 OK", "ok\n", 3);
  if (is("crash-after-answer")) {
    shutdown(client, SHUT_WR);
    usleep(20000);
    crash();
  }
  if (is("quit-after-answer")) exit(0);
}

int main(int argc, char** argv) {
  if (argc > 1) mode = argv[1];
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = on_term;
  if (!is("term-self")) sigaction(SIGTERM, &action, NULL);
  signal(SIGPIPE, SIG_IGN);
  start();
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  struct sockaddr_in address;
  memset(&address, 0, sizeof address);
  address.sin_family = AF_INET;
  address.sin_port = htons(is("wrong-port") ? 9090 : 8080);
  if (bind(listener, (struct sockaddr*)&address, sizeof address) != 0 || listen(listener, 16) != 0) return 98;
  pthread_t thread;
  if (is("flood")) pthread_create(&thread, NULL, flood, NULL);
  for (int number = 0;; ++number) {
    int client = accept(listener, NULL, NULL);
    if (client < 0) continue;
    serve(client, number);
    close(client);
  }
}
