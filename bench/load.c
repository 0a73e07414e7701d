/* The clients of the bench: as many bytes or connections as fast as one thread
 * can. What is sent comes from a file in memory by sendfile(), which costs the
 * sender next to nothing.
 *
 *   load send PORT GREETS EDITION CONNECTIONS PARALLEL BYTES
 *       prints the seconds from the first connect to the last close
 *   load hold PORT GREETS CONNECTIONS INTERVAL
 *       opens connections, prints "held" and keeps them until its stdin ends; each
 *       sends a byte every INTERVAL milliseconds (0: never)
 *
 * GREETS is 1 for a server that greets, else 0; EDITION is plain or confirm.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { GREETING = 7, SOURCE = 4 << 20 };
static const char *const answers[] = {"confirm-accio\r\n", "confirm-accio-again\r\n\r\n"};

struct client {
  int fd;
  int greetings; /* how many are still to come */
  int expected;  /* bytes of the one that is coming */
  int answer;    /* which answer is next */
  int finished;  /* our side is closed */
  long left;     /* bytes of the file to send */
};

static struct sockaddr_in server = {.sin_family = AF_INET};
static int poller, source, greets, confirm;
static long bytes;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static int dial(void) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) die("socket");
  if (connect(fd, (struct sockaddr *)&server, sizeof server) < 0) die("connect");
  return fd;
}

static void open_client(struct client *client) {
  client->fd = dial();
  fcntl(client->fd, F_SETFL, O_NONBLOCK);
  client->greetings = greets ? 1 + confirm : 0;
  client->expected = GREETING;
  client->answer = 0;
  client->finished = 0;
  client->left = bytes;
  struct epoll_event event = {EPOLLIN | EPOLLOUT, {.ptr = client}};
  if (epoll_ctl(poller, EPOLL_CTL_ADD, client->fd, &event) < 0) die("epoll_ctl");
}

static void want(struct client *client, unsigned events) {
  struct epoll_event event = {events, {.ptr = client}};
  if (epoll_ctl(poller, EPOLL_CTL_MOD, client->fd, &event) < 0) die("epoll_ctl");
}

/* Does what can be done without waiting; returns 1 once the server has closed. */
static int advance(struct client *client, unsigned events) {
  char buffer[64];
  while (client->greetings > 0) {
    ssize_t count = recv(client->fd, buffer, client->expected, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return want(client, EPOLLIN), 0;
    if (count <= 0) die("recv a greeting");
    if ((client->expected -= count) > 0) continue;
    client->expected = GREETING;
    client->greetings--;
    if (confirm) {
      const char *answer = answers[client->answer++];
      if (send(client->fd, answer, strlen(answer), 0) < 0) die("send");
    }
  }
  while (client->left > 0) {
    off_t offset = 0;
    size_t size = client->left < SOURCE ? client->left : SOURCE;
    ssize_t count = sendfile(client->fd, source, &offset, size);
    if (count < 0 && errno == EAGAIN) return want(client, EPOLLOUT), 0;
    if (count < 0) die("sendfile");
    client->left -= count;
  }
  if (!client->finished) {
    client->finished = 1;
    shutdown(client->fd, SHUT_WR);
    want(client, EPOLLIN);
  }
  if (!(events & (EPOLLIN | EPOLLHUP))) return 0;
  for (;;) {
    ssize_t count = recv(client->fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (count == 0) return 1;
    if (count < 0) return errno != EAGAIN;
  }
}

static void send_all(long connections, int parallel) {
  struct client *clients = calloc(parallel, sizeof *clients);
  struct epoll_event events[256];
  long opened = 0, closed = 0;
  double start = now();
  while (opened < parallel && opened < connections) {
    open_client(&clients[opened++]);
  }
  while (closed < connections) {
    int count = epoll_wait(poller, events, 256, 60000);
    if (count <= 0) die("epoll_wait: nothing for a minute");
    for (int i = 0; i < count; i++) {
      struct client *client = events[i].data.ptr;
      if (!advance(client, events[i].events)) continue;
      close(client->fd);
      closed++;
      if (opened < connections) {
        open_client(client);
        opened++;
      }
    }
  }
  printf("%.6f\n", now() - start);
}

static void hold(int connections, int interval) {
  int *fds = calloc(connections, sizeof *fds);
  char greeting[GREETING];
  for (int i = 0; i < connections; i++) {
    fds[i] = dial();
    if (greets && recv(fds[i], greeting, GREETING, MSG_WAITALL) != GREETING) die("recv");
  }
  puts("held");
  fflush(stdout);
  struct pollfd input = {STDIN_FILENO, POLLIN, 0};
  /* The bytes of all connections are spread evenly over the interval. */
  for (int slice = 0; poll(&input, 1, interval ? interval / 100 : -1) == 0; slice++) {
    for (int i = slice % 100; i < connections; i += 100) {
      if (send(fds[i], "x", 1, MSG_NOSIGNAL) < 0) die("send");
    }
  }
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  server.sin_port = htons(atoi(argv[2]));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  greets = atoi(argv[3]);
  if (strcmp(argv[1], "hold") == 0) {
    hold(atoi(argv[4]), atoi(argv[5]));
    return 0;
  }
  confirm = strcmp(argv[4], "confirm") == 0;
  bytes = atol(argv[7]);
  source = memfd_create("source", 0);
  if (source < 0 || ftruncate(source, SOURCE) < 0) die("memfd_create");
  char *memory = mmap(NULL, SOURCE, PROT_WRITE, MAP_SHARED, source, 0);
  for (long i = 0; i < SOURCE; i++) memory[i] = i * 2654435761u >> 13;
  poller = epoll_create1(0);
  send_all(atol(argv[5]), atoi(argv[6]));
  return 0;
}
