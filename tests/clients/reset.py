"""A client that vanishes with a reset: reset.py HOST PORT BYTES [GREETING]

It waits for a greeting of GREETING bytes, 7 unless given, sends so many bytes,
says so, and resets the connection once its standard input is closed.
"""

import socket
import struct
import sys

host, port, count, *more = sys.argv[1:]
greeting = int(more[0]) if more else 7

with socket.create_connection((host, int(port)), timeout=60) as sock:
    sock.recv(greeting, socket.MSG_WAITALL)
    sock.sendall(b"x" * int(count))
    print("sent", flush=True)
    sys.stdin.read()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
