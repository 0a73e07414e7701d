"""The server that a student would write in Python: threads.py PORT MODE BUFFER [DIR]

A thread for each connection; MODE is count or save, BUFFER the bytes of a recv().
The confirm edition is spoken where the first bytes are its confirmation.
"""

import os
import socket
import sys
import threading

FIRST = b"confirm-accio\r\n"
SECOND = b"confirm-accio-again\r\n\r\n"
port, mode, size = int(sys.argv[1]), sys.argv[2], int(sys.argv[3])


def handle(conn, number):
    conn.sendall(b"accio\r\n")
    data = conn.recv(size)
    if data == FIRST:
        conn.sendall(b"accio\r\n")
        data = b""
        while len(data) < len(SECOND):
            data += conn.recv(size)
        data = data[len(SECOND):] or conn.recv(size)
    if mode == "save":
        with open(os.path.join(sys.argv[4], "%d.file" % number), "wb") as file:
            while data:
                file.write(data)
                data = conn.recv(size)
    else:
        count = 0
        while data:
            count += len(data)
            data = conn.recv(size)
        print(count, flush=True)
    conn.close()


listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
listener.bind(("0.0.0.0", port))
listener.listen(4096)
print("listening", file=sys.stderr, flush=True)
number = 0
while True:
    conn, _ = listener.accept()
    number += 1
    threading.Thread(target=handle, args=(conn, number), daemon=True).start()
