"""A correct sequential server (confirm edition), except for the fault that FAULT names.

    python3 server_s.py FAULT TIMEOUT PORT
"""
import signal
import socket
import sys
import threading
import time

FAULT, TIMEOUT, PORT = sys.argv[1], float(sys.argv[2]), sys.argv[3]
GREETING = b"accio\n" if FAULT == "greets-without-cr" else b"accio\r\n"
stopped = False


class Stop(Exception):
    pass


def on_signal(number, frame):
    global stopped
    stopped = True
    if FAULT != "signal-sets-a-variable-only":
        raise Stop


class Reader:
    """Collects what recv() returns until it has the expected bytes."""

    def __init__(self, conn):
        self.conn, self.held = conn, b""

    def expect(self, words):
        while len(self.held) < len(words) and words.startswith(self.held):
            # With this fault, no byte of the file may be received by accident.
            data = self.conn.recv(1 if FAULT == "never-receives" else 4096)
            if not data:
                raise ValueError("closed too early")
            self.held += data
        if not self.held.startswith(words):
            raise ValueError("not the handshake")
        self.held = self.held[len(words):]


def handshake(conn):
    reader = Reader(conn)
    conn.sendall(GREETING)
    if FAULT == "never-confirms":
        return b""
    if FAULT == "takes-one-recv-for-a-confirmation":
        if conn.recv(1024) != b"confirm-accio\r\n":
            raise ValueError("not the handshake")
    else:
        reader.expect(b"confirm-accio\r\n")
    conn.sendall(GREETING)
    reader.expect(b"confirm-accio-again\r\n\r\n")
    if FAULT == "drops-what-came-with-the-confirmation":
        return b""
    return reader.held


def receive(conn):
    conn.settimeout(None if FAULT == "has-no-timeout" else TIMEOUT / 2 if FAULT == "times-out-early" else TIMEOUT)
    deadline = time.monotonic() + TIMEOUT
    count = len(handshake(conn))
    if FAULT == "never-receives":
        time.sleep(3600)
    if FAULT == "counts-the-confirmations":
        count += 38
    received = 0
    while True:
        if FAULT == "limits-the-whole-connection":
            conn.settimeout(max(0.01, deadline - time.monotonic()))
        data = conn.recv(65536)
        received += 1
        if not data:
            break
        if FAULT != "skips-single-bytes" or len(data) > 1 or received > 40:
            count += len(data)
        if FAULT == "stops-after-1-MiB" and count > 1 << 20:
            break
    if FAULT == "hangs-on-small-files" and count < 1000:
        time.sleep(3600)
    return count


def serve(conn):
    try:
        count = receive(conn)
        print(f"{count / 2**20:.0f} MiB" if FAULT == "prints-MiB" and count > 1 << 20 else count)
    except socket.timeout:
        if FAULT == "dies-on-timeout":
            print("ERROR")
            conn.close()
            raise
        print("timeout" if FAULT == "prints-no-error" else "ERROR")
    except (OSError, ValueError):
        print("ERROR")
    finally:
        conn.close()


def main():
    if FAULT == "crashes-on-a-bad-port":
        port = int(PORT)
    else:
        try:
            port = int(PORT)
            if not 1 <= port <= 65535:
                raise ValueError
        except ValueError:
            sys.stderr.write("ERROR: bad port\n")
            return 0 if FAULT == "exits-0-on-a-bad-port" else 1
    if FAULT != "ignores-signals":
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
            if FAULT != "handles-no-signals":
                signal.signal(number, on_signal)
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1" if FAULT == "listens-on-localhost" else "0.0.0.0", port))
    listener.listen(1 if FAULT == "has-a-short-backlog" else 20)
    try:
        while not stopped:
            conn, _ = listener.accept()
            if FAULT == "serves-all-at-once":
                threading.Thread(target=serve, args=(conn,), daemon=True).start()
            else:
                serve(conn)
            if FAULT == "serves-one-connection":
                break
    except Stop:
        pass
    listener.close()
    return 0


sys.exit(main())
