"""Programs that a grader must survive and remove completely.

    python3 hostile.py KIND PORT
"""
import os
import signal
import socket
import subprocess
import sys
import time

KIND, PORT = sys.argv[1], sys.argv[2]

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)

if KIND == "reads-the-terminal":
    open("/dev/tty").read()

listener = socket.socket()
listener.bind(("0.0.0.0", int(PORT)))
listener.listen(20)

if KIND == "forks-away":
    # A daemon: it has its own session, and its parent has ended.
    for _ in range(3):
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(3600)
            os._exit(0)
if KIND == "leaves-its-output-open":
    subprocess.Popen(["sleep", "3600"], start_new_session=True)
    sys.exit(0)
if KIND == "prints-without-end":
    while True:
        os.write(1, b"all work and no play\n" * 3000)
if KIND == "fills-the-disk":
    # Allocated if possible: this fills even a slow disk at once.
    def write_zeros(fd, offset, size):
        os.pwrite(fd, bytes(size), offset)

    fill = getattr(os, "posix_fallocate", write_zeros)
    with open("full", "wb") as file:
        for block in range(48):
            fill(file.fileno(), block << 26, 1 << 26)
if KIND == "locks-its-directory":
    os.makedirs("inner/inner")
    open("inner/file", "w").close()
    os.chmod("inner", 0)
time.sleep(3600)
