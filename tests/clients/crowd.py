"""Many clients at once, each at its own pace: crowd.py PORT --clients=N …

Each connects, waits for the greeting and, once all have theirs, sends random
bytes, half-closes, and waits for the server to close. Without --pieces it says
nothing, ever. Prints "connected" once all are, and when a client ends a line:
the seconds since its greeting, the SHA-256 of what it sent or what failed, and
the longest time (s) in which it sent nothing: this program may be late itself.
"""

import argparse
import asyncio
import hashlib
import random
import socket
import time

parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
parser.add_argument("--host", help="an address in place of several of 127.0.0.0/8")
parser.add_argument("--clients", type=int, required=True)
parser.add_argument("--start", type=float, default=0, help="the longest wait before the first piece")
parser.add_argument("--pieces", type=int, default=0)
parser.add_argument("--bytes", type=int, default=1, help="in a piece")
parser.add_argument("--pause", type=float, nargs=2, default=(0, 0), help="between two pieces, from and to")
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()

greeted = 0
everybody = asyncio.Event()
# One after another, so that each sees its greeting when it comes.
turn = asyncio.Lock()


async def greeting(sock, address):
    loop = asyncio.get_running_loop()
    await loop.sock_connect(sock, address)
    received = b""
    while len(received) < 7:
        part = await loop.sock_recv(sock, 7 - len(received))
        if not part:
            raise EOFError("closed before the greeting")
        received += part


async def client(number):
    global greeted
    loop = asyncio.get_running_loop()
    own = random.Random(options.seed * 1_000_000 + number)
    pause = own.uniform(*options.pause)
    sent = hashlib.sha256()
    longest = last = 0
    with socket.socket() as sock:
        sock.setblocking(False)
        # One address has not enough ports for everybody.
        host = options.host or f"127.0.0.{1 + number % 8}"
        async with turn:
            await greeting(sock, (host, options.port))
        start = last = time.monotonic()
        greeted += 1
        if greeted == options.clients:
            print("connected", flush=True)
            everybody.set()
        if options.pieces > 0:
            await everybody.wait()
            await asyncio.sleep(own.uniform(0, options.start))
        for piece in range(options.pieces):
            if piece > 0:
                await asyncio.sleep(pause)
            data = own.randbytes(options.bytes)
            sent.update(data)
            await loop.sock_sendall(sock, data)
            longest = max(longest, time.monotonic() - last)
            last = time.monotonic()
        if options.pieces > 0:
            sock.shutdown(socket.SHUT_WR)
        while await loop.sock_recv(sock, 4096):
            pass
        print(f"{time.monotonic() - start:.3f} {sent.hexdigest()} {longest:.3f}", flush=True)


async def told(number):
    try:
        await client(number)
    except (OSError, EOFError) as error:
        print(f"0 {type(error).__name__} 0", flush=True)


async def main():
    await asyncio.gather(*(told(number) for number in range(options.clients)))


asyncio.run(main())
