"""A correct client (confirm edition), except for the fault that FAULT names.

    python3 client.py FAULT TIMEOUT HOST PORT FILE
"""
import socket
import sys
import time

FAULT, TIMEOUT, ARGUMENTS = sys.argv[1], float(sys.argv[2]), sys.argv[3:]
GREETING = b"accio\r\n"


def await_greeting(conn):
    held = b""
    if FAULT == "takes-one-recv-for-a-greeting":
        if conn.recv(1024) != GREETING:
            raise ValueError("not the greeting")
        return
    if FAULT == "takes-any-bytes-for-a-greeting":
        conn.recv(1024)
        return
    while len(held) < len(GREETING):
        data = conn.recv(len(GREETING) - len(held))
        if not data:
            raise ValueError("closed too early")
        held += data
    if held != GREETING:
        raise ValueError("not the greeting")


def send_file(conn, file):
    sent = 0
    while True:
        data = file.read(65536)
        if not data or FAULT == "sends-no-small-files" and sent + len(data) < 1000:
            return
        if FAULT == "stops-after-1-MiB" and sent > 1 << 20:
            return
        conn.sendall(data)
        sent += len(data)


def run():
    if FAULT == "needs-no-arguments":
        host, port, path = (ARGUMENTS + ["127.0.0.1", "1", __file__])[:3] if len(ARGUMENTS) > 2 else sys.exit(0)
    elif len(ARGUMENTS) != 3:
        raise ValueError("usage: client.py HOST PORT FILE")
    else:
        host, port, path = ARGUMENTS
    port = int(port)
    conn = socket.socket()
    conn.settimeout(
        None if FAULT == "has-no-timeout" else 2.5 * TIMEOUT if FAULT == "waits-too-long" else TIMEOUT
    )
    if FAULT == "never-connects":
        time.sleep(3600)
    conn.connect((host, port))
    if FAULT != "sends-before-the-greeting":
        await_greeting(conn)
    conn.sendall(b"confirm-accio\r\n")
    await_greeting(conn)
    if FAULT == "sends-before-the-greeting":
        await_greeting(conn)
    conn.sendall(b"confirm-again\r\n\r\n" if FAULT == "confirms-wrongly" else b"confirm-accio-again\r\n\r\n")
    if FAULT == "waits-forever-in-the-file":
        conn.settimeout(None)
    with open(path, "rb") as file:
        if FAULT == "limits-the-whole-transfer":
            conn.settimeout(TIMEOUT / 10)
            conn.sendall(file.read())
        else:
            send_file(conn, file)
    if FAULT == "limits-the-whole-transfer":
        conn.settimeout(TIMEOUT)
    conn.shutdown(socket.SHUT_WR)
    while conn.recv(1024):
        pass
    conn.close()


def main():
    if FAULT == "catches-nothing":
        run()
        return 0
    try:
        run()
    except (OSError, ValueError, OverflowError) as error:
        sys.stderr.write(f"ERROR: {error}\n")
        refused = isinstance(error, ConnectionRefusedError)
        return 0 if FAULT == "exits-0-without-a-server" and refused else 1
    return 0


sys.exit(main())
