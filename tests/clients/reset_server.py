"""A server that resets its connection: reset_server.py GREETING

It prints its port, sends GREETING, receives one byte, and resets the connection.
"""

import socket
import struct
import sys

listener = socket.create_server(("127.0.0.1", 0))
listener.settimeout(60)
print(listener.getsockname()[1], flush=True)
sock, _ = listener.accept()
sock.settimeout(60)
sock.sendall(sys.argv[1].encode())
sock.recv(1)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
sock.close()
