"""A correct server (confirm edition), except for the fault that FAULT names.

    python3 server.py FAULT TIMEOUT PORT DIR
"""
import os
import signal
import socket
import sys
import threading
import time

FAULT, TIMEOUT, PORT, DIR = sys.argv[1], float(sys.argv[2]), sys.argv[3], sys.argv[4]
GREETING = b"accio\r\n"
shared = None


class Stop(Exception):
    pass


def on_signal(number, frame):
    raise Stop


def expect(conn, held, words):
    while len(held) < len(words) and words.startswith(held):
        data = conn.recv(4096)
        if not data:
            raise ValueError("closed too early")
        held += data
    if not held.startswith(words):
        raise ValueError("not the handshake")
    return held[len(words):]


def handshake(conn):
    held = b""
    conn.sendall(GREETING)
    if FAULT == "takes-one-recv-for-a-confirmation":
        if conn.recv(1024) != b"confirm-accio\r\n":
            raise ValueError("not the handshake")
    else:
        held = expect(conn, held, b"confirm-accio\r\n")
    conn.sendall(GREETING)
    return expect(conn, held, b"confirm-accio-again\r\n\r\n")


def save(conn, path):
    global shared
    with open(path, "wb") as file:
        data = handshake(conn)
        shared = file
        size = 0
        while True:
            size += len(data)
            if FAULT == "decodes-text":
                data = data.decode("utf-8", "replace").encode()
            (shared if FAULT == "shares-the-file" else file).write(data)
            data = conn.recv(65536)
            if not data:
                break
            if FAULT == "stops-after-1-MiB" and size > 1 << 20:
                break
        if FAULT == "hangs-on-small-files" and size < 1000:
            time.sleep(3600)


def fail(path):
    if FAULT == "keeps-partial-data":
        with open(path, "ab") as file:
            file.write(b"ERROR")
    elif FAULT == "adds-a-newline":
        with open(path, "wb") as file:
            file.write(b"ERROR\n")
    elif FAULT != "writes-no-error":
        with open(path, "wb") as file:
            file.write(b"ERROR")


def serve(conn, number):
    name = f"{number}.txt" if FAULT == "names-files-txt" else f"{number}.file"
    path = os.path.join(DIR, "1.file" if FAULT == "always-saves-1.file" else name)
    conn.settimeout(TIMEOUT)
    try:
        save(conn, path)
    except (OSError, ValueError):
        fail(path)
    finally:
        conn.close()


def main():
    try:
        port = int(PORT)
        if not 1 <= port <= 65535:
            raise ValueError
    except ValueError:
        sys.stderr.write("ERROR: bad port\n")
        return 1
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(name, on_signal)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0", port))
    listener.listen(20)
    number = 0
    try:
        while True:
            conn, _ = listener.accept()
            number += 1
            thread = threading.Thread(target=serve, args=(conn, number), daemon=True)
            thread.start()
            if FAULT == "serves-one-after-another":
                thread.join()
    except Stop:
        pass
    listener.close()
    return 0


sys.exit(main())
