/* The servers that a systems student would write in C.
 *
 *   c PORT MODE HOW [DIR]
 *
 * MODE is count (print the number of bytes) or save (to DIR/1.file, …). HOW is
 *   loop     one thread, one connection after another, read() and write()
 *   threads  the same with a thread for each connection
 *   limit    as threads, but what the kernel can do without a copy to the
 *            program: splice() to the file, MSG_TRUNC for counting
 * The confirm edition is spoken where the first bytes are its confirmation.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 64 * 1024 };
static const char greeting[] = "accio\r\n", first[] = "confirm-accio\r\n",
                  second[] = "confirm-accio-again\r\n\r\n";

static int saving, limit;
static const char *dir;

struct connection {
  int fd;
  long number;
};

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void write_all(int fd, const char *bytes, ssize_t size) {
  while (size > 0) {
    ssize_t count = write(fd, bytes, size);
    if (count < 0) die("write");
    bytes += count;
    size -= count;
  }
}

/* Reads what comes first; the handshake's bytes, if it is one, are taken away. */
static ssize_t receive_first(int fd, char *buffer) {
  ssize_t size = read(fd, buffer, BUFFER);
  if (size != sizeof first - 1 || memcmp(buffer, first, size) != 0) return size;
  write_all(fd, greeting, sizeof greeting - 1);
  for (size = 0; size < (ssize_t)sizeof second - 1;) {
    ssize_t count = read(fd, buffer + size, BUFFER - size);
    if (count <= 0) return count;
    size += count;
  }
  size -= sizeof second - 1;
  memmove(buffer, buffer + sizeof second - 1, size);
  return size > 0 ? size : read(fd, buffer, BUFFER);
}

static long splice_all(int from, int to) {
  int pipes[2];
  if (pipe(pipes) < 0) die("pipe");
  fcntl(pipes[1], F_SETPIPE_SZ, 1 << 20);
  long total = 0;
  for (;;) {
    ssize_t size = splice(from, NULL, pipes[1], NULL, 1 << 20, SPLICE_F_MOVE);
    if (size <= 0) break;
    total += size;
    while (size > 0) {
      ssize_t count = splice(pipes[0], NULL, to, NULL, size, SPLICE_F_MOVE);
      if (count <= 0) die("splice");
      size -= count;
    }
  }
  close(pipes[0]);
  close(pipes[1]);
  return total;
}

static void serve(struct connection connection) {
  char *buffer = malloc(BUFFER);
  int file = -1;
  if (saving) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%ld.file", dir, connection.number);
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (file < 0) die("open");
  }
  write_all(connection.fd, greeting, sizeof greeting - 1);
  long total = 0;
  ssize_t size = receive_first(connection.fd, buffer);
  if (size > 0 && limit) {
    if (saving) write_all(file, buffer, size);
    total = size;
    if (saving) total += splice_all(connection.fd, file);
    while (!saving && (size = recv(connection.fd, NULL, 1 << 30, MSG_TRUNC)) > 0) total += size;
    size = 0;
  }
  for (; size > 0; size = read(connection.fd, buffer, BUFFER)) {
    if (saving) write_all(file, buffer, size);
    total += size;
  }
  if (saving) close(file);
  else printf("%ld\n", total), fflush(stdout);
  close(connection.fd);
  free(buffer);
}

static void *serve_thread(void *argument) {
  struct connection *connection = argument;
  serve(*connection);
  free(connection);
  return NULL;
}

int main(int argc, char **argv) {
  if (argc < 4) return 2;
  saving = strcmp(argv[2], "save") == 0;
  limit = strcmp(argv[3], "limit") == 0;
  int threads = strcmp(argv[3], "loop") != 0;
  dir = argc > 4 ? argv[4] : ".";
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  int listener = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0) die("bind");
  if (listen(listener, 4096) < 0) die("listen");
  fputs("listening\n", stderr);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 128 * 1024);
  for (long number = 1;; number++) {
    struct connection connection = {accept(listener, NULL, NULL), number};
    if (connection.fd < 0) die("accept");
    if (!threads) {
      serve(connection);
      continue;
    }
    struct connection *argument = malloc(sizeof *argument);
    *argument = connection;
    pthread_t thread;
    if (pthread_create(&thread, &attributes, serve_thread, argument) != 0) die("pthread_create");
  }
}
