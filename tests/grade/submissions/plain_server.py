"""Concurrent servers (plain edition), each with a habit that is easily judged wrongly.

    python3 plain_server.py HABIT TIMEOUT PORT DIR
"""
import signal
import socket
import sys
import threading

HABIT, TIMEOUT, PORT, DIR = sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4]
kept = []


def save(conn, path):
    conn.settimeout(TIMEOUT)
    try:
        if HABIT != "never-greets":
            conn.sendall(b"accio\r\n")
        content = b""
        while data := conn.recv(1 << 20):
            content += data
    except OSError:
        content = b"ERROR"
    with open(path, "wb") as file:
        file.write(content)
    if HABIT == "never-closes" and content != b"ERROR":
        kept.append(conn)
    else:
        conn.close()


try:
    port = int(PORT)
    if not 1 <= port <= 65535:
        raise ValueError
except ValueError:
    sys.exit("ERROR: bad port")
signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
listener = socket.create_server(("0.0.0.0", port), backlog=20)
number = 0
while True:
    client, _ = listener.accept()
    number += 1
    thread = threading.Thread(target=save, args=(client, f"{DIR}/{number}.file"), daemon=True)
    thread.start()
