"""Runs a command with a non-blocking stdin that gets ours in pieces, with pauses.

usage: nonblocking_stdin.py COMMAND [ARGUMENT ...]
"""

import os
import subprocess
import sys
import time

theirs, ours = os.pipe()
os.set_blocking(theirs, False)
child = subprocess.Popen(sys.argv[1:], stdin=theirs)
os.close(theirs)
while data := sys.stdin.buffer.read(50_000):
    while data:
        data = data[os.write(ours, data) :]
    time.sleep(0.02)
os.close(ours)
sys.exit(child.wait())
