"""A client in Python, as a student would write it: accio_client.py HOST PORT FILE EDITION

EDITION is plain, confirm, headers, or bare: write at once and half-close.
"""

import os
import socket
import sys

host, port, path, edition = sys.argv[1:]


def expect_greeting(sock):
    greeting = b""
    while len(greeting) < 7:
        part = sock.recv(7 - len(greeting))
        if not part:
            sys.exit("closed before the greeting")
        greeting += part
    if greeting != b"accio\r\n":
        sys.exit("not the greeting: %r" % greeting)


with socket.create_connection((host, int(port)), timeout=60) as sock:
    if edition != "bare":
        expect_greeting(sock)
    if edition == "confirm":
        sock.sendall(b"confirm-accio\r\n")
        expect_greeting(sock)
        sock.sendall(b"confirm-accio-again\r\n\r\n")
    if edition == "headers":
        name = os.path.basename(path).encode()
        sock.sendall(
            b'Content-Disposition: attachment; filename="%s"\r\n'
            b"Content-Type: application/octet-stream\r\n"
            b"Content-Length: %d\r\n\r\n" % (name, os.path.getsize(path))
        )
    with open(path, "rb") as file:
        while chunk := file.read(65536):
            sock.sendall(chunk)
    sock.shutdown(socket.SHUT_WR)
    while sock.recv(4096):
        pass
