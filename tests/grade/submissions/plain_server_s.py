"""Sequential servers (plain edition), each with a habit that is easily judged wrongly.

    python3 plain_server_s.py HABIT TIMEOUT PORT
"""
import signal
import socket
import sys

HABIT, TIMEOUT, PORT = sys.argv[1], float(sys.argv[2]), sys.argv[3]


def count(conn):
    if HABIT == "receives-once":
        return len(conn.recv(4096))
    total = 0
    while data := conn.recv(65536):
        total += len(data)
        if HABIT == "stops-at-a-newline" and data.endswith(b"\n"):
            break
    return total


def serve(conn):
    conn.settimeout(TIMEOUT)
    conn.sendall(b"accio\r\n")
    try:
        total = count(conn)
        print(total, file=sys.stderr if HABIT == "prints-numbers-to-stderr" else sys.stdout)
    except socket.timeout:
        if HABIT == "prints-errors-to-stderr":
            sys.stderr.write("ERROR: timeout\n")
        else:
            print("ERROR")
        conn.close()
    if HABIT == "dies-after-a-file":
        sys.exit("ERROR: no space left")
    if HABIT != "never-closes":
        conn.close()


try:
    port = int(PORT)
    if not 1 <= port <= 65535:
        raise ValueError
except ValueError:
    sys.exit("ERROR: bad port")
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
listener = socket.create_server(("0.0.0.0", port), backlog=10)
while True:
    # A connection that was not closed is closed here, when the name gets the next one.
    current, _ = listener.accept()
    serve(current)
