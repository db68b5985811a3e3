// A program that serves HTTP by itself, the way any language's does: it listens on $PORT and answers. Nothing
// here is particular to faasc.
#include <netinet/in.h>
#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void answer(int client) {
  char request[4096];
  ssize_t size = read(client, request, sizeof request - 1);
  if (size <= 0) return;
  request[size] = '\0';
  char path[1024] = "";
  sscanf(request, "%*s %1023s", path);

  char body[1100], response[1400];
  int body_size = snprintf(body, sizeof body, "Hello from %s\n", path);
  int response_size = snprintf(response, sizeof response,
                               "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n"
                               "Connection: close\r\n\r\n%s",
                               body_size, body);
  if (write(client, response, (size_t)response_size) < 0) perror("write");
}

int main(void) {
  const char* port = getenv("PORT");
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)atoi(port ? port : "8080")),
                                .sin_addr.s_addr = htonl(INADDR_ANY)};
  int server = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(server, (struct sockaddr*)&address, sizeof address) != 0 || listen(server, 64) != 0) {
    perror("server");
    return 1;
  }
  for (;;) {
    int client = accept(server, NULL, NULL);
    if (client < 0) continue;
    answer(client);
    close(client);
  }
}
