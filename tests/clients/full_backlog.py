"""A port that never answers a connect: prints the port, holds until stdin ends."""

import socket
import sys

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(0)
waiting = []
while True:
    # Fill the queue of connections, until the system answers no more.
    sock = socket.socket()
    sock.settimeout(0.3)
    waiting.append(sock)
    try:
        sock.connect(listener.getsockname())
    except socket.timeout:
        break
print(listener.getsockname()[1], flush=True)
sys.stdin.read()
