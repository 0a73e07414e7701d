"""Clients that end in an odd way, one after another: vanish.py PORT WAY COUNT [HOST]"""

import socket
import struct
import sys

FIRST = b"confirm-accio\r\n"
SECOND = b"confirm-accio-again\r\n\r\n"
DATA = b"x" * 5000


def greet(sock):
    sock.recv(7, socket.MSG_WAITALL)


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def finish(sock):
    """Half-closes, and waits for the server to close."""
    sock.shutdown(socket.SHUT_WR)
    try:
        while sock.recv(4096):
            pass
    except ConnectionResetError:
        pass


def reset_at_once(sock):
    reset(sock)


def reset_after_greeting(sock):
    greet(sock)
    reset(sock)


def reset_in_handshake(sock):
    greet(sock)
    sock.sendall(FIRST)
    greet(sock)
    sock.sendall(SECOND[:9])
    reset(sock)


def reset_in_file(sock):
    greet(sock)
    sock.sendall(FIRST)
    greet(sock)
    sock.sendall(SECOND + DATA)
    reset(sock)


def reset_after_fin(sock):
    greet(sock)
    sock.sendall(DATA)
    sock.shutdown(socket.SHUT_WR)
    reset(sock)


def close_without_reading(sock):
    sock.close()


def send_without_reading(sock):
    sock.sendall(DATA)
    sock.shutdown(socket.SHUT_WR)
    # Waits for the server to close, and leaves the greeting where it is.
    sock.recv(4096, socket.MSG_PEEK | socket.MSG_WAITALL)


def half_close(sock):
    greet(sock)
    sock.sendall(DATA)
    finish(sock)


def half_close_in_first_confirmation(sock):
    greet(sock)
    sock.sendall(FIRST[:9])
    finish(sock)


def half_close_in_second_confirmation(sock):
    greet(sock)
    sock.sendall(FIRST)
    greet(sock)
    sock.sendall(SECOND[:9])
    finish(sock)


port, way, count = int(sys.argv[1]), globals()[sys.argv[2]], int(sys.argv[3])
host = sys.argv[4] if len(sys.argv) > 4 else "127.0.0.1"
for _ in range(count):
    with socket.create_connection((host, port), timeout=60) as sock:
        way(sock)
