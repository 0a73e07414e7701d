"""Runs a command on a terminal that is closed meanwhile: hang_up.py COMMAND …

The terminal is closed when standard input ends. Exits with the command's status.
"""

import os
import pty
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
sys.stdin.buffer.read()
os.close(terminal)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) & 0xFF)
