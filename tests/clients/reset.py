"""A client that vanishes with a reset: reset.py HOST PORT BYTES

It waits for the greeting, sends so many bytes, and resets the connection.
"""

import socket
import struct
import sys

host, port, count = sys.argv[1:]

with socket.create_connection((host, int(port)), timeout=60) as sock:
    sock.recv(7, socket.MSG_WAITALL)
    sock.sendall(b"x" * int(count))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
