"""Correct clients (plain edition), each with a habit that is easily judged wrongly.

    python3 plain_client.py HABIT TIMEOUT HOST PORT FILE
"""
import socket
import sys


def send(habit, timeout, host, port, path):
    conn = socket.socket()
    if habit == "has-a-tiny-send-buffer":
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
    conn.settimeout(0.8 * timeout if habit == "gives-up-a-little-early" else timeout)
    conn.connect((host, port))
    greeting = b""
    while not greeting.endswith(b"accio\r\n"):
        byte = conn.recv(1)
        if not byte:
            raise OSError("closed too early")
        greeting += byte
    with open(path, "rb") as file:
        while data := file.read(1024):
            conn.sendall(data)
    conn.close()


try:
    habit, timeout, host, port, path = sys.argv[1:]
    send(habit, float(timeout), host, int(port), path)
except (OSError, ValueError, OverflowError) as error:
    sys.exit(f"ERROR: {error}")
