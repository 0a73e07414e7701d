"""Short connections, one after another: one_by_one.py PORT COUNT STEP

The Nth sends the number N as text, half-closes, and waits for the server to
close. Prints how many there were, after each STEP of them.
"""

import socket
import sys

port, count, step = map(int, sys.argv[1:])

for number in range(1, count + 1):
    # One address has not enough ports for all that were closed a moment ago.
    with socket.create_connection((f"127.0.0.{1 + number % 8}", port), timeout=60) as sock:
        sock.recv(7, socket.MSG_WAITALL)
        sock.sendall(b"%d" % number)
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(4096):
            pass
    if number % step == 0:
        print(number, flush=True)
