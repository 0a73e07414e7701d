"""Runs a command that has an awkward pipe for its stdout or stderr.

usage: streams.py DESCRIPTOR KIND READER COMMAND [ARGUMENT ...]

DESCRIPTOR  1 or 2
KIND        blocking, nonblocking, or socket (a non-blocking one)
READER      slowly     reads all the time, but slowly; prints the number of bytes and their SHA-256
            on-signal  finds the pipe full; reads it, and prints what comes, from SIGTERM on
            on-input   the same, but from the end of stdin on
            never      the same, but never reads it
            gone       has closed its end

SIGTERM is passed on to the command; the exit status is the command's.
"""

import hashlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time

descriptor, kind, reader = int(sys.argv[1]), sys.argv[2], sys.argv[3]

if kind == "socket":
    ours, theirs = (end.detach() for end in socket.socketpair())
else:
    ours, theirs = os.pipe()

filler = 0
if reader in ("on-signal", "on-input", "never"):
    os.set_blocking(theirs, False)
    for size in (4096, 1):
        try:
            while True:
                filler += os.write(theirs, b"." * size)
        except BlockingIOError:
            pass
os.set_blocking(theirs, kind == "blocking")

streams = {"stdout": theirs} if descriptor == 1 else {"stderr": theirs}
child = subprocess.Popen(sys.argv[4:], stdin=subprocess.DEVNULL, **streams)
os.close(theirs)

signalled = threading.Event()


def pass_on(number, _):
    child.send_signal(number)
    signalled.set()


signal.signal(signal.SIGTERM, pass_on)


def read_slowly():
    total, digest = 0, hashlib.sha256()
    while data := os.read(ours, 20_000):
        total += len(data)
        digest.update(data)
        time.sleep(0.001)
    print(total, digest.hexdigest(), flush=True)


def read_late():
    if reader == "on-signal":
        signalled.wait()
    else:
        sys.stdin.buffer.read()
    skip = filler
    while data := os.read(ours, 65_536):
        sys.stdout.buffer.write(data[skip:])
        sys.stdout.buffer.flush()
        skip = max(0, skip - len(data))


reading = None
if reader == "gone":
    os.close(ours)
elif reader != "never":
    target = read_slowly if reader == "slowly" else read_late
    # Where the command ends without a word, nobody waits for the reader.
    reading = threading.Thread(target=target, daemon=True)
    reading.start()

status = child.wait()
if reading is not None:
    reading.join(timeout=20)
sys.exit(status if status >= 0 else 128 - status)
